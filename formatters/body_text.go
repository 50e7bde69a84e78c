package formatters

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decodeText returns the body as valid UTF-8 without byte order mark and NUL: by its BOM,
// else by the charset of its Content-Type, else by its XML declaration, else as UTF-16 or
// UTF-8 by its looks, else as Windows-1252, which reads any bytes.
func decodeText(p Payload) string { return string(decodedBytes(p)) }

// decodedBytes does the same, and returns the payload's own body where that needs no decoding.
func decodedBytes(p Payload) []byte {
	body := inflated(p.Body)
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		return cleanBytes(body[3:], unicode.UTF8)
	}
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		return cleanBytes(body, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM))
	}
	enc := declaredEncoding(p.ContentType)
	if enc == nil {
		enc = xmlEncoding(body)
	}
	if enc == nil {
		enc = utf16ByLooks(body)
	}
	return cleanBytes(body, enc)
}

// cleanText decodes bytes, by enc unless they show that it is not true; nil means unknown.
func cleanText(body []byte, enc encoding.Encoding) string { return string(cleanBytes(body, enc)) }

// cleanBytes does the same, and returns the bytes themselves where they need no decoding.
func cleanBytes(body []byte, enc encoding.Encoding) []byte {
	// A text in an eight-bit charset is as good as never valid UTF-8 by accident, but
	// senders often name one and send UTF-8. Only these: UTF-16, ISO-2022-JP and the
	// like are made of valid UTF-8 bytes.
	_, eightBit := enc.(*charmap.Charmap)
	text := body
	switch {
	case (enc == nil || eightBit || enc == unicode.UTF8) && utf8.Valid(body):
	case enc == nil || enc == unicode.UTF8:
		text, _ = charmap.Windows1252.NewDecoder().Bytes(body) // has a character for every byte
	default:
		if decoded, err := enc.NewDecoder().Bytes(body); err == nil {
			text = decoded
		}
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	if bytes.IndexByte(text, 0) >= 0 {
		text = bytes.ReplaceAll(text, []byte{0}, nil)
	}
	return text
}

// declaredEncoding returns the encoding that a Content-Type names, or nil.
func declaredEncoding(contentType string) encoding.Encoding {
	if !strings.Contains(contentType, "=") { // the most are without parameters
		return nil
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["charset"] == "" {
		return nil
	}
	enc, _ := htmlindex.Get(params["charset"])
	return enc
}

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']`)

// xmlEncoding returns the encoding that an XML declaration names, or nil. One that says
// UTF-16, read as bytes, contradicts itself: what is left of a document that was recoded.
func xmlEncoding(body []byte) encoding.Encoding {
	if !bytes.HasPrefix(bytes.TrimSpace(body[:min(len(body), 64)]), []byte("<?xml")) {
		return nil
	}
	m := xmlDeclaration.FindSubmatch(body[:min(len(body), 256)])
	if m == nil || bytes.HasPrefix(bytes.ToLower(m[1]), []byte("utf-16")) {
		return nil
	}
	enc, _ := htmlindex.Get(string(m[1]))
	return enc
}

// utf16ByLooks recognises UTF-16 without BOM by the zero bytes of its ASCII characters: a
// body that begins with four of them is no other text.
func utf16ByLooks(body []byte) encoding.Encoding {
	if len(body) < 8 || len(body)%2 != 0 {
		return nil
	}
	var zeros [2]int
	for i := range 8 {
		if body[i] == 0 {
			zeros[i%2]++
		}
	}
	switch zeros {
	case [2]int{0, 4}:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case [2]int{4, 0}:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}
