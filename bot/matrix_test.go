package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/matrix"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// lodge is a homeserver with the bot's account on it, and two people. It has no encryption.
type lodge struct {
	t      *testing.T
	server *homeserver.Server
	url    string
	client *mautrix.Client // the bot's
	ann    *mautrix.Client
	bob    *mautrix.Client
	bot    *bot.Matrix
	db     *store.DB
	now    time.Time
	device matrix.AccountDevice // nil is no encryption
	since  string
	failed error // what receive returns
}

// As implements bot.Account.
func (l *lodge) As(_ context.Context, do func(*mautrix.Client) error) error { return do(l.client) }

// Renew implements bot.Account.
func (l *lodge) Renew(context.Context, *mautrix.Client) error { return nil }

// Account implements bot.Crypto.
func (l *lodge) Account(context.Context, *mautrix.Client, matrix.AccountOptions) (matrix.AccountDevice, error) {
	if l.device == nil {
		return nil, matrix.ErrNoEncryption
	}
	return l.device, nil
}

func newLodge(t *testing.T) *lodge {
	t.Helper()
	l := &lodge{t: t, server: homeserver.New(homeserver.Options{ServerName: "test"}), now: time.Now()}
	web := httptest.NewServer(l.server)
	t.Cleanup(web.Close)
	l.url = web.URL
	l.client, l.ann, l.bob = l.logIn("bot"), l.logIn("ann"), l.logIn("bob")
	l.db = storetest.Open(t, storetest.SQLite(t))
	l.start()
	return l
}

// start makes the bot anew, as a restart does.
func (l *lodge) start() {
	l.bot = bot.NewMatrix(bot.MatrixOptions{
		Account: l, User: botUser, Crypto: l, DB: l.db, InvitedBy: []string{ann},
		Log: slog.New(slog.NewTextHandler(l.t.Output(), nil)), Now: func() time.Time { return l.now },
	})
}

func (l *lodge) logIn(name string) *mautrix.Client {
	l.t.Helper()
	account := l.server.CreateAccount(name, "password")
	client, err := mautrix.NewClient(l.url, id.UserID(account.UserID), account.Token)
	if err != nil {
		l.t.Fatal(err)
	}
	client.DeviceID = id.DeviceID(account.DeviceID)
	return client
}

// room makes a room of ann's with the bot in it.
func (l *lodge) room(others ...*mautrix.Client) id.RoomID {
	l.t.Helper()
	room, err := l.server.CreateRoom(ann, homeserver.RoomOptions{Public: true})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, client := range append(others, l.client) {
		if _, err := client.JoinRoomByID(l.t.Context(), id.RoomID(room)); err != nil {
			l.t.Fatal(err)
		}
	}
	return id.RoomID(room)
}

// send makes an event of ann's.
func (l *lodge) send(room id.RoomID, kind, content string) string {
	l.t.Helper()
	made, err := l.server.Send(ann, room.String(), kind, json.RawMessage(content))
	if err != nil {
		l.t.Fatal(err)
	}
	return made
}

// poll has the bot take in one response of /sync, and returns what it tells.
func (l *lodge) poll() []bot.Event {
	l.t.Helper()
	resp, err := l.client.FullSyncRequest(l.t.Context(), mautrix.ReqSync{Since: l.since, FilterID: `{"room":{"timeline":{"limit":20}}}`})
	if err != nil {
		l.t.Fatal(err)
	}
	var told []bot.Event
	err = l.bot.Handle(l.t.Context(), resp, l.since, func(_ context.Context, events []bot.Event) error {
		told = append(told, events...)
		return l.failed
	})
	if err != nil {
		if l.failed == nil {
			l.t.Fatal(err)
		}
		return nil
	}
	l.since = resp.NextBatch
	return told
}

// last returns the content of a room's last event.
func (l *lodge) last(room string) map[string]any {
	l.t.Helper()
	timeline := l.server.Timeline(room)
	var content map[string]any
	if err := json.Unmarshal(timeline[len(timeline)-1].Content, &content); err != nil {
		l.t.Fatal(err)
	}
	return content
}

