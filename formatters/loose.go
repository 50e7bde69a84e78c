package formatters

import (
	"strings"
	"unicode"
)

// What follows reads documents whose members go by many names: templates that users write,
// and programs that nobody described.

// loosenKeys makes names match however they are put together: "requestedBy_username",
// "requested-by-username" and "RequestedByUsername" are all taken as "requestedbyusername".
func (n *node) loosenKeys() {
	for i := range n.fields {
		f := &n.fields[i]
		f.key = strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, f.name)
		f.value.loosenKeys()
	}
	for _, item := range n.items {
		item.loosenKeys()
	}
}

// object returns the named member when it is an object, also one that is written as text.
func (n *node) object(key string) *node {
	for i := range n.fields {
		f := &n.fields[i]
		if f.key != key {
			continue
		}
		if f.value.kind == '"' {
			if inner, ok := parseTree(f.value.text); ok && inner.kind == '{' {
				inner.loosenKeys()
				f.value = inner
			}
		}
		if f.value.kind == '{' {
			return f.value
		}
	}
	return nil
}

// takePerson is take for somebody who is a name, or an object that has one.
func (n *node) takePerson(keys ...string) string {
	if n == nil {
		return ""
	}
	for _, key := range keys {
		for i := range n.fields {
			f := &n.fields[i]
			if f.key != key || f.told {
				continue
			}
			if name := f.value.person(); name != "" {
				f.told = true
				return name
			}
		}
	}
	return ""
}

// person returns a scalar's text, or the name of an object.
func (n *node) person() string {
	if n == nil || n.kind == '[' {
		return ""
	}
	if n.kind != '{' {
		return strings.TrimSpace(n.text)
	}
	for _, key := range []string{"displayname", "name", "fullname", "username", "login", "title"} {
		if v := n.peek(key); v.isScalar() && !v.isEmpty() {
			return strings.TrimSpace(v.text)
		}
	}
	return ""
}
