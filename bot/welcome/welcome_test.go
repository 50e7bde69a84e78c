package welcome_test

import (
	"fmt"
	"testing"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestQueueKeepsTheLimit(t *testing.T) {
	t.Parallel()
	limit := welcome.Limit{Burst: 3, Every: time.Minute}
	q := &welcome.Queue{}
	for i := range 10 {
		q.Add(fmt.Sprint(i), start)
	}
	q.Add("3", start)
	var greeted []string
	for now := start; now.Before(start.Add(10 * time.Minute)); now = now.Add(time.Second) {
		for user := q.Next(limit, now); user != ""; user = q.Next(limit, now) {
			greeted = append(greeted, user)
			q.Remove(user)
		}
		if now.Equal(start) && len(greeted) != 3 {
			t.Fatalf("at once: %q", greeted)
		}
		if wake := q.Wake(limit); len(q.Guests) > 0 && !wake.After(now) {
			t.Fatalf("at %s, the next turn is %s", now, wake)
		}
	}
	if got := fmt.Sprint(greeted); got != "[0 1 2 3 4 5 6 7 8 9]" {
		t.Errorf("greeted %s", got)
	}
	if !q.Wake(limit).IsZero() {
		t.Errorf("an empty queue wakes at %s", q.Wake(limit))
	}
	q.Add("later", start.Add(24*time.Hour))
	if wake := q.Wake(limit); !wake.Equal(start.Add(24 * time.Hour)) {
		t.Errorf("a rested one wakes at %s", wake)
	}
}

func TestQueueTriesAgain(t *testing.T) {
	t.Parallel()
	limit := welcome.Limit{Burst: 1000, Every: time.Second}
	q := &welcome.Queue{}
	q.Add("ann", start)
	tries, gone := 0, time.Duration(0)
	for d := time.Duration(0); d < 5*time.Hour && gone == 0; d += time.Second {
		if given := q.GiveUp(start.Add(d)); len(given) > 0 {
			gone = d
		}
		if q.Next(limit, start.Add(d)) != "" {
			tries++
			if q.Next(limit, start.Add(d)) != "" {
				t.Fatal("tried twice at once")
			}
		}
	}
	if tries != welcome.MaxTries || gone != 62*time.Minute { // 2+4+8+16+32
		t.Errorf("%d tries until %s", tries, gone)
	}
	if q.Has("ann") || q.Tried("ann") {
		t.Error("still there")
	}
}

func TestQueueBounds(t *testing.T) {
	t.Parallel()
	q := &welcome.Queue{}
	for i := range welcome.MaxGuests {
		if !q.Add(fmt.Sprint(i), start) {
			t.Fatalf("no place for %d", i)
		}
	}
	if q.Add("one more", start) {
		t.Error("there is no bound")
	}
	if !q.Add("0", start) {
		t.Error("who waits has no place")
	}
	if gone := q.GiveUp(start.Add(welcome.MaxWait)); gone != nil {
		t.Errorf("%d gave up too early", len(gone))
	}
	if gone := q.GiveUp(start.Add(welcome.MaxWait + time.Second)); len(gone) != welcome.MaxGuests || len(q.Guests) != 0 {
		t.Errorf("%d gave up, %d wait", len(gone), len(q.Guests))
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	plain, markup := welcome.Text("Hi {name}!\nMore.\n\n<Rules> of {name}\n", `A<b>"`)
	if want := "Hi A<b>\"!\nMore.\n\n<Rules> of A<b>\""; plain != want {
		t.Errorf("plain %q, want %q", plain, want)
	}
	if want := "<p>Hi A&lt;b&gt;&#34;!<br>More.</p><p>&lt;Rules&gt; of A&lt;b&gt;&#34;</p>"; markup != want {
		t.Errorf("markup %q, want %q", markup, want)
	}
}