func TestMatrixEvents(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room()
	target := l.send(room, "m.room.message", `{"msgtype":"m.text","body":"before"}`)
	if told := l.poll(); len(told) > 0 {
		t.Fatalf("at first the bot is told what was said before: %+v", told)
	}
	for name, test := range map[string]struct {
		kind, content string
		want          []bot.Event
	}{
		"Text":   {"m.room.message", `{"msgtype":"m.text","body":"!ping"}`, []bot.Event{{Kind: bot.KindMessage, Text: "!ping"}}},
		"Notice": {"m.room.message", `{"msgtype":"m.notice","body":"!ping"}`, nil},
		"Emote":  {"m.room.message", `{"msgtype":"m.emote","body":"!ping"}`, nil},
		"Edit": {"m.room.message", `{"msgtype":"m.text","body":"* !ping","m.new_content":{"msgtype":"m.text","body":"!ping"},
			"m.relates_to":{"rel_type":"m.replace","event_id":"` + target + `"}}`, nil},
		"Reply": {"m.room.message", `{"msgtype":"m.text","body":"!ask > 3?","m.relates_to":{"m.in_reply_to":{"event_id":"` + target + `"}}}`,
			[]bot.Event{{Kind: bot.KindMessage, Text: "!ask > 3?", ReplyTo: target}}},
		"ReplyWithQuotation": {"m.room.message", `{"msgtype":"m.text","body":"> <@bot:test> a\n> b\n\n!ask\n> c","m.relates_to":{"m.in_reply_to":{"event_id":"` + target + `"}}}`,
			[]bot.Event{{Kind: bot.KindMessage, Text: "!ask\n> c", ReplyTo: target}}},
		"QuotationWithoutReply": {"m.room.message", `{"msgtype":"m.text","body":"> <@bot:test> a\n\n!ask"}`,
			[]bot.Event{{Kind: bot.KindMessage, Text: "> <@bot:test> a\n\n!ask"}}},
		"Thread": {"m.room.message", `{"msgtype":"m.text","body":"!ping","m.relates_to":{"rel_type":"m.thread","event_id":"` + target + `",
			"is_falling_back":true,"m.in_reply_to":{"event_id":"` + target + `"}}}`, []bot.Event{{Kind: bot.KindMessage, Text: "!ping"}}},
		"Reaction": {"m.reaction", `{"m.relates_to":{"rel_type":"m.annotation","event_id":"` + target + `","key":"✅"}}`,
			[]bot.Event{{Kind: bot.KindReaction, Target: target, Key: "✅"}}},
		"NoReaction":   {"m.reaction", `{}`, nil},
		"Encrypted":    {"m.room.encrypted", `{"algorithm":"m.megolm.v1.aes-sha2"}`, nil},
		"Garbage":      {"m.room.message", `{"msgtype":"m.text","body":"!ping","m.relates_to":7}`, nil},
		"Verification": {"m.room.message", `{"msgtype":"m.key.verification.request","body":"!ping","to":"@bot:test"}`, nil},
		"Other":        {"m.sticker", `{"body":"!ping"}`, nil},
	} {
		made := l.send(room, test.kind, test.content)
		for i := range test.want {
			test.want[i].ID, test.want[i].Room, test.want[i].Sender = made, room.String(), ann
		}
		told := l.poll()
		for i := range told {
			if time.Since(told[i].Sent) > time.Minute {
				t.Errorf("%s: sent at %s", name, told[i].Sent)
			}
			told[i].Sent = time.Time{}
		}
		if diff := cmp.Diff(test.want, told); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}

	if _, err := l.ann.RedactEvent(t.Context(), room, id.EventID(target)); err != nil {
		t.Fatal(err)
	}
	if told := l.poll(); len(told) != 1 || told[0].Kind != bot.KindRedaction || told[0].Target != target {
		t.Errorf("a redaction: %+v", told)
	}
	if _, err := l.bot.Send(t.Context(), room.String(), "key", bot.Answer{Text: "!ping"}); err != nil {
		t.Fatal(err)
	}
	if told := l.poll(); len(told) > 0 {
		t.Errorf("the bot's own message: %+v", told)
	}
}

