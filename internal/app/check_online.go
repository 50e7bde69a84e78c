package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
)

// onlineCheck asks the homeserver about what the configuration refers to.
type onlineCheck struct {
	out    io.Writer
	cfg    *config.Config
	client *mautrix.Client // who is to be invited: the appservice's own user, then the bot if there is one
	found  bool
}

func checkOnline(ctx context.Context, e Env, cfg *config.Config) error {
	ctx, cancel := context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), time.Minute)
	defer cancel()
	hs, err := matrix.New(matrix.Options{
		URL: string(cfg.Homeserver.URL), Domain: cfg.Homeserver.Domain, Token: cfg.Appservice.Registration.ASToken.Reveal(),
	})
	if err != nil {
		return err
	}
	client, err := hs.User(hs.UserID(cfg.Appservice.Registration.SenderLocalpart), "")
	if err != nil {
		return err
	}
	c := &onlineCheck{out: e.Stdout, cfg: cfg, client: client}
	if c.token(ctx) && c.bot(ctx, hs) {
		c.rooms(ctx)
		if cfg.Bot != nil && cfg.Bot.Token.IsZero() {
			_, _ = c.client.Logout(ctx) // the session of this check; one that stays does no harm
		}
	}
	if c.found {
		return errFindings
	}
	return nil
}

func (c *onlineCheck) problem(format string, args ...any) {
	c.found = true
	fmt.Fprintf(c.out, "problem: "+format+"\n", args...)
}

// token checks that the homeserver knows us, and says whether asking on makes sense.
func (c *onlineCheck) token(ctx context.Context) bool {
	who, err := c.client.Whoami(ctx)
	switch {
	case err == nil:
		fmt.Fprintf(c.out, "ok: %s knows the appservice as %s\n", c.cfg.Homeserver.URL, who.UserID)
		return true
	case errors.Is(err, mautrix.MUnknownToken):
		c.problem("%s does not know the as_token of %s: list the file under app_service_config_files in homeserver.yaml and restart Synapse", c.cfg.Homeserver.URL, c.cfg.Appservice.RegistrationFile)
	case errors.Is(err, mautrix.MForbidden), errors.Is(err, mautrix.MExclusive):
		c.problem("%s does not let the appservice act as %s: compare homeserver.domain and sender_localpart with the server_name and the registration that Synapse has read", c.cfg.Homeserver.URL, c.client.UserID)
	default:
		var unreachable *url.Error // its own text repeats the address
		if errors.As(err, &unreachable) {
			err = unreachable.Err
		}
		c.problem("%s does not answer: %v: correct homeserver.url, or start the homeserver", c.cfg.Homeserver.URL, err)
	}
	return false
}

// bot logs in as the account that is configured to be invited in the place of the
// appservice's own user, and says whether asking on makes sense.
func (c *onlineCheck) bot(ctx context.Context, hs *matrix.Homeserver) bool {
	if c.cfg.Bot == nil {
		return true
	}
	client, err := hs.Account(id.UserID(c.cfg.Bot.User), "", c.cfg.Bot.Token.Reveal())
	if err == nil && c.cfg.Bot.Token.IsZero() {
		_, err = client.Login(ctx, &mautrix.ReqLogin{
			Type: mautrix.AuthTypePassword, Password: c.cfg.Bot.Password.Reveal(), StoreCredentials: true,
			Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: c.cfg.Bot.User},
		})
	} else if err == nil {
		_, err = client.Whoami(ctx)
	}
	if err != nil {
		c.problem("the bot %s cannot log in: %v: correct its password or token", c.cfg.Bot.User, err)
		return false
	}
	fmt.Fprintf(c.out, "ok: the bot %s can log in\n", c.cfg.Bot.User)
	c.client = client
	return true
}

// rooms checks each room that a hook or a route tells.
func (c *onlineCheck) rooms(ctx context.Context) {
	used := map[string]string{} // reference -> how the configuration calls it
	for _, h := range c.cfg.Hooks {
		used[c.cfg.RoomReference(h.Room)] = h.Room
		for _, r := range h.Routes {
			used[c.cfg.RoomReference(r.Room)] = r.Room
		}
	}
	names := map[id.RoomID]string{}
	for _, reference := range slices.Sorted(maps.Keys(used)) {
		name := used[reference]
		room, ok := c.resolve(ctx, name, reference)
		if !ok {
			continue
		}
		if first := names[room]; first != "" {
			c.problem("room %s: is the same room as %s: use one name for it, so that its order holds", name, first)
		}
		names[room] = name
		c.room(ctx, name, room)
	}
}

func (c *onlineCheck) resolve(ctx context.Context, name, reference string) (id.RoomID, bool) {
	if reference[0] != '#' {
		return id.RoomID(reference), true
	}
	resp, err := c.client.ResolveAlias(ctx, id.RoomAlias(reference))
	if err != nil {
		c.problem("room %s: alias %s leads nowhere: %v: create it in the room's settings, or use the room's id", name, reference, err)
		return "", false
	}
	return resp.RoomID, true
}

func (c *onlineCheck) room(ctx context.Context, name string, room id.RoomID) {
	var membership event.MemberEventContent
	err := c.client.StateEvent(ctx, room, event.StateMember, c.client.UserID.String(), &membership)
	if err != nil || membership.Membership != event.MembershipJoin {
		// An invitation is accepted when it is first needed, and only then.
		if _, err := c.client.JoinRoomByID(ctx, room); err != nil {
			c.problem("room %s: %s may not join: %v: invite it to the room once; it then invites the virtual users", name, c.client.UserID, err)
			return
		}
		fmt.Fprintf(c.out, "ok: %s has joined room %s\n", c.client.UserID, name)
	}
	var tombstone event.TombstoneEventContent
	if err := c.client.StateEvent(ctx, room, event.StateTombstone, "", &tombstone); err == nil && tombstone.ReplacementRoom != "" {
		fmt.Fprintf(c.out, "ok: room %s was upgraded; its messages go to %s\n", name, tombstone.ReplacementRoom)
		return
	}
	var encryption event.EncryptionEventContent
	switch err := c.client.StateEvent(ctx, room, event.StateEncryption, "", &encryption); {
	case err == nil:
		fmt.Fprintf(c.out, "ok: room %s is encrypted (%s)\n", name, encryption.Algorithm)
	case errors.Is(err, mautrix.MNotFound):
		fmt.Fprintf(c.out, "ok: room %s is not encrypted\n", name)
	default:
		c.problem("room %s: whether it is encrypted cannot be read: %v", name, err)
	}
}
