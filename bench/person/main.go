//go:build goolm

// Command person is the person of the benchmarks with encrypted rooms: a client of its own,
// in a process of its own, as what it takes would count as the benchmark's.
//
//	person <homeserver> <user> <password> <folder>
//
// It reads lines of a room's id and a text from its standard input, says each, encrypted, and
// writes the event's id.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/cryptohelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "person:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) != 4 {
		return fmt.Errorf("want <homeserver> <user> <password> <folder>, got %d arguments", len(args))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, err := logIn(ctx, args[0], args[1], args[2])
	if err != nil {
		return err
	}
	db, err := store.OpenSQLiteFile(filepath.Join(args[3], "person.db"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it goes with the folder
	keys, err := dbutil.NewWithDB(db, "sqlite")
	if err != nil {
		return err
	}
	helper, err := cryptohelper.NewCryptoHelper(client, []byte("bench"), keys)
	if err != nil {
		return err
	}
	if err := helper.Init(ctx); err != nil {
		return err
	}
	client.Crypto = helper
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = client.SyncWithContext(ctx) // ends with ctx
	}()
	defer func() { cancel(); <-ended }()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		room, text, _ := strings.Cut(lines.Text(), " ")
		if err := awaitEncryption(ctx, client, id.RoomID(room)); err != nil {
			return err
		}
		made, err := client.SendMessageEvent(ctx, id.RoomID(room), event.EventMessage, &event.MessageEventContent{MsgType: event.MsgText, Body: text})
		if err != nil {
			return err
		}
		fmt.Fprintln(out, made.EventID)
	}
	return nil
}

// awaitEncryption returns when /sync has told that a room is encrypted: before, the client
// would say things in plain.
func awaitEncryption(ctx context.Context, client *mautrix.Client, room id.RoomID) error {
	for ends := time.Now().Add(30 * time.Second); time.Now().Before(ends); time.Sleep(20 * time.Millisecond) {
		if encrypted, err := client.StateStore.IsEncrypted(ctx, room); err != nil || encrypted {
			return err
		}
	}
	return fmt.Errorf("room %s is not encrypted", room)
}

// logIn logs the person in on a new device.
func logIn(ctx context.Context, homeserver, user, password string) (*mautrix.Client, error) {
	client, err := mautrix.NewClient(homeserver, "", "")
	if err != nil {
		return nil, err
	}
	_, err = client.Login(ctx, &mautrix.ReqLogin{
		Type:       mautrix.AuthTypePassword,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: user},
		Password:   password, StoreCredentials: true,
	})
	return client, err
}