func TestMatrixJoins(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room()
	l.poll()
	if _, err := l.bob.JoinRoomByID(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	if told := l.poll(); len(told) != 1 || told[0].Kind != bot.KindJoin || told[0].Sender != bob || told[0].Room != room.String() {
		t.Errorf("a join: %+v", told)
	}
	if err := l.bob.SetDisplayName(t.Context(), "Bob"); err != nil {
		t.Fatal(err)
	}
	if told := l.poll(); len(told) > 0 {
		t.Errorf("another name: %+v", told)
	}
	if name := l.bot.Name(t.Context(), room.String(), bob); name != "Bob" {
		t.Errorf("bob is called %q", name)
	}
	if told := l.poll(); len(told) > 0 {
		t.Errorf("nothing: %+v", told)
	}
	other := l.room(l.bob) // the bot comes later than ann and bob
	if told := l.poll(); len(told) > 0 {
		t.Errorf("those who were there before the bot: %+v", told)
	}
	if members, err := l.bot.Members(t.Context(), other.String()); err != nil || !slices.Equal(members, []string{ann, bob, botUser}) {
		t.Errorf("members: %v, %v", members, err)
	}
}

// TestMatrixMissed lets more happen than fits into a response.
func TestMatrixMissed(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room()
	l.poll()
	var want []string
	for n := range 250 {
		if n == 3 {
			if _, err := l.bob.JoinRoomByID(t.Context(), room); err != nil {
				t.Fatal(err)
			}
			want = append(want, "join")
		}
		want = append(want, fmt.Sprint(n))
		l.send(room, "m.room.message", fmt.Sprintf(`{"msgtype":"m.text","body":"%d"}`, n))
	}
	l.failed = fmt.Errorf("not now")
	l.poll()
	l.failed = nil
	var got []string
	for _, e := range l.poll() {
		if e.Kind == bot.KindJoin {
			e.Text = "join"
		}
		got = append(got, e.Text)
	}
	// The join is part of the state at the response's beginning, so it comes first.
	if diff := cmp.Diff(append([]string{"join"}, slices.DeleteFunc(want, func(s string) bool { return s == "join" })...), got); diff != "" {
		t.Error(diff)
	}
	if told := l.poll(); len(told) > 0 {
		t.Errorf("told again: %+v", told)
	}
}

func TestMatrixSend(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room().String()
	l.poll()
	root := l.send(id.RoomID(room), "m.room.message", `{"msgtype":"m.text","body":"root"}`)
	inThread := l.send(id.RoomID(room), "m.room.message", `{"msgtype":"m.text","body":"!ping","m.relates_to":{"rel_type":"m.thread","event_id":"`+root+`"}}`)
	l.poll()
	long := strings.Repeat("ä", 20_000)
	for name, test := range map[string]struct {
		answer bot.Answer
		want   string // JSON
	}{
		"Notice":  {bot.Answer{Text: "a"}, `{"msgtype":"m.notice","body":"a","m.mentions":{}}`},
		"Board":   {bot.Answer{Text: "a", Board: true}, `{"msgtype":"m.text","body":"a","m.mentions":{}}`},
		"HTML":    {bot.Answer{Text: "a", HTML: "<b>a</b>"}, `{"msgtype":"m.notice","body":"a","format":"org.matrix.custom.html","formatted_body":"<b>a</b>","m.mentions":{}}`},
		"Mention": {bot.Answer{Text: "a", Mention: []string{ann}}, `{"msgtype":"m.notice","body":"a","m.mentions":{"user_ids":["@ann:test"]}}`},
		"Reply":   {bot.Answer{Text: "a", ReplyTo: "$x"}, `{"msgtype":"m.notice","body":"a","m.mentions":{},"m.relates_to":{"m.in_reply_to":{"event_id":"$x"}}}`},
		"InThread": {bot.Answer{Text: "a", ReplyTo: inThread}, `{"msgtype":"m.notice","body":"a","m.mentions":{},
			"m.relates_to":{"rel_type":"m.thread","event_id":"` + root + `","is_falling_back":true,"m.in_reply_to":{"event_id":"` + inThread + `"}}}`},
		"Edit": {bot.Answer{Text: "a\nb", HTML: "<p>a</p>", Board: true, Replaces: "$x", ReplyTo: "$y"}, `{"msgtype":"m.text","body":"* a","m.mentions":{},
			"m.new_content":{"msgtype":"m.text","body":"a\nb","format":"org.matrix.custom.html","formatted_body":"<p>a</p>","m.mentions":{}},
			"m.relates_to":{"rel_type":"m.replace","event_id":"$x"}}`},
		"Content": {bot.Answer{Content: map[string]any{"a": 1}, ReplyTo: "$x", Type: "org.test"}, `{"a":1,"m.mentions":{},"m.relates_to":{"m.in_reply_to":{"event_id":"$x"}}}`},
		"TooLong": {bot.Answer{Text: long, HTML: long}, `{"msgtype":"m.notice","body":"` + long[:16382] + `…","m.mentions":{}}`},
	} {
		made, err := l.bot.Send(t.Context(), room, name, test.answer)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var want map[string]any
		if err := json.Unmarshal([]byte(test.want), &want); err != nil {
			t.Fatal(err)
		}
		if name == "TooLong" { // cut before a half letter
			want["body"] = long[:16380] + "…"
		}
		if diff := cmp.Diff(want, l.last(room)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		again, err := l.bot.Send(t.Context(), room, name, test.answer)
		if err != nil || again != made {
			t.Errorf("%s: a second time with the same key made %s after %s, %v", name, again, made, err)
		}
	}
}

func TestMatrixReact(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room()
	l.poll()
	target := l.send(room, "m.room.message", `{"msgtype":"m.text","body":"a"}`)
	made, err := l.bot.React(t.Context(), room.String(), "key", target, "✅")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"m.relates_to": map[string]any{"rel_type": "m.annotation", "event_id": target, "key": "✅"}}
	if diff := cmp.Diff(want, l.last(room.String())); diff != "" {
		t.Error(diff)
	}
	if _, err := l.bot.React(t.Context(), room.String(), "another key", target, "✅"); err != nil {
		t.Errorf("the same reaction again: %v", err)
	}
	if err := l.bot.Redact(t.Context(), room.String(), "redact", made); err != nil {
		t.Error(err)
	}
	if _, err := l.bot.React(t.Context(), room.String(), "after", target, "✅"); err != nil {
		t.Errorf("the same reaction after it was taken back: %v", err)
	}
}

// raise gives somebody the power level 50 in a room.
func (l *lodge) raise(room id.RoomID, user id.UserID) {
	l.t.Helper()
	var levels event.PowerLevelsEventContent
	if err := l.ann.StateEvent(l.t.Context(), room, event.StatePowerLevels, "", &levels); err != nil {
		l.t.Fatal(err)
	}
	levels.SetUserLevel(user, 50)
	if _, err := l.ann.SendStateEvent(l.t.Context(), room, event.StatePowerLevels, "", &levels); err != nil {
		l.t.Fatal(err)
	}
}

func TestMatrixPower(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room(l.bob)
	l.poll()
	power := func(user string) int {
		t.Helper()
		level, err := l.bot.Power(t.Context(), room.String(), user)
		if err != nil {
			t.Fatal(err)
		}
		return level
	}
	if a, b := power(ann), power(bob); a != math.MaxInt || b != 0 {
		t.Errorf("ann, who made the room, has %d, bob %d", a, b)
	}
	l.raise(room, bob)
	l.poll()
	if b := power(bob); b != 50 {
		t.Errorf("bob has %d", b)
	}
}

func TestMatrixDirect(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	l.poll()
	first, err := l.bot.Direct(t.Context(), bob)
	if err != nil {
		t.Fatal(err)
	}
	l.poll()
	if _, encrypted := l.server.State(first, "m.room.encryption", ""); encrypted {
		t.Error("a direct room is encrypted where there is no encryption")
	}
	if again, err := l.bot.Direct(t.Context(), bob); err != nil || again != first {
		t.Errorf("the direct room is %s, then %s, %v", first, again, err)
	}
	if !l.bot.IsDirect(t.Context(), first) {
		t.Error("it is not known as direct")
	}
	if _, err := l.bob.LeaveRoom(t.Context(), id.RoomID(first)); err != nil {
		t.Fatal(err)
	}
	l.poll()
	l.device = &locked{}
	l.start()
	l.poll()
	other, err := l.bot.Direct(t.Context(), bob)
	if err != nil || other == first {
		t.Errorf("after bob has left, the direct room is %s, %v", other, err)
	}
	if _, encrypted := l.server.State(other, "m.room.encryption", ""); !encrypted {
		t.Error("a direct room is not encrypted")
	}
	many := l.room(l.bob)
	l.poll()
	if l.bot.IsDirect(t.Context(), many.String()) {
		t.Error("a room of three is direct")
	}
}

func TestMatrixInvite(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	room := l.room().String()
	l.poll()
	if err := l.bot.Invite(t.Context(), room, bob); err == nil {
		t.Error("bob is invited by one who may not")
	}
	l.raise(id.RoomID(room), botUser)
	l.poll()
	membership := func() string {
		found, _ := l.server.State(room, "m.room.member", bob)
		var content struct{ Membership string }
		_ = json.Unmarshal(found.Content, &content)
		return content.Membership
	}
	for _, when := range []string{"first", "invited already", "joined already"} {
		if err := l.bot.Invite(t.Context(), room, bob); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		switch got := membership(); when {
		case "first":
			if got != "invite" {
				t.Errorf("bob is %q", got)
			}
		case "invited already":
			if _, err := l.bob.JoinRoomByID(t.Context(), id.RoomID(room)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestMatrixInvitations has the bot be invited by who may and by who may not.
func TestMatrixInvitations(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	l.poll()
	invite := func(by *mautrix.Client) id.RoomID {
		t.Helper()
		made, err := by.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Invite: []id.UserID{botUser}})
		if err != nil {
			t.Fatal(err)
		}
		return made.RoomID
	}
	byAnn, byBob := invite(l.ann), invite(l.bob)
	l.poll()
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { _ = l.bot.Run(ctx) })
	defer done.Wait()
	defer cancel()
	joined := func(room id.RoomID) bool {
		found, _ := l.server.State(room.String(), "m.room.member", botUser)
		return strings.Contains(string(found.Content), `"join"`)
	}
	for deadline := time.Now().Add(10 * time.Second); !joined(byAnn); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("ann's invitations are not accepted")
		}
	}
	if joined(byBob) {
		t.Error("bob's invitation was accepted")
	}
}

