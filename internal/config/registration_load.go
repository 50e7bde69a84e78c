package config

import "reflect"

// registration reads the registration file and reports what would not work with it, in
// its own lines.
func (d *decoder) registration(c *Config) {
	const path = "appservice.registration"
	if c.Appservice.RegistrationFile == "" {
		return
	}
	c.Appservice.RegistrationFile = d.resolve(c.Appservice.RegistrationFile)
	file := newDecoder(c.Appservice.RegistrationFile, d.env)
	file.lenient = true
	r := &c.Appservice.Registration
	if !file.read(reflect.ValueOf(r).Elem()) && file.problems[0].Line == 0 {
		// The file is not there: what is wrong is its path.
		d.problem(path, file.problems[0].Message, "`lotus-hooks registration` prints one; the homeserver must be given the same file")
		return
	}
	if !r.MSC4190 && len(file.problems) == 0 {
		file.problem("io.element.msc4190", "is not true, and virtual users without devices may lose messages or tell them twice", "add the line `io.element.msc4190: true`, and restart the homeserver")
	}
	if !r.ASToken.IsZero() && r.ASToken.Equal(r.HSToken) {
		file.problem("hs_token", "is the same as as_token", "give each its own; `lotus-hooks registration` makes both")
	}
	if r.SenderLocalpart != "" && !localpartPattern.MatchString(r.SenderLocalpart) {
		file.problem("sender_localpart", "holds what a user id may not", `use a-z, 0-9 and "._=/+-", without @ and domain`)
	}
	if r.RateLimited {
		file.warn("rate_limited", "the homeserver slows us down", "add the line `rate_limited: false`, and restart the homeserver")
	}
	if file.exposed {
		d.warn(path, "is the path of a file that every user can read", "chmod o-r "+file.file)
	}
	d.problems = append(d.problems, file.problems...)
	d.warnings = append(d.warnings, file.warnings...)
}
