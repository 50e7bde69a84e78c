package app

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// onlineCase is an installation and what the check says of it that is not as usual. before
// changes what the homeserver has read, after what it holds and what is configured.
type onlineCase struct {
	name          string
	before, after func(*checked)
	want          []string
}

func checks() []onlineCase {
	var all []onlineCase
	for _, list := range [][]onlineCase{homeserverChecks(), pingChecks(), userChecks(), roomChecks(), powerChecks(), welcomeChecks(), publicChecks()} {
		all = append(all, list...)
	}
	return all
}

func homeserverChecks() []onlineCase {
	return []onlineCase{
		{name: "OK"},
		{name: "ErrAway", after: func(c *checked) { c.home = "http://127.0.0.1:1" }, want: []string{
			"problem homeserver HOME does not answer: dial tcp 127.0.0.1:1: connect: connection refused: correct homeserver.url, or start the homeserver"}},
		{name: "ErrNoHomeserver", after: func(c *checked) { c.home = c.serve(says(http.StatusOK, "<html>welcome</html>")) }, want: []string{
			"problem homeserver HOME answers, but not as a homeserver (HTTP 200 OK): set homeserver.url to where its client-server API is, such as http://127.0.0.1:8008"}},
		{name: "ErrClockBehind", after: func(c *checked) { c.fault("/versions", dated(90*time.Second)) }, want: []string{
			"problem clock this machine's clock is 1m30s behind the homeserver's: let both be set over the network (timedatectl set-ntp true): times in messages and signatures with a time depend on it"}},
		{name: "ErrClockAhead", after: func(c *checked) { c.fault("/versions", dated(-time.Hour)) }, want: []string{
			"problem clock this machine's clock is 1h0m0s ahead of the homeserver's: let both be set over the network (timedatectl set-ntp true): times in messages and signatures with a time depend on it"}},
		{name: "ErrTokenUnknown", before: func(c *checked) { c.known.ASToken = "another" }, want: []string{
			"problem as_token the homeserver does not know the as_token of registration.yaml: list the file under app_service_config_files in homeserver.yaml, and restart Synapse"}},
		{name: "ErrNotItsUser", before: func(c *checked) { c.known.SenderLocalpart = "bridge" }, want: []string{
			"problem as_token the homeserver does not let the appservice act as @lotus-hooks:demo: M_FORBIDDEN, Application service cannot masquerade as this user (@lotus-hooks:demo): " +
				"compare homeserver.domain with its server_name, and restart it if it has read an older registration.yaml"}},
		{name: "ErrTokenUnclear", after: func(c *checked) { c.fault("/whoami", homeserver.Status(http.StatusBadGateway)) }, want: []string{
			"problem as_token the homeserver cannot say whether it knows the as_token: HTTP 502 Bad Gateway: look into its log"}},
	}
}

func pingChecks() []onlineCase {
	return []onlineCase{
		{name: "OKWithoutURL", before: func(c *checked) { c.registration.URL = "" }, want: []string{
			"ok hs_token is not in use: the registration has no url, so that invitations are noticed within 5 minutes"}},
		{name: "OKTooOldToPing", after: func(c *checked) {
			c.fault("/ping", homeserver.MatrixError(http.StatusNotFound, "M_UNRECOGNIZED"))
		}, want: []string{"ok hs_token is not tested: the homeserver is too old to be asked (Synapse can from 1.84 on)"}},
		{name: "ErrUnreached", before: func(c *checked) { c.known.URL = "http://127.0.0.1:1" }, want: []string{
			"problem hs_token the homeserver cannot reach us at APPSERVICE: let url in registration.yaml be the address at which the homeserver, in its container if it has one, finds appservice.listen (LISTEN)"}},
		{name: "ErrHSToken", before: func(c *checked) { c.known.HSToken = "another" }, want: []string{
			"problem hs_token the homeserver shows another hs_token than that of registration.yaml: let the homeserver and lotus-hooks both read the file as it is now: restart them"}},
		{name: "ErrID", before: func(c *checked) { c.known.ID = "hookshot" }, want: []string{
			`problem hs_token the homeserver does not know the appservice by the id "lotus-hooks": let it read registration.yaml as it is now: restart it`}},
		{name: "ErrURLNotRead", before: func(c *checked) { c.known.URL = "" }, want: []string{
			"problem hs_token the homeserver has read a registration without url: let it read registration.yaml as it is now: restart it"}},
		{name: "ErrSomethingElseAnswers", before: func(c *checked) { c.known.URL = c.serve(says(http.StatusOK, "{}")) }, want: []string{
			"problem hs_token something else answers at APPSERVICE, where the homeserver looks for us: let url in registration.yaml lead to appservice.listen (LISTEN), and restart the homeserver"}},
		{name: "ErrSomethingElseRefuses", before: func(c *checked) { c.known.URL = c.serve(says(http.StatusNotFound, "?")) }, want: []string{
			"problem hs_token what answers at APPSERVICE is not lotus-hooks: it says HTTP 404: let url in registration.yaml lead to appservice.listen (LISTEN)"}},
		{name: "ErrListen", after: func(c *checked) { c.appservice = "192.0.2.1:9002" }, want: []string{
			"problem hs_token cannot listen on LISTEN: listen tcp LISTEN: bind: cannot assign requested address: correct appservice.listen"}},
	}
}

