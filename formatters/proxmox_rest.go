package formatters

import (
	"slices"
	"strings"
	"unicode"
)

// A body may hold what the operator keeps as "secrets" of the target, such as the token of
// the service that the body was first written for. It is never shown; nor are settings of
// other services, which say nothing about the notification.

// secretWords are parts of names whose values nobody shall see.
var secretWords = []string{
	"secret", "token", "passw", "passphrase", "pwd", "key", "auth", "credential", "cookie", "bearer", "signature",
	"webhook", "chat", "user", "session",
}

// settingNames are members that say how to show a notification elsewhere.
var settingNames = []string{
	"username", "avatar_url", "icon_emoji", "icon_url", "channel", "topic", "tags", "extras", "color", "footer", "tts",
	"parse_mode", "mrkdwn", "markdown", "format", "priority", "retry", "expire", "sound", "type", "msgtype", "thumbnail",
	"allowed_mentions", "flags", "content-type", "disable_notification", "device", "html", "version",
}

func isSecretName(key string) bool {
	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(key, word) })
}

func isSecret(f nodeField) bool {
	return isSecretName(f.key) || f.value.isScalar() && looksRandom(f.value.text)
}

// looksRandom recognises a password or token by its looks: one long word of letters and
// digits in no order.
func looksRandom(s string) bool {
	if len(s) < 20 || strings.ContainsAny(s, " \n/.:") {
		return false
	}
	changes := 0
	runes := []rune(s)
	for i, r := range runes[1:] {
		if unicode.IsDigit(r) != unicode.IsDigit(runes[i]) {
			changes++
		}
	}
	return changes*5 >= len(runes)
}

// hasSecrets reports whether an object has a member that must not be shown, at any depth.
func hasSecrets(n *node) bool {
	return slices.ContainsFunc(n.fields, func(f nodeField) bool { return isSecret(f) || hasSecrets(f.value) }) ||
		slices.ContainsFunc(n.items, hasSecrets)
}

// hideSecrets marks as told what must not be shown, at any depth.
func hideSecrets(n *node) {
	for i := range n.fields {
		f := &n.fields[i]
		f.told = f.told || isSecret(*f)
		hideSecrets(f.value)
	}
	for _, item := range n.items {
		hideSecrets(item)
	}
}

// leftOver writes out what the body says beyond what was read.
func (r *proxmoxReport) leftOver() string {
	if r.Rest == nil {
		return ""
	}
	hideSecrets(r.Rest)
	r.Rest.drop(settingNames...)
	var rest []string
	for i := range r.Rest.fields { // what only holds other members needs no name
		if f := &r.Rest.fields[i]; slices.Contains(proxmoxContainers, f.key) && !f.told && f.value.kind == '{' {
			f.told = true
			rest = append(rest, f.value.outline())
		}
	}
	return strings.Join(nonEmpty(append(rest, r.Rest.outline())...), "\n")
}
