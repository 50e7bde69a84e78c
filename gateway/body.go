package gateway

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// errTooLarge says that a body is over the limit, as sent or inflated.
var errTooLarge = errors.New("body too large")

// maxPooled is the largest buffer that is used again, in bytes.
const maxPooled = 256 << 10

// bodies are the buffers that bodies are read into.
type bodies struct{ pool sync.Pool }

func (b *bodies) get() *bytes.Buffer {
	if buf, ok := b.pool.Get().(*bytes.Buffer); ok {
		return buf
	}
	return new(bytes.Buffer)
}

// put takes a buffer back. Nobody may hold its bytes any more.
func (b *bodies) put(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooled {
		buf.Reset()
		b.pool.Put(buf)
	}
}

// readBody reads a request's body, still encoded, of at most limit bytes.
func readBody(buf *bytes.Buffer, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return errTooLarge
	}
	if n := min(r.ContentLength, maxPooled); n > 0 { // what is larger has to arrive first
		buf.Grow(int(n) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return err
	case n > limit:
		return errTooLarge
	}
	return nil
}

// maxCodings bounds how often one body may be encoded: a few bytes can unpack to
// themselves for ever.
const maxCodings = 3

// decoded takes the Content-Encoding off a body. What is broken or in an unknown encoding
// stays as it was sent; only one that is too large when inflated is an error.
func decoded(body []byte, encodings []string, limit int64) ([]byte, error) {
	if len(encodings) == 0 {
		return body, nil
	}
	codings := strings.Split(strings.ToLower(strings.Join(encodings, ",")), ",")
	if len(codings) > maxCodings {
		return body, nil
	}
	plain := body
	for i := len(codings) - 1; i >= 0; i-- { // the last was put on last
		inflated, err := inflate(plain, strings.TrimSpace(codings[i]), limit)
		if errors.Is(err, errTooLarge) {
			return nil, err
		}
		if err != nil {
			return body, nil //nolint:nilerr // what is broken is told as it is
		}
		plain = inflated
	}
	return plain, nil
}

// inflate takes one coding off.
func inflate(body []byte, coding string, limit int64) ([]byte, error) {
	var r io.Reader
	var err error
	switch coding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate": // in a zlib wrapper, says RFC 9110; half of the senders leave it out
		if r, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			r, err = flate.NewReader(bytes.NewReader(body)), nil
		}
	default:
		return nil, errors.ErrUnsupported
	}
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(plain)) > limit {
		return nil, errTooLarge
	}
	return plain, err
}
