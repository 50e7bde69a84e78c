//go:build !race

package outbox_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store/storetest"
)

// TestPowerCut cuts the power while webhooks are accepted, on a disk that loses all that SQLite
// has not had flushed: each webhook that was answered before is there afterwards.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	watch(t, dir)
	box := open(t, storetest.Open(t, "sqlite:"+filepath.Join(dir, "test.db")))
	type cut struct {
		accepted []string
		disk     map[string][]byte
	}
	var (
		mu       sync.Mutex
		accepted []string
		cuts     []cut
		group    sync.WaitGroup
	)
	for worker := range 8 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for i := range 40 {
				a, err := box.Enqueue(t.Context(), webhook(strings.Repeat("x", random.IntN(20000)), fmt.Sprint("!", i%3)))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				accepted = append(accepted, a.ID)
				if random.IntN(10) == 0 {
					cuts = append(cuts, cut{slices.Clone(accepted), flushed.survivors(dir)})
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	for _, c := range cuts {
		after := t.TempDir()
		for path, content := range c.disk {
			if err := os.WriteFile(filepath.Join(after, filepath.Base(path)), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		db := storetest.Open(t, "sqlite:"+filepath.Join(after, "test.db"))
		for _, id := range c.accepted {
			var n int
			err := db.QueryRow(t.Context(), `SELECT count(*) FROM webhooks w JOIN deliveries d ON d.webhook = w.id WHERE w.id = $1`, id).Scan(&n)
			if err != nil || n != 1 {
				t.Fatalf("of %d accepted webhooks, one has %d deliveries after the power cut (%v)", len(c.accepted), n, err)
			}
		}
	}
	if len(cuts) < 10 {
		t.Errorf("the power was cut %d times only", len(cuts))
	}
}
