package virtualusers

import (
	"sync"
	"testing"

	"maunium.net/go/mautrix/id"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

func TestTable(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		table, ctx := table{storetest.Open(t, url).SQL()}, t.Context()
		const user = id.UserID("@u:b.c")

		// Processes that meet the user at the same time agree about its device.
		devices := make([]id.DeviceID, 8)
		var wg sync.WaitGroup
		for i := range devices {
			wg.Go(func() {
				r, _, err := table.user(ctx, user)
				if err != nil {
					t.Error(err)
				}
				devices[i] = r.device
			})
		}
		wg.Wait()
		for _, d := range devices {
			if d == "" || d != devices[0] {
				t.Fatalf("devices: %v", devices)
			}
		}

		if err := table.setDevice(ctx, user, "NEW"); err != nil {
			t.Fatal(err)
		}
		if err := table.setProfile(ctx, user, "profile"); err != nil {
			t.Fatal(err)
		}
		if r, found, err := table.user(ctx, user); err != nil || !found || r != (row{"NEW", "profile"}) {
			t.Errorf("row %+v, %v, %v", r, found, err)
		}
		if all, err := table.all(ctx); err != nil || len(all) != 1 || all[0] != user {
			t.Errorf("all: %v, %v", all, err)
		}
		for _, want := range []string{"", "mxc://b.c/1", "mxc://b.c/2"} {
			if want != "" {
				if err := table.setPicture(ctx, "hash", want); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := table.picture(ctx, "hash"); err != nil || got != want {
				t.Errorf("picture %q, %v; want %q", got, err, want)
			}
		}
	})
}