func userChecks() []onlineCase {
	return []onlineCase{
		{name: "ErrUsersNotOurs", before: func(c *checked) { c.known.Users = regexp.MustCompile("^@webhooks_.*$") }, want: []string{
			"problem users the homeserver does not give us the users @hookshot_…:demo: M_FORBIDDEN, Application service cannot masquerade as this user (@hookshot_lotus-hooks-check:demo): " +
				"let it read registration.yaml as it is now: restart it"}},
		{name: "ErrUsersOfEverybody", before: func(c *checked) { c.registration.Namespaces.Users[0].Exclusive = false }, want: []string{
			`problem users no exclusive namespace covers these names, so that people may register them: write exclusive: true to the namespace in registration.yaml, and restart the homeserver`}},
		{name: "OKUsersOfOthersToo", before: func(c *checked) {
			c.registration.Namespaces.Users = append(c.registration.Namespaces.Users, config.Namespace{Regex: "@.*:demo"})
		}},
		{name: "ErrUsersRegistrable", after: func(c *checked) {
			c.fault("/register/available", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				_, _ = io.WriteString(w, `{"available":true}`)
			})
		}, want: []string{
			"problem users the homeserver lets people register the names of virtual users: write exclusive: true to the namespace in registration.yaml, and restart the homeserver"}},
		{name: "OKBot", after: func(c *checked) {
			c.server.CreateAccount("bot", "sesame")
			c.bot = "bot: {user: '@bot:demo', password: sesame}\n"
			c.invite("@bot:demo")
		}, want: []string{"ok bot @bot:demo can log in"}},
		{name: "ErrBot", after: func(c *checked) {
			c.server.CreateAccount("bot", "sesame")
			c.bot = "bot: {user: '@bot:demo', password: open}\n"
		}, want: []string{"problem bot @bot:demo cannot log in: M_FORBIDDEN, Invalid username or password: correct its password or token"}},
		{name: "ErrBotOfAnother", after: func(c *checked) {
			c.bot = "bot: {user: '@bot:demo', token: " + c.owner.AccessToken + "}\n"
		}, want: []string{"problem bot @bot:demo cannot log in: the token is one of @ann:demo: correct its password or token"}},
	}
}

func roomChecks() []onlineCase {
	return []onlineCase{
		{name: "OKAlias", after: func(c *checked) { c.hooks = c.hook("one", "#spam:demo", "") }, want: []string{
			"ok room #spam:demo is joined and not encrypted"}},
		{name: "OKEncrypted", after: func(c *checked) {
			c.state(event.StateEncryption, &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1})
		}, want: []string{"ok room ROOM is joined and encrypted"}},
		{name: "OKUpgraded", after: func(c *checked) {
			var made struct {
				Room id.RoomID `json:"replacement_room"`
			}
			_, err := c.owner.MakeRequest(c.t.Context(), http.MethodPost, c.owner.BuildClientURL("v3", "rooms", id.RoomID(c.room), "upgrade"), map[string]string{"new_version": "12"}, &made)
			if err != nil {
				c.t.Fatal(err)
			}
			old := c.room
			c.room = made.Room.String()
			c.invite("@lotus-hooks:demo")
			c.hooks = c.hook("one", old, "")
			c.hooks = strings.ReplaceAll(c.hooks, old, "#old:demo")
			c.alias("old", old)
		}, want: []string{
			"ok room #old:demo was upgraded: its messages go to ROOM, which you may write in the place of #old:demo",
			"ok room #old:demo is joined and not encrypted"}},
		{name: "ErrNotInvited", after: func(c *checked) {
			room, err := c.server.CreateRoom("@"+checkOwner+":demo", homeserver.RoomOptions{})
			if err != nil {
				c.t.Fatal(err)
			}
			c.room = room
			c.hooks = c.hook("one", room, "")
		}, want: []string{
			"problem room ROOM @lotus-hooks:demo may not join: M_FORBIDDEN, You are not invited to this room: invite it to the room once; it then lets the virtual users in"}},
		{name: "ErrNoSuchRoom", after: func(c *checked) { c.hooks = c.hook("one", "!nowhere", "") }, want: []string{
			"problem room !nowhere @lotus-hooks:demo cannot join: M_UNKNOWN, Can't join remote room because no servers that are in the room have been provided: " +
				"copy the id from the room's settings, under Advanced, and invite @lotus-hooks:demo to the room"}},
		{name: "ErrAliasNowhere", after: func(c *checked) { c.hooks = c.hook("one", "#spma:demo", "") }, want: []string{
			"problem room #spma:demo the alias #spma:demo leads nowhere: M_NOT_FOUND, Room alias #spma:demo not found: give the room this address in its settings, or use the room's id"}},
		{name: "ErrSameRoom", after: func(c *checked) { c.hooks += c.hook("two", "#spam:demo", "") }, want: []string{
			"problem room #spam:demo is the same room as ROOM: use one name for it everywhere, so that its order holds"}},
	}
}

