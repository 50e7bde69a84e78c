package config

import "log/slog"

const hidden = "[secret]"

// Secret is a text that shows itself only to Reveal: formatted, logged or marshalled it is
// "[secret]", or "" when there is none. The zero value is no secret.
type Secret struct {
	// A pointer, so that even a print of a struct that has the Secret in an unexported
	// field, where fmt calls no methods, shows an address and not the text.
	text *string
}

// NewSecret hides a text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text, "" when there is none. Whoever calls it keeps it out of logs,
// errors, metrics and rooms.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero says that there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal compares the texts.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// String implements fmt.Stringer without the text.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hidden
}

// GoString implements fmt.GoStringer without the text.
func (s Secret) GoString() string { return "config.Secret(" + s.String() + ")" }

// MarshalText implements encoding.TextMarshaler, and so JSON and YAML, without the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer without the text.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Secrets are one secret or several, any of which is right. In the file they are a text or
// a list.
type Secrets []Secret

// Reveal returns the texts, see Secret.Reveal.
func (s Secrets) Reveal() []string {
	texts := make([]string, len(s))
	for i := range s {
		texts[i] = s[i].Reveal()
	}
	return texts
}