// locked is a device that has the keys of some sessions.
type locked struct {
	matrix.AccountDevice
	has   map[string]bool // by ciphertext
	came  bool            // whether a key came with the response
	asked []string
}

// Identify implements matrix.AccountDevice.
func (*locked) Identify(context.Context, matrix.IdentityOptions) (matrix.Identity, error) {
	return matrix.IdentityKept, nil
}

// Receive implements matrix.AccountDevice.
func (d *locked) Receive(context.Context, *mautrix.RespSync) (bool, error) { return d.came, nil }

// Decrypt implements matrix.AccountDevice. The plain text is the ciphertext.
func (d *locked) Decrypt(_ context.Context, evt *event.Event) (*event.Event, error) {
	text := string(evt.Content.AsEncrypted().MegolmCiphertext)
	if !d.has[text] {
		return nil, fmt.Errorf("read %s: %w", text, matrix.ErrNoKey)
	}
	plain := *evt
	plain.Type = event.EventMessage
	plain.Content = event.Content{Parsed: &event.MessageEventContent{MsgType: event.MsgText, Body: text}}
	return &plain, nil
}

// Request implements matrix.AccountDevice.
func (d *locked) Request(_ context.Context, evt *event.Event) error {
	d.asked = append(d.asked, string(evt.Content.AsEncrypted().MegolmCiphertext))
	return nil
}

