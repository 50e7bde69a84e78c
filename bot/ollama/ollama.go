// Package ollama asks a language model on an Ollama server.
//
// # The contract
//
// Chat sends a conversation and hands on the answer piece by piece, as the model writes it;
// what the model only thinks is left out. It ends with the answer, or with an error: one
// that is ErrAway, ErrBusy or ErrNoModel, the context's, or an *Error with the server's own
// words, which are for the log. When the context ends, the connection is closed, and the
// server stops its work.
//
// The wire is that of Ollama 0.17 (docs/api.md, "Generate a chat completion"): lines of JSON,
// errors with a status in front of the stream or as a line within it.
package ollama

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// What may be wrong with the server, as far as people are told apart from it.
var (
	ErrAway    = errors.New("the language model's server is away")
	ErrBusy    = errors.New("the language model's server is busy")
	ErrNoModel = errors.New("the server does not have the language model")
)

// Error is an answer of the server that is no answer of the model.
type Error struct {
	Status  int    // of HTTP; 200 within a stream
	Message string // the server's own words, at most maxMessage bytes
}

func (e *Error) Error() string { return fmt.Sprintf("ollama (%d): %s", e.Status, e.Message) }

// Is tells the kinds of errors apart.
func (e *Error) Is(kind error) bool {
	switch kind {
	case ErrAway:
		return e.Status == http.StatusBadGateway || e.Status == http.StatusGatewayTimeout
	case ErrBusy:
		return e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests
	case ErrNoModel:
		return e.Status == http.StatusNotFound && strings.Contains(e.Message, "model")
	}
	return false
}

const (
	dialTime   = 5 * time.Second
	maxLine    = 1 << 20 // bytes of a line of the stream
	maxMessage = 1000
)

// Message is a part of a conversation.
type Message struct {
	Role    string `json:"role"` // system, user or assistant
	Content string `json:"content"`
}

// Client asks one model. Its methods may be called from any goroutine.
type Client struct {
	// URL is the server's address: "http://127.0.0.1:11434".
	URL string
	// Model is its name as "ollama list" shows it: "llama3.2".
	Model string
	// Tokens is the most that an answer may have; a token is a word or a part of one.
	Tokens int
	// Think is sent if it is not nil: whether a model that can think does so. A model that
	// cannot refuses true and false alike.
	Think *bool
}

// request is the body of POST /api/chat.
type request struct {
	Model    string    `json:"model"`
	Messages []Message `json:"messages"`
	Stream   bool      `json:"stream"`
	Think    *bool     `json:"think,omitzero"`
	Options  options   `json:"options"`
}

type options struct {
	Tokens int `json:"num_predict,omitzero"`
}

// line is a line of the stream. message.thinking is not read.
type line struct {
	Message struct {
		Content string `json:"content"`
	} `json:"message"`
	Done   bool   `json:"done"`
	Reason string `json:"done_reason"`
	Error  string `json:"error"`
}

// transport gives up early on a server that does not take connections. It keeps none: the
// end of a connection is what tells the server to stop.
var transport = &http.Transport{
	Proxy:             http.ProxyFromEnvironment,
	DialContext:       (&net.Dialer{Timeout: dialTime}).DialContext,
	DisableKeepAlives: true,
}

// Chat asks for the next message of a conversation. It calls write with each piece of it, and
// ends early when write returns an error, with that error. cut says that the model had more to
// say than it may.
func (c *Client) Chat(ctx context.Context, conversation []Message, write func(piece string) error) (cut bool, err error) {
	body, err := json.Marshal(request{
		Model: c.Model, Messages: conversation, Stream: true, Think: c.Think, Options: options{Tokens: c.Tokens},
	})
	if err != nil {
		return false, fmt.Errorf("encode question: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(c.URL, "/")+"/api/chat", bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return false, fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer resp.Body.Close() //nolint:errcheck // what matters of it is read
	if resp.StatusCode != http.StatusOK {
		return false, refusal(resp)
	}
	cut, err = read(resp.Body, write)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return cut, err
}

// refusal reads an error in front of the stream.
func refusal(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	var said line
	if json.Unmarshal(body, &said) != nil || said.Error == "" {
		said.Error = string(body)
	}
	return &Error{resp.StatusCode, shorten(said.Error)}
}

// read reads the stream to its end.
func read(r io.Reader, write func(string) error) (cut bool, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxLine+len("\r\n"))
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return false, &Error{http.StatusOK, shorten("no line of a stream: " + lines.Text())}
		}
		if l.Error != "" {
			return false, &Error{http.StatusOK, shorten(l.Error)}
		}
		if l.Message.Content != "" {
			if err := write(l.Message.Content); err != nil {
				return false, err
			}
		}
		if l.Done {
			return l.Reason == "length", nil
		}
	}
	if err := lines.Err(); err != nil {
		return false, fmt.Errorf("read answer: %w", err)
	}
	return false, fmt.Errorf("read answer: %w", io.ErrUnexpectedEOF)
}

func shorten(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxMessage {
		return strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}