func powerChecks() []onlineCase {
	return []onlineCase{
		{name: "OKInvited", after: func(c *checked) { // by a person, where ours may not
			c.invite("@hookshot_generic:demo")
			c.levels(func(l *event.PowerLevelsEventContent) { fifty := 50; l.InvitePtr = &fifty })
		}},
		{name: "ErrMayNotInvite", after: func(c *checked) {
			c.levels(func(l *event.PowerLevelsEventContent) { fifty := 50; l.InvitePtr = &fifty })
		}, want: []string{
			"problem room ROOM @lotus-hooks:demo may not invite @hookshot_generic:demo: it has power level 0, and that takes 50: give it 50 in the room's settings, or invite them yourself"}},
		{name: "ErrMayNotSpeak", after: func(c *checked) { c.levels(func(l *event.PowerLevelsEventContent) { l.EventsDefault = 25 }) }, want: []string{
			"problem room ROOM @hookshot_generic:demo may not speak: that takes power level 25: give them that in the room's settings, or let everybody send messages"}},
		{name: "ErrMayNotSpeakEncrypted", after: func(c *checked) {
			c.state(event.StateEncryption, &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1})
			c.levels(func(l *event.PowerLevelsEventContent) { l.Events = map[string]int{"m.room.encrypted": 10} })
		}, want: []string{
			"problem room ROOM @hookshot_generic:demo may not speak: that takes power level 10: give them that in the room's settings, or let everybody send messages"}},
		{name: "ErrMayNotPing", after: func(c *checked) {
			c.hooks = c.hook("one", c.room, ", routes: [{when: 'true', mention: ['@room']}]")
		}, want: []string{
			"problem room ROOM @hookshot_generic:demo may not ping @room: that takes power level 50: give them that in the room's settings, or mention people by their user ids"}},
		{name: "ErrBanned", after: func(c *checked) {
			_, err := c.owner.BanUser(c.t.Context(), id.RoomID(c.room), &mautrix.ReqBanUser{UserID: "@hookshot_generic:demo"})
			if err != nil {
				c.t.Fatal(err)
			}
		}, want: []string{"problem room ROOM @hookshot_generic:demo may not enter: banned: lift the ban in the room's settings"}},
		{name: "ErrAlgorithm", after: func(c *checked) {
			c.state(event.StateEncryption, map[string]string{"algorithm": "m.mls.v1"})
		}, want: []string{`problem room ROOM is encrypted by "m.mls.v1", which lotus-hooks does not know: use another room`}},
	}
}

