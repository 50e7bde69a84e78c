//go:build goolm && linux

package e2e_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// parlour is a house with a bot that has all it can have, and with people on independent
// clients: Ann, who has made the rooms and may do everything, and Bob, who may do nothing
// special.
type parlour struct {
	*house
	ann, bob *member
	maker    *person // Ann, on another device

	plain, secret id.RoomID // rooms that hooks.yaml names; the second one is encrypted
	elsewhere     id.RoomID // one that it does not name
	space, hall   id.RoomID // where new members come from, and where they are invited to

	model *languageModel
	alert string // where Grafana's webhooks are posted, for the plain room
}

func newParlour(t *testing.T) *parlour {
	h, server := newBotHouse(t, storetest.SQLite(t))
	p := &parlour{house: h, maker: newPerson(t, server, "ann"), model: startModel(t)}
	bob := server.Account(t, "bob", password).UserID
	for _, m := range []struct {
		at   **member
		user string
	}{{&p.ann, p.maker.UserID.String()}, {&p.bob, bob}} {
		*m.at = startMember(t, server.URL, m.user)
	}
	p.plain, p.secret, p.elsewhere = p.maker.newRoom(false, botUser, bob), p.maker.newRoom(true, botUser, bob), p.maker.newRoom(false, botUser, bob)
	p.hall = p.maker.newRoom(true, botUser)
	p.space = p.maker.newSpace(botUser)

	h.room("plain", p.plain.String())
	h.room("secret", p.secret.String())
	p.alert = h.hook("alerts", "grafana", "plain", "")
	h.hook("builds", "generic", "secret", "")
	h.hook("series", "sonarr", "secret", "")
	h.bot += p.settings(t)
	h.zone = noon(time.Now())
	h.write()
	h.start()
	for _, room := range []id.RoomID{p.plain, p.secret, p.elsewhere, p.hall, p.space} {
		p.maker.awaitMember(room, botUser)
	}
	return p
}

// noon returns a time zone in which it is between noon and one, so that the day does not end in
// the midst of a test. Etc/GMT-2 is two hours ahead of UTC.
func noon(now time.Time) string { return fmt.Sprintf("Etc/GMT%+d", now.UTC().Hour()-12) }

// settings are those of a bot with everything.
func (p *parlour) settings(t *testing.T) string {
	p.writeFile("rcon-password", rconPassword)
	p.more = map[string]string{rconPassword: "the password of the game server", password: "the bot's password"}
	game := startGameServer(t)
	return fmt.Sprintf(`,
  ask: {url: %q, model: small},
  minecraft: {address: %q, password_file: rcon-password, bedrock: true},
  welcome: {space: %q, rooms: [%q], text: "Hello {name}!\nReact to come in."},
  health: {deadline: 2s, details_power: 75, probes: [{name: Ollama, ollama: %q, expect_model: small}, {name: Page, http: %q, expect_text: fine},
    {name: Port, tcp: %q}, {name: Game, rcon: %q}, {name: Away, tcp: %q}]},
  commands: {random: {power: 75}, agent: {rooms: [plain, secret]}, flip: {users: [%q]}}`,
		p.model.url, game, p.space.String(), p.hall.String(),
		p.model.url, p.model.url+"/page", game, game, freeAddress(t), p.ann.user)
}

