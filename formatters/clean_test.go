package formatters

import "testing"

func TestCleanLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"Plain", "CPU at 97 %", "CPU at 97 %"},
		{"Blanks", " a \t\r\n b\u00a0 \u2028c\r", "a b c"},
		{"OnlyBlanks", " \n\u3000", ""},
		{"Controls", "a\x00b\x7fc\u0085d\u009be", "abc de"},
		{"Bidi", "\u202ea\u2066b\u2069\u200f\u061c", "ab"},
		{"Invisible", "\ufeffa\u200b\u2060\u3164\u00adb", "ab"},
		{"Joiners", "👩\u200d👩\u200d👧 می\u200cخواهم", "👩\u200d👩\u200d👧 می\u200cخواهم"},
		{"Colours", "\x1b[1;31mred\x1b[0m", "red"},
		{"BrokenUTF8", "a\xffb", "a\ufffdb"},
		{"Room", "@room @Room @rooms x@room", "@\u200broom @\u200bRoom @\u200brooms x@\u200broom"},
		{"RoomInPieces", "@\u200br\x00oom", "@\u200broom"},
		{"RoomToCome", "@ro", "@\u200bro"},
		{"Person", "@alice:example.org", "@alice:example.org"},
		{"Credentials", "postgres://u:p@w@db/x and https://t@h", "postgres://db/x and https://h"},
		{"CredentialsBehindControl", "https:\x00//u:p@h/x", "https://h/x"},
		{"AddressOfPerson", "mail a@b, see https://h/@a", "mail a@b, see https://h/@a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := cleanLine(c.in); got != c.want {
				t.Errorf("cleanLine(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"Breaks", "\r\na\r\nb\rc\u2028d\n\ne\n \n", "a\nb\nc\nd\n\ne"},
		{"Indent", "  a:\n\tb  c", "  a:\n    b  c"},
		{"Room", "@room\n@", "@\u200broom\n@\u200b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := cleanLines(c.in); got != c.want {
				t.Errorf("cleanLines(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"OK", "https://g.example.org:3000/d/x?a=1&b=2#c", "https://g.example.org:3000/d/x?a=1&b=2#c"},
		{"Blanks", " http://h\n", "http://h"},
		{"EmptyPort", "https://h:/x", "https://h:/x"},
		{"EmptyFragment", "https://h:80/#", "https://h:80/"},
		{"Scheme", "HTTPS://h/a", "https://h/a"},
		{"IPv6", "http://[::1]:80/", "http://[::1]:80/"},
		{"Mail", "mailto:ops@example.org", "mailto:ops@example.org"},
		{"Credentials", "https://user:secret@h/x", "https://h/x"},
		{"Unicode", "https://h/ä ö", "https://h/%C3%A4%20%C3%B6"},
		{"Query", "https://h/?left={\"a b\":\u00a0<1>}&x=100%", "https://h/?left={%22a%20b%22:%C2%A0%3C1%3E}&x=100%"},
		{"OtherScript", "https://bücher.example:8080/x", "https://xn--bcher-kva.example:8080/x"},
		{"Homograph", "https://gооgle.com/", "https://xn--ggle-55da.com/"}, // with a Cyrillic о, twice
		{"Quote", `https://h/"onclick="x`, "https://h/%22onclick=%22x"},
		{"Room", "https://h/@room", "https://h/%40room"},
		{"Empty", "", ""},
		{"Relative", "/d/x", ""},
		{"ProtocolRelative", "//h/x", ""},
		{"NoHost", "https:///x", ""},
		{"Port", "http://:80/", ""},
		{"PortInLetters", "http://h:8o/", ""},
		{"Script", "javascript:alert(1)", ""},
		{"ScriptInDisguise", "java\nscript:alert(1)", ""},
		{"Data", "data:text/html,x", ""},
		{"File", "file:///etc/passwd", ""},
		{"Bidi", "https://h/\u202egpj.exe", ""},
		{"Backslash", `https://h\@evil`, ""},
		{"BrokenUTF8", "https://h/\xff", ""},
		{"Pill", "https://matrix.to/#/@a:b", ""},
		{"PillInDisguise", "https://x@MATRIX.to.:443/#/%40a:b", ""},
		{"PillOfOtherDot", "https://matrix。to/#/@a:b", ""},
		{"PillOfWideLetter", "https://ｍatrix.to/#/@a:b", ""},
		{"NoSuchHost", "https://\u0301.example/", ""},
		{"PillAtPort", "https://matrix.to:443/#/x", ""},
		{"PillOfScheme", "matrix:u/a:b", ""},
		{"NearlyPill", "https://notmatrix.to/", "https://notmatrix.to/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := cleanURL(c.in); got != c.want {
				t.Errorf("cleanURL(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}
