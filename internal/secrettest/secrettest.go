// Package secrettest finds secrets where they must not be, in every form in which a program
// may write them by accident.
package secrettest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// Find returns what is found in data of some secrets, which are the keys of what they are
// called, sorted. It sees them as they are, in an address, in hexadecimal, in base64 within
// other text, and as the bytes that a hexadecimal secret stands for.
func Find(data []byte, secrets map[string]string) []string {
	var found []string
	for secret, what := range secrets {
		if slices.ContainsFunc(forms(secret), func(form []byte) bool { return bytes.Contains(data, form) }) {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	return found
}

func forms(secret string) [][]byte {
	all := [][]byte{[]byte(secret), []byte(url.QueryEscape(secret)), []byte(hex.EncodeToString([]byte(secret)))}
	if raw, err := hex.DecodeString(strings.ReplaceAll(secret, "-", "")); err == nil {
		all = append(all, raw) // a UUID or a token
	}
	for shift := range 3 {
		all = append(all, within(secret, shift, base64.StdEncoding), within(secret, shift, base64.URLEncoding))
	}
	return all
}

// within is what base64 makes of a secret behind shift bytes of other text, without the
// signs that also stand for what is around it.
func within(secret string, shift int, encoding *base64.Encoding) []byte {
	text := encoding.EncodeToString(append(make([]byte, shift), secret...))
	first := (shift*8 + 5) / 6
	whole := (shift + len(secret)) * 8 / 6
	return []byte(text[first:whole])
}