// newSpace makes a space that everybody may join.
func (p *person) newSpace(invite ...string) id.RoomID {
	p.t.Helper()
	req := &mautrix.ReqCreateRoom{Preset: "public_chat", CreationContent: map[string]any{"type": "m.space"}}
	for _, user := range invite {
		req.Invite = append(req.Invite, id.UserID(user))
	}
	made, err := p.CreateRoom(p.t.Context(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return made.RoomID
}

// exchange is what somebody says, and what the bot answers.
type exchange struct {
	say  string // by Ann, or after "bob: " by Bob
	want string // a pattern that matches the whole answer, an emoji for a reaction, or "" for silence
}

// converse says everything at once, and then looks at the answers, of which there must be one
// to each. Boards are those whose pattern is in boards.
func (p *parlour) converse(t *testing.T, room id.RoomID, all []exchange) {
	t.Helper()
	var said []string
	for _, e := range all {
		by, text := p.ann, e.say
		if rest, ok := strings.CutPrefix(e.say, "bob: "); ok {
			by, text = p.bob, rest
		}
		said = append(said, by.say(t, room, text))
	}
	for i, e := range all {
		if e.want == "" {
			continue
		}
		got := p.ann.await(t, "an answer to "+e.say, func(h heard) bool { return h.answers(said[i]) })
		p.check(t, e, got)
	}
	for i, e := range all { // the bot keeps to the order, so what is silent now has been heard
		n := 1
		if e.want == "" {
			n = 0
		}
		if got := p.ann.events(func(h heard) bool { return h.answers(said[i]) }); len(got) != n {
			t.Errorf("%s has %d answers: %v", e.say, len(got), got)
		}
	}
}

// check fails the test unless an event is a right answer, and sent as it should be.
func (p *parlour) check(t *testing.T, e exchange, got heard) {
	t.Helper()
	if testing.Verbose() { // to be read as a person would
		t.Logf("%s\n%s\n%v", e.say, got.text(), got.said()["formatted_body"])
	}
	want, board := strings.CutPrefix(e.want, "board: ")
	if !matches(want, got.text()) {
		t.Errorf("%s is answered\n%s\nwant\n%s", e.say, got.text(), want)
	}
	kind, _, _ := got.relation()
	if reaction := len([]rune(want)) == 1; reaction != (kind == "m.annotation") {
		t.Errorf("%s is answered by a %s", e.say, kind)
	} else if !reaction {
		p.checkMessage(t, got, board)
	}
}

// checkMessage fails the test unless a message is encrypted where it should be, quiet unless
// it is a board, pings nobody, and says the same in its markup.
func (p *parlour) checkMessage(t *testing.T, got heard, board bool) {
	t.Helper()
	kind := "m.notice"
	if board {
		kind = "m.text"
	}
	for _, content := range []map[string]any{got.content, got.said()} {
		if mentions, explicit := content["m.mentions"].(map[string]any); !explicit || len(mentions) > 0 {
			t.Errorf("%q has mentions %v", got.text(), content["m.mentions"])
		}
	}
	if got.said()["msgtype"] != kind {
		t.Errorf("%q is a %v, want %s", got.text(), got.said()["msgtype"], kind)
	}
	if open := got.room == p.plain || got.room == p.elsewhere; got.encrypted == open {
		t.Errorf("%q: encrypted %v", got.text(), got.encrypted)
	}
	if markup, ok := got.said()["formatted_body"].(string); ok {
		if got.said()["format"] != "org.matrix.custom.html" {
			t.Errorf("%q has the format %v", got.text(), got.said()["format"])
		}
		checkMarkup(t, got.text(), markup)
	}
}

var (
	// markupTags are those that Cinny, Element and Element X draw, or leave out without harm.
	markupTags  = strings.Fields("p br b i em strong del code pre a ul ol li span")
	markupAttrs = regexp.MustCompile(`^(?:href="https://[^"]+"|data-mx-(?:bg-)?color="#[0-9a-f]{6}")$`)
	// words are those of two letters and more: the tiles of a board hold one each.
	words = regexp.MustCompile(`[\pL\pN]{2,}`)
)

// breakAt is what stands between words where a tag does.
var breakAt = map[string]string{"br": "\n", "p": "\n", "li": "\n", "pre": "\n"}

// checkMarkup fails the test unless markup is well formed, is drawn by the clients that
// people use, and says what the text says.
func checkMarkup(t *testing.T, text, markup string) {
	t.Helper()
	if strings.Contains(text, "&lt;") || strings.Contains(text, "&#") {
		t.Errorf("markup in the text %q", text)
	}
	var shown strings.Builder
	for d := xml.NewDecoder(strings.NewReader("<all>" + strings.ReplaceAll(markup, "<br>", "<br/>") + "</all>")); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the markup is not well formed: %v\n%s", err, markup)
		}
		switch token := token.(type) {
		case xml.CharData:
			shown.Write(token)
		case xml.StartElement:
			shown.WriteString(breakAt[token.Name.Local])
			if name := token.Name.Local; name != "all" && !slices.Contains(markupTags, name) {
				t.Errorf("the tag %s is not drawn everywhere: %s", name, markup)
			}
			for _, a := range token.Attr {
				if attr := fmt.Sprintf("%s=%q", a.Name.Local, a.Value); !markupAttrs.MatchString(attr) {
					t.Errorf("the attribute %s is not drawn: %s", attr, markup)
				}
			}
		}
	}
	seen, said := shown.String(), regexp.MustCompile(`(?m)^Not tried: .*$`).ReplaceAllString(text, "") // that is what a keyboard shows
	for _, sides := range [][2]string{{said, seen}, {seen, said}} {
		whole := strings.Join(regexp.MustCompile(`[\pL\pN]+`).FindAllString(sides[1], -1), "")
		for _, w := range words.FindAllString(sides[0], -1) {
			if !strings.Contains(whole, w) {
				t.Errorf("%q is in one of these and not in the other:\n%s\n%s", w, text, markup)
			}
		}
	}
}

// matches says whether a pattern matches a whole text.
func matches(pattern, text string) bool {
	return regexp.MustCompile(`(?s)^(?:` + pattern + `)$`).MatchString(text)
}
