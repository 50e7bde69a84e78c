package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"time"
)

// Network is a range of addresses, such as 10.0.0.0/8, or a single one.
type Network struct{ netip.Prefix }

// UnmarshalText reads a prefix or an address.
func (n *Network) UnmarshalText(text []byte) error {
	prefix, err := netip.ParsePrefix(string(text))
	if address, notOne := netip.ParseAddr(string(text)); notOne == nil && address.Zone() == "" {
		prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
	}
	switch {
	case err != nil:
		return mistake{"is no network", `write it as "10.0.0.0/8" or "192.0.2.7"`}
	case prefix.Addr().Is4In6():
		return mistake{"is an IPv4 network written as IPv6", "write it as IPv4, such as 10.0.0.0/8"}
	case prefix != prefix.Masked():
		return mistake{"has address bits behind its mask", fmt.Sprintf("write %s, or %s for this address alone", prefix.Masked(), prefix.Addr())}
	}
	n.Prefix = prefix
	return nil
}

// Rate is how often something may happen. The zero value is no limit.
type Rate struct {
	Count int
	Per   time.Duration
}

var (
	ratePattern = regexp.MustCompile(`^(\d{1,6}) ?/ ?([a-z]+)$`)
	rateUnits   = map[string]time.Duration{
		"s": time.Second, "sec": time.Second, "second": time.Second,
		"m": time.Minute, "min": time.Minute, "minute": time.Minute,
		"h": time.Hour, "hour": time.Hour,
		"d": 24 * time.Hour, "day": 24 * time.Hour,
	}
)

// UnmarshalText reads a rate such as "10/s", "30/min" or "100/h".
func (r *Rate) UnmarshalText(text []byte) error {
	wrong := mistake{"is no rate", `write it as "10/s", "30/min" or "100/h"`}
	m := ratePattern.FindStringSubmatch(string(text))
	if m == nil {
		return wrong
	}
	count, err := strconv.Atoi(m[1])
	per, known := rateUnits[m[2]]
	if err != nil || count == 0 || !known {
		return wrong
	}
	*r = Rate{Count: count, Per: per}
	return nil
}

// Text is a text that may be empty.
type Text string

// UnmarshalText takes the text as it is.
func (t *Text) UnmarshalText(text []byte) error {
	*t = Text(text)
	return nil
}
