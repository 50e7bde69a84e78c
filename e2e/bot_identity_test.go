//go:build goolm && linux

package e2e_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mau.fi/util/dbutil"
	"go.mau.fi/util/jsontime"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/cryptohelper"
	"maunium.net/go/mautrix/crypto/verificationhelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// recoveryKey returns the bot's recovery key, which only its owner may read, and lets nobody
// find it anywhere else.
func (h *house) recoveryKey() string {
	h.t.Helper()
	name := strings.TrimSuffix(strings.TrimPrefix(h.database, "sqlite:"), ".db") + "-recovery-key"
	info, err := os.Stat(name)
	if err != nil {
		h.t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		h.t.Errorf("the recovery key has mode %s", info.Mode())
	}
	key := strings.TrimSpace(h.run("bot", "recovery-key"))
	return key
}

// TestBotLostDatabase takes the bot's database away. With the recovery key it is the same bot
// to everybody.
func TestBotLostDatabase(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	ann := newPerson(t, s, "ann").withKeys()
	room := ann.newRoom(true, botUser)
	h.start()
	ann.awaitMember(room, botUser)
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	master, key := checkSigned(t, ann), h.recoveryKey()
	if strings.Contains(h.log(), key) {
		t.Error("the recovery key is in the log")
	}
	file := strings.TrimSuffix(strings.TrimPrefix(h.database, "sqlite:"), ".db")
	for times, lost := range []string{file + "-keys.db*", file + "*.db*"} { // the keys alone, then all
		h.stop()
		found, err := filepath.Glob(lost)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", lost, found, err)
		}
		for _, name := range found {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
		h.start()
		eventually(t, time.Minute, "the bot has fetched its keys", func() bool {
			return strings.Count(h.log(), "fetched with the recovery key") == times+1
		})
		notice()
		checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	}
	if again := checkSigned(t, ann); again != master {
		t.Error("the bot is another one")
	}
}

// TestBotTakenOver gives the program an account that another bot has used before.
func TestBotTakenOver(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	before, key := usedAccount(t, s.URL)
	ann := newPerson(t, s, "ann").withKeys()
	room := ann.newRoom(true, botUser)
	h.start()
	ann.awaitMember(room, botUser)
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true) // unverified, but it speaks
	if !strings.Contains(h.log(), "the bot's device is not verified") {
		t.Error("the program does not say that something is to be done")
	}
	h.refuses("another program has made its cross-signing keys", "check", "--online")
	h.stop()

	h.writeFile("recovery-key", key+"\n")
	h.bot += ", recovery_key_file: recovery-key"
	h.write()
	h.start()
	eventually(t, time.Minute, "the bot has fetched its keys", func() bool {
		return strings.Contains(h.log(), "fetched with the recovery key")
	})
	if after := checkSigned(t, ann); after != before {
		t.Error("the account has other keys now")
	}
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	h.refuses("another lotus-hooks uses this database", "bot", "reset-identity", "--yes")
	if out := h.run("check", "--online"); !strings.Contains(out, "holds a recovery key") {
		t.Errorf("check --online: %s", out)
	}
	h.stop()

	h.refuses("--yes", "bot", "reset-identity")
	out := h.run("bot", "reset-identity", "--yes")
	file, err := os.ReadFile(h.path("recovery-key"))
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, _ := strings.Cut(string(file), "\n")
	if fresh == key || !strings.Contains(out, fresh) {
		t.Errorf("the recovery key was %s, is %s, and is told as %s", key, fresh, out)
	}
	h.refuses("is shown once", "bot", "recovery-key")
	h.start()
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	if after := checkSigned(t, ann); after == before {
		t.Error("the account has the same keys as before its reset")
	}
}

