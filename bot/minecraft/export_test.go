package minecraft

// Understand reads a reply.
var Understand = understand

// Command returns what is sent for a player.
func Command(p Player) string { return p.command() }
