package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

const (
	askTime = 10 * time.Second // for one request that is not the homeserver client's
	maxSkew = 10 * time.Second // between two clocks; a Date header counts whole seconds
)

// answers checks that there is a homeserver, and that it has our time.
func (c *onlineCheck) answers(ctx context.Context) bool {
	const what = "homeserver"
	address := strings.TrimSuffix(string(c.cfg.Homeserver.URL), "/")
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/_matrix/client/versions", nil)
	if err != nil {
		c.problem(what, reason(err), "correct homeserver.url")
		return false
	}
	before := c.now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.problem(what, fmt.Sprintf("%s does not answer: %s", address, reason(err)), "correct homeserver.url, or start the homeserver")
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	took := c.now().Sub(before)
	var known struct{ Versions []string }
	if err := json.NewDecoder(http.MaxBytesReader(nil, resp.Body, 1<<20)).Decode(&known); err != nil || len(known.Versions) == 0 {
		c.problem(what, fmt.Sprintf("%s answers, but not as a homeserver (HTTP %s)", address, resp.Status),
			"set homeserver.url to where its client-server API is, such as http://127.0.0.1:8008")
		return false
	}
	c.good(what, "%s answers", address)
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.clock(date.Add(time.Second / 2).Sub(before.Add(took / 2)))
	}
	return true
}

// clock judges by how much the homeserver's clock is ahead of ours.
func (c *onlineCheck) clock(ahead time.Duration) {
	if ahead.Abs() <= maxSkew {
		c.good("clock", "agrees with the homeserver's")
		return
	}
	how := "behind"
	if ahead < 0 {
		how = "ahead of"
	}
	c.problem("clock", fmt.Sprintf("this machine's clock is %s %s the homeserver's", ahead.Abs().Round(time.Second), how),
		"let both be set over the network (timedatectl set-ntp true): times in messages and signatures with a time depend on it")
}

// token checks that the homeserver knows our as_token.
func (c *onlineCheck) token(ctx context.Context) bool {
	const what = "as_token"
	file := c.cfg.Appservice.RegistrationFile
	who, err := c.own.Whoami(ctx)
	switch {
	case err == nil:
		c.good(what, "the homeserver knows the appservice as %s", who.UserID)
		return true
	case errors.Is(err, mautrix.MUnknownToken):
		c.problem(what, "the homeserver does not know the as_token of "+file,
			"list the file under app_service_config_files in homeserver.yaml, and restart Synapse")
	case errors.Is(err, mautrix.MForbidden), errors.Is(err, mautrix.MExclusive):
		c.problem(what, fmt.Sprintf("the homeserver does not let the appservice act as %s: %s", c.own.UserID, reason(err)),
			"compare homeserver.domain with its server_name, and restart it if it has read an older "+file)
	default:
		c.problem(what, "the homeserver cannot say whether it knows the as_token: "+reason(err), "look into its log")
	}
	return false
}

// users checks that the virtual users are ours, as the homeserver has read the registration,
// and that nobody else can take their names.
func (c *onlineCheck) users(ctx context.Context) {
	const what = "users"
	ours := "@" + c.cfg.Appservice.UserPrefix + "…:" + c.cfg.Homeserver.Domain
	if err := c.actAs(ctx, c.probe()); err != nil {
		c.problem(what, fmt.Sprintf("the homeserver does not give us the users %s: %s", ours, reason(err)),
			"let it read "+c.cfg.Appservice.RegistrationFile+" as it is now: restart it")
		return
	}
	if wrong := c.takenBy(ctx); wrong != "" {
		c.problem(what, wrong, "write exclusive: true to the namespace in "+c.cfg.Appservice.RegistrationFile+", and restart the homeserver")
		return
	}
	c.good(what, "%s are the appservice's alone", ours)
}

// probe is the localpart of a virtual user that nobody has.
func (c *onlineCheck) probe() string { return c.cfg.Appservice.UserPrefix + "lotus-hooks-check" }

// actAs asks the homeserver whether we may act as a virtual user, which need not exist yet.
func (c *onlineCheck) actAs(ctx context.Context, localpart string) error {
	client, err := c.homeserver.User(c.homeserver.UserID(localpart), "")
	if err != nil {
		return err
	}
	_, err = client.Whoami(ctx)
	var rejected mautrix.HTTPError
	if errors.As(err, &rejected) && rejected.RespError != nil && errors.Is(err, mautrix.MForbidden) &&
		!strings.Contains(rejected.RespError.Err, "masquerade") { // Synapse's words for users of others
		return nil // it is not registered yet
	}
	return err
}

// takenBy says how somebody else could be a virtual user, "" if nobody could.
func (c *onlineCheck) takenBy(ctx context.Context) string {
	if !c.exclusive() {
		return "no exclusive namespace covers these names, so that people may register them"
	}
	stranger, err := c.homeserver.Account(id.UserID(""), "", "")
	if err != nil {
		return ""
	}
	// An error says that the name is reserved, or that nobody can register at all.
	if free, err := stranger.RegisterAvailable(ctx, c.probe()); err == nil && free.Available {
		return "the homeserver lets people register the names of virtual users"
	}
	return ""
}

// exclusive says whether the registration reserves the names of virtual users. A regex that
// only the homeserver's language reads is taken to.
func (c *onlineCheck) exclusive() bool {
	name := c.homeserver.UserID(c.probe()).String()
	return slices.ContainsFunc(c.cfg.Appservice.Registration.Namespaces.Users, func(n config.Namespace) bool {
		re, err := regexp.Compile(`^(?:` + n.Regex + `)`) // Synapse matches from the start, not to the end
		return n.Exclusive && (err != nil || re.MatchString(name))
	})
}

// bot logs in as the account that is configured to be invited in the place of the
// appservice's own user, and says whether asking on makes sense.
func (c *onlineCheck) bot(ctx context.Context) bool {
	if c.cfg.Bot == nil {
		return true
	}
	const what = "bot"
	client, err := c.homeserver.Account(id.UserID(c.cfg.Bot.User), "", c.cfg.Bot.Token.Reveal())
	if err == nil && c.cfg.Bot.Token.IsZero() {
		_, err = client.Login(ctx, &mautrix.ReqLogin{
			Type: mautrix.AuthTypePassword, Password: c.cfg.Bot.Password.Reveal(), StoreCredentials: true,
			Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: c.cfg.Bot.User},
		})
	} else if err == nil {
		_, err = c.ownerOf(ctx, client)
	}
	if err != nil {
		c.problem(what, fmt.Sprintf("%s cannot log in: %s", c.cfg.Bot.User, reason(err)), "correct its password or token")
		return false
	}
	c.good(what, "%s can log in", c.cfg.Bot.User)
	c.identity(ctx, client)
	c.inviter = client
	return true
}

// ownerOf returns whose token a client has, and gives the client its device; another's is an error.
func (c *onlineCheck) ownerOf(ctx context.Context, client *mautrix.Client) (id.UserID, error) {
	who, err := client.Whoami(ctx)
	if err != nil {
		return "", err
	}
	if who.UserID != client.UserID {
		return "", fmt.Errorf("the token is one of %s", who.UserID)
	}
	client.DeviceID = who.DeviceID
	return who.UserID, nil
}
