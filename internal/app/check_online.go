package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"maunium.net/go/mautrix"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// checkTime bounds a check of everything.
const checkTime = 2 * time.Minute

// onlineCheck asks the homeserver, and others, about what the configuration refers to.
type onlineCheck struct {
	cfg        *config.Config
	now        func() time.Time
	homeserver *matrix.Homeserver
	own        *mautrix.Client // the appservice's own user
	inviter    *mautrix.Client // who is to be invited to rooms: the bot, or own where there is none

	findings []finding
}

// finding is one thing that was looked at.
type finding struct {
	good bool
	what string // "room spam"
	says string
}

func newOnlineCheck(cfg *config.Config, now func() time.Time) (*onlineCheck, error) {
	r := cfg.Appservice.Registration
	hs, err := matrix.New(matrix.Options{URL: string(cfg.Homeserver.URL), Domain: cfg.Homeserver.Domain, Token: r.ASToken.Reveal()})
	if err != nil {
		return nil, err
	}
	own, err := hs.User(hs.UserID(r.SenderLocalpart), "")
	if err != nil {
		return nil, err
	}
	return &onlineCheck{cfg: cfg, now: now, homeserver: hs, own: own, inviter: own}, nil
}

func checkOnline(ctx context.Context, e Env, cfg *config.Config) error {
	c, err := newOnlineCheck(cfg, time.Now)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), checkTime)
	defer cancel()
	c.all(ctx)
	return c.print(e.Stdout)
}

// all looks at everything, as far as one thing makes sense without another.
func (c *onlineCheck) all(ctx context.Context) {
	if c.answers(ctx) && c.token(ctx) {
		c.ping(ctx)
		c.users(ctx)
		if c.bot(ctx) {
			c.rooms(ctx)
		}
	}
	c.publicURL(ctx)
}

func (c *onlineCheck) good(what, format string, args ...any) {
	c.findings = append(c.findings, finding{good: true, what: what, says: fmt.Sprintf(format, args...)})
}

// problem notes what is wrong, and the remedy.
func (c *onlineCheck) problem(what, wrong, remedy string) {
	c.findings = append(c.findings, finding{what: what, says: wrong + ": " + remedy})
}

// print prints a line for each finding. It returns errFindings when one is a problem.
func (c *onlineCheck) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var err error
	for _, f := range c.findings {
		result := "ok"
		if !f.good {
			result, err = "problem", errFindings
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", result, f.what, oneLine(f.says, maxFinding))
	}
	if failed := t.Flush(); failed != nil {
		return failed
	}
	return err
}

// maxFinding is the longest finding, in characters: some quote what others have answered.
const maxFinding = 600

// reason is an error as a finding shows it: what the homeserver has answered, or what
// stands between it and us, without addresses that are known.
func reason(err error) string {
	var rejected mautrix.HTTPError
	if errors.As(err, &rejected) && rejected.RespError != nil {
		return fmt.Sprintf("%s, %s", rejected.RespError.ErrCode, strings.TrimRight(rejected.RespError.Err, ". "))
	}
	if errors.As(err, &rejected) && rejected.Response != nil {
		return "HTTP " + rejected.Response.Status
	}
	var unreachable *url.Error // its own text repeats the address
	if errors.As(err, &unreachable) {
		err = unreachable.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return err.Error()
}
