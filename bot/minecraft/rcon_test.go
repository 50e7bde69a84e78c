package minecraft_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	mc "github.com/Tnze/go-mc/net"
	"github.com/gorcon/rcon"
	"github.com/gorcon/rcon/rcontest"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/minecraft"
)

const password = "open sesame"

// reply is what the servers of the tests say to a command.
func reply(command string) string {
	switch command {
	case "whitelist add Kim":
		return "Added Kim to the whitelist"
	case "whitelist add Old":
		return "§ePlayer is already whitelisted"
	case `fwhitelist add "Kim Lee"`:
		return ""
	}
	return "Unknown or incomplete command, see below for error\n" + command + "<--[HERE]"
}

// gorcon is the server that comes with the library.
func gorcon(t *testing.T) (address string) {
	t.Helper()
	server := rcontest.NewServer(
		rcontest.SetSettings(rcontest.Settings{Password: password}),
		rcontest.SetCommandHandler(func(c *rcontest.Context) {
			_, _ = rcon.NewPacket(rcon.SERVERDATA_RESPONSE_VALUE, c.Request().ID, reply(c.Request().Body())).WriteTo(c.Conn())
		}),
	)
	t.Cleanup(server.Close)
	return server.Addr()
}

// gomc is a server by others.
func gomc(t *testing.T) (address string) {
	t.Helper()
	listener, err := mc.ListenRCON("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer func() { _ = conn.Close() }()
				if conn.AcceptLogin(password) != nil {
					return
				}
				for {
					command, err := conn.AcceptCmd()
					if err != nil || conn.RespCmd(reply(command)) != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		served.Wait()
	})
	return listener.Addr().String()
}

func TestWhitelist(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) string{"gorcon": gorcon, "gomc": gomc} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := minecraft.NewServer(start(t), password)
			for p, want := range map[minecraft.Player]minecraft.Outcome{
				{Name: "Kim"}:                    minecraft.Added,
				{Name: "Old"}:                    minecraft.Already,
				{Name: "Kim Lee", Bedrock: true}: minecraft.Unconfirmed,
				{Name: "Lee", Bedrock: true}:     minecraft.NoCommand,
			} {
				got, said, err := server.Whitelist(t.Context(), p)
				if err != nil || got != want {
					t.Errorf("%v: %d %q %v, want %d", p, got, said, err, want)
				}
			}
			if _, _, err := server.Whitelist(t.Context(), minecraft.Player{Name: "Kim\nstop"}); err == nil {
				t.Error("a command got through")
			}
		})
		t.Run(name+"Password", func(t *testing.T) {
			t.Parallel()
			_, _, err := minecraft.NewServer(start(t), "wrong").Whitelist(t.Context(), minecraft.Player{Name: "Kim"})
			if !errors.Is(err, minecraft.ErrPassword) || strings.Contains(err.Error(), "wrong") {
				t.Errorf("the error is %v", err)
			}
		})
		t.Run(name+"AtOnce", func(t *testing.T) {
			t.Parallel()
			server := minecraft.NewServer(start(t), password)
			var asked sync.WaitGroup
			for range 10 {
				asked.Go(func() {
					if got, _, err := server.Whitelist(t.Context(), minecraft.Player{Name: "Kim"}); err != nil || got != minecraft.Added {
						t.Errorf("%d %v", got, err)
					}
				})
			}
			asked.Wait()
		})
	}
}

func TestAway(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	if _, _, err := minecraft.NewServer(address, password).Whitelist(t.Context(), minecraft.Player{Name: "Kim"}); !errors.Is(err, minecraft.ErrAway) {
		t.Errorf("the error is %v", err)
	}
}

// TestSilent asks a server that takes the connection and says nothing: the context ends it,
// for who asked and for who waits for a turn.
func TestSilent(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	server := minecraft.NewServer(listener.Addr().String(), password)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	var asked sync.WaitGroup
	for range 2 {
		asked.Go(func() {
			if _, _, err := server.Whitelist(ctx, minecraft.Player{Name: "Kim"}); err == nil {
				t.Error("a silent server has let somebody in")
			}
		})
	}
	asked.Wait()
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestNoReply asks a server that goes away when it is asked.
func TestNoReply(t *testing.T) {
	t.Parallel()
	server := rcontest.NewServer(
		rcontest.SetSettings(rcontest.Settings{Password: password}),
		rcontest.SetCommandHandler(func(c *rcontest.Context) { _ = c.Conn().(*net.TCPConn).CloseWrite() }),
	)
	defer server.Close()
	got, said, err := minecraft.NewServer(server.Addr(), password).Whitelist(t.Context(), minecraft.Player{Name: "Kim"})
	if err != nil || got != minecraft.Unconfirmed || said == "" {
		t.Errorf("%d %q %v", got, said, err)
	}
}
