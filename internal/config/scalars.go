package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// mistake is what a value's own type says of a text it cannot read: what is wrong, and how
// it would be right.
type mistake struct{ message, remedy string }

func (m mistake) Error() string { return m.message + ": " + m.remedy }

// Timezone is a time zone by its IANA name.
type Timezone struct{ *time.Location }

// UnmarshalText loads the zone.
func (z *Timezone) UnmarshalText(text []byte) error {
	name := string(text)
	location, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return mistake{"is no time zone", "use an IANA name such as America/New_York, or UTC"}
	}
	z.Location = location
	return nil
}

// URL is an http or https address without a slash at its end, query or password.
type URL string

// UnmarshalText reads the address.
func (u *URL) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	switch {
	case err != nil, parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Hostname() == "":
		return mistake{"is no address", "write it as https://host or http://host:port"}
	case parsed.User != nil, parsed.RawQuery != "", parsed.Fragment != "":
		return mistake{"has a user, query or fragment", "leave them out"}
	}
	*u = URL(strings.TrimRight(parsed.String(), "/"))
	return nil
}

// Address is where a server listens: host:port, or :port for all hosts.
type Address string

// UnmarshalText reads the address.
func (a *Address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return mistake{"is no address to listen on", `write it as ":9003" or "127.0.0.1:9003"`}
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return mistake{"has no valid port", "use a number up to 65535"}
	}
	*a = Address(text)
	return nil
}

// port returns the port, "0" for any free one.
func (a Address) port() string {
	_, port, _ := net.SplitHostPort(string(a))
	return port
}

// everywhere says that a server listens on all addresses of the machine.
func (a Address) everywhere() bool {
	host, _, _ := net.SplitHostPort(string(a))
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// loopback says that only programs on the same machine reach a server.
func (a Address) loopback() bool {
	host, _, _ := net.SplitHostPort(string(a))
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// local returns the address as programs on the same machine reach it.
func (a Address) local() string {
	if a.everywhere() {
		return net.JoinHostPort("127.0.0.1", a.port())
	}
	return string(a)
}

// Size is a number of bytes.
type Size int64

var sizePattern = regexp.MustCompile(`^(?i)(\d{1,9}(?:\.\d{1,9})?) ?([kmg]?)i?b?$`)

// UnmarshalText reads a size: "2MiB", "1mb", "512k" or a number of bytes. Units are powers
// of 1024, with and without the i.
func (s *Size) UnmarshalText(text []byte) error {
	m := sizePattern.FindStringSubmatch(string(text))
	if m == nil {
		return mistake{"is no size", `write it as "2MiB" or "512KiB"`}
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return fmt.Errorf("parse size: %w", err)
	}
	units := map[string]float64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
	*s = Size(n * units[strings.ToLower(m[2])])
	return nil
}

// Duration is a span of time.
type Duration time.Duration

var dayPattern = regexp.MustCompile(`^(\d{1,5})d`)

// UnmarshalText reads a span such as "14d", "1d12h" or "90s".
func (d *Duration) UnmarshalText(text []byte) error {
	rest := string(text)
	var days, hours time.Duration
	if m := dayPattern.FindStringSubmatch(rest); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most five digits
		days = time.Duration(n) * 24 * time.Hour
		rest = rest[len(m[0]):]
	}
	var err error
	if rest != "" || days == 0 {
		hours, err = time.ParseDuration(rest)
	}
	if err != nil || hours < 0 || days+hours < 0 {
		return mistake{"is no span of time", `write it as "14d", "36h" or "90s"`}
	}
	*d = Duration(days + hours)
	return nil
}