// nervous is a device that panics at a message.
type nervous struct{ locked }

// Decrypt implements matrix.AccountDevice.
func (*nervous) Decrypt(context.Context, *event.Event) (*event.Event, error) { panic("a message") }

// TestMatrixPanic has a message come that nobody thought of.
func TestMatrixPanic(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	l.device = &nervous{}
	room := l.room()
	l.poll()
	l.send(room, "m.room.encrypted", `{"algorithm":"m.megolm.v1.aes-sha2","session_id":"x","ciphertext":"a"}`)
	l.send(room, "m.room.message", `{"msgtype":"m.text","body":"!ping"}`)
	if told := l.poll(); len(told) != 1 || told[0].Text != "!ping" {
		t.Errorf("told %+v", told)
	}
}

// TestMatrixLateKeys has messages come before their keys, through a restart.
func TestMatrixLateKeys(t *testing.T) {
	t.Parallel()
	l := newLodge(t)
	device := &locked{has: map[string]bool{"a": true}}
	l.device = device
	room := l.room()
	l.poll()
	say := func(text string) {
		l.send(room, "m.room.encrypted", fmt.Sprintf(`{"algorithm":"m.megolm.v1.aes-sha2","session_id":"x","ciphertext":%q}`, text))
	}
	heard := func() (texts []string) {
		t.Helper()
		for _, e := range l.poll() {
			if e.Room != room.String() || e.Sender != ann {
				t.Errorf("told %+v", e)
			}
			texts = append(texts, e.Text)
		}
		return texts
	}
	for _, text := range []string{"a", "b", "c", "d"} {
		say(text)
	}
	if got := heard(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("at first: %v", got)
	}
	device.has["b"], device.came = true, true
	l.failed = fmt.Errorf("not now")
	heard()
	l.failed = nil
	if got := heard(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("when a key came: %v", got)
	}
	if got := heard(); got != nil {
		t.Errorf("again: %v", got)
	}
	l.now = l.now.Add(10 * time.Second)
	heard()
	heard()
	if !slices.Equal(device.asked, []string{"c", "d"}) {
		t.Errorf("asked for the keys of %v", device.asked)
	}

	l.start()
	device.has["c"], device.came = true, false // it came while the bot was down
	if got := heard(); !slices.Equal(got, []string{"c"}) {
		t.Errorf("after a restart: %v", got)
	}
	l.now = l.now.Add(5 * time.Minute)
	heard()
	device.has["d"], device.came = true, true
	if got := heard(); got != nil {
		t.Errorf("after too long: %v", got)
	}
	l.start()
	if got := heard(); got != nil {
		t.Errorf("after another restart: %v", got)
	}
}