// welcomeChecks are of the rooms that the bot's section names.
func welcomeChecks() []onlineCase {
	const may = "ok bot @bot:demo can log in"
	// with gives the installation a bot that is in a space, and more in its section.
	with := func(kind, section string, change func(*checked)) func(*checked) {
		return func(c *checked) {
			c.server.CreateAccount("bot", "sesame")
			c.invite("@bot:demo")
			resp, err := c.owner.CreateRoom(c.t.Context(), &mautrix.ReqCreateRoom{
				RoomAliasName: "space", Invite: []id.UserID{"@bot:demo"}, CreationContent: map[string]any{"type": kind},
			})
			if err != nil {
				c.t.Fatal(err)
			}
			c.bot = fmt.Sprintf("bot:\n  user: '@bot:demo'\n  password: sesame\n  %s\n", section)
			if change != nil {
				change(c)
			}
			c.bot = strings.ReplaceAll(c.bot, "SPACE", resp.RoomID.String())
		}
	}
	const section = `welcome: {space: "#space:demo", rooms: ["#spam:demo"]}`
	fifty := 50
	return []onlineCase{
		{name: "OKWelcome", after: with("m.space", section, nil), want: []string{
			may, "ok room #space:demo is joined and not encrypted", "ok room #spam:demo is joined and not encrypted"}},
		{name: "ErrWelcomeInvite", after: with("m.space", section, func(c *checked) {
			c.invite("@hookshot_generic:demo")
			c.levels(func(l *event.PowerLevelsEventContent) { l.InvitePtr = &fifty })
		}), want: []string{
			may, "ok room #space:demo is joined and not encrypted",
			"problem room #spam:demo @bot:demo may not invite new members: it has power level 0, and that takes 50: give it 50 in the room's settings"}},
		{name: "ErrWelcomeNoSpace", after: with("", section, nil), want: []string{
			may, "problem room #space:demo is named as bot.welcome.space, and is no space: name the space whose new members are to be greeted",
			"ok room #spam:demo is joined and not encrypted"}},
		{name: "ErrWelcomeNowhere", after: with("m.space", `welcome: {space: "#space:demo", rooms: ["#gone:demo"]}`, nil), want: []string{
			may, "problem room #gone:demo the alias #gone:demo leads nowhere: M_NOT_FOUND, Room alias #gone:demo not found: give the room this address in its settings, or use the room's id",
			"ok room #space:demo is joined and not encrypted"}},
		{name: "ErrMayNotAnswer", after: with("m.space", `commands: {ping: {rooms: ["#spam:demo"]}}`, func(c *checked) {
			c.levels(func(l *event.PowerLevelsEventContent) {
				l.SetUserLevel("@hookshot_generic:demo", 25)
				l.EventsDefault = 25
			})
		}), want: []string{
			may, "problem room #spam:demo @bot:demo may not speak: that takes power level 25: give them that in the room's settings, or let everybody send messages"}},
		{name: "OKWordleRoom", after: with("m.space", `wordle: {room: "#spam:demo"}`, nil), want: []string{
			may, "ok room #spam:demo is joined and not encrypted"}},
	}
}

func publicChecks() []onlineCase {
	const pass = "let the proxy pass /webhook/ on to gateway.listen (:9003), path unchanged"
	public := func(h http.Handler) func(*checked) { return func(c *checked) { c.public = c.serve(h) } }
	hookshot := says(http.StatusNotFound, notFoundBody, "Content-Type", "application/json; charset=utf-8", "X-Powered-By", "Express")
	return []onlineCase{
		{name: "OKPublic", after: public(gateway.New(gateway.Options{})), want: []string{"ok public URL PUBLIC leads to lotus-hooks"}},
		{name: "ErrHookshotStillThere", after: public(hookshot), want: []string{"problem public URL PUBLIC leads to matrix-hookshot: stop it, or " + pass}},
		{name: "ErrRedirect", after: public(says(http.StatusMovedPermanently, "", "Location", "https://hooks.example.org/login?next=x")), want: []string{
			"problem public URL PUBLIC redirects to https://hooks.example.org: write the address that needs no redirect: most senders lose the body on the way"}},
		{name: "ErrNothingBehindTheProxy", after: public(says(http.StatusBadGateway, "<h1>502 Bad Gateway</h1>")), want: []string{
			"problem public URL PUBLIC reaches a proxy, and that nothing: HTTP 502 Bad Gateway: start lotus-hooks, or " + pass}},
		{name: "ErrProxyAsksForLogin", after: public(says(http.StatusUnauthorized, "")), want: []string{
			"problem public URL PUBLIC lets nobody in: HTTP 401 Unauthorized: exempt /webhook/ from the proxy's own log-in; hooks have auth of their own"}},
		{name: "ErrOtherSite", after: public(says(http.StatusOK, "<html>")), want: []string{"problem public URL PUBLIC leads to something else: HTTP 200 OK: " + pass}},
		{name: "ErrHomeserver", after: func(c *checked) { c.public = c.serve(homeserver.New(homeserver.Options{ServerName: "demo"})) }, want: []string{
			"problem public URL PUBLIC leads to the homeserver: " + pass}},
		{name: "ErrPublicAway", after: func(c *checked) { c.public = "http://127.0.0.1:2" }, want: []string{
			"problem public URL PUBLIC does not answer: dial tcp 127.0.0.1:2: connect: connection refused: start the reverse proxy, or correct gateway.public_url; from within some networks, their own public address cannot be reached"}},
		{name: "ErrCertificate", after: func(c *checked) {
			s := httptest.NewUnstartedServer(hookshot)
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.StartTLS()
			c.t.Cleanup(s.Close)
			c.public = s.URL
		}, want: []string{
			"problem public URL PUBLIC has a certificate that nobody trusts: tls: failed to verify certificate: x509: certificate signed by unknown authority: let the proxy have one that services trust, with its whole chain"}},
		{name: "ErrNoTLS", after: func(c *checked) {
			c.public = strings.Replace(c.serve(hookshot), "http://", "https://", 1)
		}, want: []string{
			"problem public URL PUBLIC does not speak TLS: write http:// in gateway.public_url, or let the proxy speak TLS on this port"}},
	}
}
