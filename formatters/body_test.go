package formatters

import (
	"bytes"
	"compress/gzip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func zipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data; boundary=b"
)

func TestJSONDocument(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, body, want string }{
		{"Object", "application/json", ` {"a":1} `, `{"a":1}`},
		{"Array", "text/plain", `[1]`, `[1]`},
		{"NoContentType", "", `{"a":1}`, `{"a":1}`},
		{"DuplicateNames", "", `{"a":1,"a":2}`, `{"a":1,"a":2}`},
		{"CurlSaysForm", formType, `{"a":"b=c&d"}`, `{"a":"b=c&d"}`},
		{"BOM", "application/json", "\xef\xbb\xbf{}", `{}`},
		{"UTF16", "application/json", "\xff\xfe{\x00}\x00", `{}`},
		{"UTF16WithoutBOM", "application/json", "{\x00\"\x00a\x00\"\x00:\x001\x00}\x00", `{"a":1}`},
		{"TrailingNUL", "application/json", "{}\x00", `{}`},
		{"InString", "", `"{\"a\":1}"`, `{"a":1}`},
		{"InStringTwice", "", `"\"{\\\"a\\\":1}\""`, `{"a":1}`},
		{"InForm", formType, `payload=%7B%22a%22%3A1%7D`, `{"a":1}`},
		{"InFormCalledJSON", "application/json", `x=1&data=%7B%7D`, `{}`},
		{"InMultipart", multipartType, "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{}\r\n--b--\r\n", `{}`},
		{"Gzip", "application/json", zipped(t, `{"a":1}`), `{"a":1}`},
		{"ErrBroken", "application/json", `{"a":"b"c"}`, ""},
		{"ErrText", "text/plain", "hello", ""},
		{"ErrNumber", "application/json", "1", ""},
		{"ErrEmpty", "application/json", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := jsonDocument(Payload{ContentType: tt.contentType, Body: []byte(tt.body)})
			if string(got) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
	t.Run("InQuery", func(t *testing.T) {
		t.Parallel()
		got, err := jsonDocument(Payload{Query: map[string][]string{"payload": {`{"a":1}`}}})
		if string(got) != `{"a":1}` || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestDecodeText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, body, want string }{
		{"UTF8", "text/plain", "größe", "größe"},
		{"Latin1Declared", "text/plain; charset=iso-8859-1", "gr\xf6\xdfe", "größe"},
		{"Latin1Undeclared", "text/plain", "gr\xf6\xdfe", "größe"},
		{"Latin1SaidUTF8Meant", "text/plain; charset=ISO-8859-1", "größe", "größe"},
		{"GBKThatPassesForUTF8", "text/plain; charset=gbk", "\xc1\xaa\xcd\xa8", "联通"},
		{"ShiftJIS", "text/plain; charset=shift_jis", "\x83e\x83X\x83g", "テスト"},
		{"ISO2022JP", "text/plain; charset=iso-2022-jp", "\x1b$B%F\x1b(B", "テ"},
		{"UTF16BE", "text/plain", "\xfe\xff\x00h\x00i", "hi"},
		{"UTF16LEDeclared", "text/plain; charset=utf-16le", "h\x00i\x00", "hi"},
		{"UTF16ByLooks", "text/plain", "\x00h\x00e\x00l\x00l\x00o", "hello"},
		{"XMLDeclaration", "application/xml", `<?xml version="1.0" encoding="ISO-8859-2"?><a>` + "\xb3</a>", `<?xml version="1.0" encoding="ISO-8859-2"?><a>ł</a>`},
		{"XMLDeclarationThatLies", "application/xml", `<?xml version="1.0" encoding="utf-16"?><a>ł</a>`, `<?xml version="1.0" encoding="utf-16"?><a>ł</a>`},
		{"UnknownCharset", "text/plain; charset=nope", "ö", "ö"},
		{"BOM", "text/plain", "\xef\xbb\xbfhi", "hi"},
		{"NUL", "text/plain", "a\x00b", "ab"},
		{"Gzip", "text/plain", zipped(t, "hi"), "hi"},
		{"GzipCutOff", "text/plain", zipped(t, strings.Repeat("abc ", 5))[:20], ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := decodeText(Payload{ContentType: tt.contentType, Body: []byte(tt.body)})
			if tt.name == "GzipCutOff" { // what there is depends on the compressor
				return
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("GzipBomb", func(t *testing.T) {
		t.Parallel()
		got := decodeText(Payload{Body: []byte(zipped(t, strings.Repeat("a", 8<<20)))})
		if len(got) != maxInflated {
			t.Errorf("%d bytes, want %d", len(got), maxInflated)
		}
	})
}

func TestFormFields(t *testing.T) {
	t.Parallel()
	part := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	file := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\n\r\nPNG\r\n"
	for _, tt := range []struct {
		name, contentType, body string
		want                    url.Values
	}{
		{"Form", formType, "a=1&a=2&b=x+y%21", url.Values{"a": {"1", "2"}, "b": {"x y!"}}},
		{"NotEncoded", formType, "title=Disk full&message=100% of /", url.Values{"title": {"Disk full"}, "message": {"100% of /"}}},
		{"Latin1", formType + "; charset=iso-8859-1", "a=%F6", url.Values{"a": {"ö"}}},
		{"CalledJSON", "application/json", "a=1&b=2", url.Values{"a": {"1"}, "b": {"2"}}},
		{"Undeclared", "", "a=1", url.Values{"a": {"1"}}},
		{"CurlSendsProse", formType, "Backup of a=b done", nil},
		{"ProseUndeclared", "", "a=b is not c", nil},
		{"Base64Undeclared", "", "aGVsbG8=", nil},
		{"URLUndeclared", "", "https://x.example/?a=b&c=d", nil},
		{"PlainText", "text/plain", "PATH=/bin", nil},
		{"JSON", "application/json", `{"a":"b=c"}`, nil},
		{"Multipart", multipartType, part("a", "1") + file + part("b", "2") + "--b--\r\n", url.Values{"a": {"1"}, "b": {"2"}}},
		{"MultipartCutOff", multipartType, part("a", "1") + strings.TrimSuffix(part("b", "2"), "\r\n"), url.Values{"a": {"1"}, "b": {"2"}}},
		{"MultipartWithoutBoundary", "multipart/form-data", part("a", "1") + "--b--\r\n", url.Values{"a": {"1"}}},
		{"MultipartUndeclared", "", part("a", "1") + "--b--\r\n", url.Values{"a": {"1"}}},
		{"MultipartEmpty", multipartType, "", nil},
		{"Empty", formType, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := formFields(Payload{ContentType: tt.contentType, Body: []byte(tt.body)})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
