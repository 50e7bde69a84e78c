package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"maunium.net/go/mautrix"
)

// ping lets the homeserver call us: it must find us, and show the right hs_token. Where the
// program is not running, the check answers in its place.
func (c *onlineCheck) ping(ctx context.Context) {
	const what = "hs_token"
	r, listen := c.cfg.Appservice.Registration, string(c.cfg.Appservice.Listen)
	if r.URL == "" {
		c.good(what, "is not in use: the registration has no url, so that invitations are noticed within 5 minutes")
		return
	}
	called, err := answerPing(ctx, listen, r.HSToken.Reveal())
	switch {
	case errors.Is(err, syscall.EADDRINUSE): // lotus-hooks is running, or something else is
	case err != nil:
		c.problem(what, fmt.Sprintf("cannot listen on %s: %s", listen, reason(err)), "correct appservice.listen")
		return
	default:
		defer called.stop()
	}
	ctx, cancel := context.WithTimeout(ctx, 2*askTime) // more than the homeserver's own patience
	defer cancel()
	_, err = c.own.AppservicePing(ctx, r.ID, c.own.TxnID())
	c.pinged(what, called, err)
}

// pinged judges what came of a ping.
func (c *onlineCheck) pinged(what string, called *pinged, err error) {
	r, listen, file := c.cfg.Appservice.Registration, c.cfg.Appservice.Listen, c.cfg.Appservice.RegistrationFile
	var refused mautrix.HTTPError
	status := 0
	if errors.As(err, &refused) && refused.RespError != nil {
		if n, ok := refused.RespError.ExtraData["status"].(float64); ok {
			status = int(n)
		}
	}
	switch {
	case err == nil && called != nil && !called.heard.Load():
		c.problem(what, fmt.Sprintf("something else answers at %s, where the homeserver looks for us", r.URL),
			fmt.Sprintf("let url in %s lead to appservice.listen (%s), and restart the homeserver", file, listen))
	case err == nil:
		c.good(what, "the homeserver reaches us at %s, and shows the right token", r.URL)
	case errors.Is(err, mautrix.MURLNotSet):
		c.problem(what, "the homeserver has read a registration without url", "let it read "+file+" as it is now: restart it")
	case errors.Is(err, mautrix.MForbidden):
		c.problem(what, fmt.Sprintf("the homeserver does not know the appservice by the id %q", r.ID), "let it read "+file+" as it is now: restart it")
	case errors.Is(err, mautrix.MBadStatus) && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		c.problem(what, "the homeserver shows another hs_token than that of "+file,
			"let the homeserver and lotus-hooks both read the file as it is now: restart them")
	case errors.Is(err, mautrix.MBadStatus):
		c.problem(what, fmt.Sprintf("what answers at %s is not lotus-hooks: it says HTTP %d", r.URL, status),
			fmt.Sprintf("let url in %s lead to appservice.listen (%s)", file, listen))
	case errors.Is(err, mautrix.MConnectionFailed), errors.Is(err, mautrix.MConnectionTimeout):
		c.problem(what, fmt.Sprintf("the homeserver cannot reach us at %s", r.URL),
			fmt.Sprintf("let url in %s be the address at which the homeserver, in its container if it has one, finds appservice.listen (%s)", file, listen))
	case errors.Is(err, mautrix.MUnrecognized):
		c.good(what, "is not tested: the homeserver is too old to be asked (Synapse can from 1.84 on)")
	default:
		c.problem(what, "the homeserver cannot say whether it reaches us: "+reason(err), "look into its log")
	}
}

// pinged is a listener in the place of the program, which answers pings and nothing else.
type pinged struct {
	server *http.Server
	heard  atomic.Bool
}

func answerPing(ctx context.Context, address, token string) (*pinged, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	p := &pinged{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_matrix/app/v1/ping", func(w http.ResponseWriter, r *http.Request) {
		p.heard.Store(true)
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			writeMatrix(w, http.StatusForbidden, `{"errcode":"M_FORBIDDEN","error":"Bad token"}`)
			return
		}
		writeMatrix(w, http.StatusOK, `{}`)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { // it will push again what it has
		writeMatrix(w, http.StatusServiceUnavailable, `{"errcode":"M_UNKNOWN","error":"Only checking"}`)
	})
	p.server = &http.Server{
		Handler: mux, ReadHeaderTimeout: askTime, WriteTimeout: askTime,
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelInfo),
	}
	go func() { _ = p.server.Serve(l) }() // until stop
	return p, nil
}

func (p *pinged) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if p.server.Shutdown(ctx) != nil {
		_ = p.server.Close() // somebody keeps a connection open
	}
}