// refuses runs a subcommand that must fail, and say why.
func (h *house) refuses(why string, args ...string) {
	h.t.Helper()
	out, err := exec.CommandContext(h.t.Context(), binary, append([]string{"-c", h.path("hooks.yaml")}, args...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), why) {
		h.t.Errorf("lotus-hooks %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// usedAccount uses the bot's account as another program would: with cross-signing keys. It
// returns the public one and the recovery key.
func usedAccount(t *testing.T, url string) (master id.Ed25519, recoveryKey string) {
	t.Helper()
	client, err := mautrix.NewClient(url, "", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Login(t.Context(), &mautrix.ReqLogin{
		Type: mautrix.AuthTypePassword, Password: password, StoreCredentials: true,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: botUser},
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := store.OpenSQLiteFile(filepath.Join(t.TempDir(), "before.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	db, err := dbutil.NewWithDB(raw, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	helper, err := cryptohelper.NewCryptoHelper(client, []byte("test"), db)
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	recoveryKey, keys, err := helper.Machine().GenerateAndUploadCrossSigningKeysWithPassword(t.Context(), password, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Machine().SignOwnDevice(t.Context(), helper.Machine().OwnIdentity()); err != nil {
		t.Fatal(err)
	}
	return keys.PublicKeys().MasterKey, recoveryKey
}

// TestBotVerification has a person verify the bot by emoji: directly from device to device,
// and in an encrypted room, as clients do it.
func TestBotVerification(t *testing.T) {
	t.Parallel()
	h, s := newBotHouse(t, storetest.SQLite(t))
	ann := newPerson(t, s, "ann").withKeys()
	room := ann.newRoom(true, botUser)
	h.start()
	ann.awaitMember(room, botUser)
	checkPong(t, ann.awaitAnswer(room, ann.say(room, "!ping")), true)
	v := newVerification(t, ann)

	if _, err := v.helper.StartVerification(t.Context(), botUser); err != nil {
		t.Fatal(err)
	}
	v.await("device to device")
	v.startIn(room)
	v.await("in a room")
}

// verification is a person's side of it.
type verification struct {
	t      *testing.T
	person *person
	store  verificationhelper.VerificationStore
	helper *verificationhelper.VerificationHelper
	proven chan struct{} // has something when the bot has proven its keys
	ended  chan string   // "" when it is done, or why it was cancelled
}

func newVerification(t *testing.T, p *person) *verification {
	t.Helper()
	v := &verification{t: t, person: p, store: verificationhelper.NewInMemoryVerificationStore(),
		proven: make(chan struct{}, 10), ended: make(chan string, 10)}
	client, err := mautrix.NewClient(p.HomeserverURL.String(), p.UserID, p.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	syncer := mautrix.NewDefaultSyncer()
	client.DeviceID, client.Crypto, client.StateStore, client.Syncer = p.DeviceID, p.Crypto, p.StateStore, syncer
	v.helper = verificationhelper.NewVerificationHelper(client, p.Crypto.(*cryptohelper.CryptoHelper).Machine(), v.store, v, false, false, true)
	if err := v.helper.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Syncer.(mautrix.ExtensibleSyncer).OnEvent(func(ctx context.Context, evt *event.Event) {
		copied := *evt
		if relation, ok := evt.Content.Parsed.(event.Relatable); ok && evt.Sender != p.UserID && strings.HasPrefix(evt.Type.Type, "m.key.verification.") {
			copied.ID = relation.OptionalGetRelatesTo().GetReferenceID() // as the helper looks for it
		}
		if evt.Sender != p.UserID {
			syncer.Dispatch(ctx, &copied)
			if evt.Type.Type == event.InRoomVerificationMAC.Type {
				v.proven <- struct{}{}
			}
		}
	})
	return v
}

// startIn asks for a verification in a room, which the helper would encrypt twice.
func (v *verification) startIn(room id.RoomID) {
	v.t.Helper()
	sent, err := v.person.SendMessageEvent(v.t.Context(), room, event.EventMessage, &event.MessageEventContent{
		MsgType: event.MsgVerificationRequest, Body: "verify me", To: botUser,
		FromDevice: v.person.DeviceID, Methods: []event.VerificationMethod{event.VerificationMethodSAS},
	})
	if err != nil {
		v.t.Fatal(err)
	}
	err = v.store.SaveVerificationTransaction(v.t.Context(), verificationhelper.VerificationTransaction{
		ExpirationTime: jsontime.UM(time.Now().Add(10 * time.Minute)), RoomID: room, TheirUserID: botUser,
		VerificationState: verificationhelper.VerificationStateRequested, TransactionID: id.VerificationTransactionID(sent.EventID),
	})
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *verification) await(how string) {
	v.t.Helper()
	select {
	case why := <-v.ended:
		if why != "" {
			v.t.Errorf("a verification %s was cancelled: %s", how, why)
		}
	case <-time.After(time.Minute):
		v.t.Errorf("a verification %s does not end", how)
	}
}

// VerificationRequested implements verificationhelper.RequiredCallbacks.
func (v *verification) VerificationRequested(context.Context, id.VerificationTransactionID, id.UserID, id.DeviceID) {
}

// VerificationReady implements verificationhelper.RequiredCallbacks.
func (v *verification) VerificationReady(ctx context.Context, txn id.VerificationTransactionID, _ id.DeviceID, _, _ bool, _ *verificationhelper.QRCode) {
	v.later(func() error { return v.helper.StartSAS(context.WithoutCancel(ctx), txn) })
}

// ShowSAS implements verificationhelper.ShowSASCallbacks.
func (v *verification) ShowSAS(ctx context.Context, txn id.VerificationTransactionID, _ []rune, _ []string, _ []int) {
	// A person without cross-signing keys can end a verification only as the second to confirm.
	v.later(func() error {
		select {
		case <-v.proven:
		case <-time.After(time.Minute):
			return errors.New("the bot does not confirm")
		}
		return v.helper.ConfirmSAS(context.WithoutCancel(ctx), txn)
	})
}

// later does something as a person does, who takes their time.
func (v *verification) later(do func() error) {
	time.AfterFunc(300*time.Millisecond, func() {
		if err := do(); err != nil {
			v.ended <- err.Error()
		}
	})
}

// VerificationCancelled implements verificationhelper.RequiredCallbacks.
func (v *verification) VerificationCancelled(_ context.Context, _ id.VerificationTransactionID, _ event.VerificationCancelCode, reason string) {
	v.ended <- "cancelled: " + reason
}

// VerificationDone implements verificationhelper.RequiredCallbacks.
func (v *verification) VerificationDone(context.Context, id.VerificationTransactionID, event.VerificationMethod) {
	v.ended <- ""
}
