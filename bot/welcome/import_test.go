package welcome_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
)

func TestImportState(t *testing.T) {
	t.Parallel()
	const lost = "a message or a room without its member, left out"
	full := map[string]welcome.Old{"@ann:test": {Room: "!dm", Event: "$e"}}
	event := map[string]welcome.Old{"@ann:test": {Event: "$e"}}
	alone := map[string]welcome.Old{"@ann:test": {}, "@bob:test": {}}
	for name, test := range map[string]struct {
		file  string
		want  map[string]welcome.Old
		notes []string
	}{
		"EventByUser":    {`{"@ann:test": "$e"}`, event, nil},
		"UserByEvent":    {`{"$e": "@ann:test"}`, event, nil},
		"ObjectByUser":   {`{"@ann:test": {"event_id": "$e", "dm_room": "!dm", "sent": 17}}`, full, nil},
		"ObjectByEvent":  {`{"$e": {"user_id": "@ann:test", "room_id": "!dm", "done": false}}`, full, nil},
		"ObjectByRoom":   {`{"!dm": {"member": "@ann:test", "event": "$e"}}`, full, nil},
		"Inside":         {`{"version": 2, "dm_welcome_messages": {"$e": {"user": "@ann:test", "room": "!dm"}}}`, full, nil},
		"Objects":        {`[{"user": "@ann:test", "event": "$e", "room": "!dm"}]`, full, nil},
		"Users":          {`{"welcomed": ["@ann:test", "@bob:test"]}`, alone, nil},
		"Flags":          {`{"@ann:test": true, "@bob:test": {"at": "2026-01-01"}}`, alone, nil},
		"Nested":         {`{"@ann:test": {"dm": {"room": "!dm", "message": "$e"}}}`, full, nil},
		"TwoPlaces":      {`{"rooms": {"@ann:test": "!dm"}, "events": {"@ann:test": "$e"}}`, full, nil},
		"NoMember":       {`{"welcome_event_id": "$x", "welcomed": ["@ann:test", "@bob:test"]}`, alone, []string{"the file: " + lost}},
		"OtherText":      {`{"users": ["@ann:test", "@bob:test", "everybody"]}`, alone, []string{"users[2]: not understood, left out"}},
		"AnotherMember":  {`{"$e": {"by": "@ann:test", "for": "@bob:test"}}`, event, []string{"$e.for: another member, left out"}},
		"EventByItself":  {`{"messages": {"$x": {"at": 1}}, "@ann:test": "$e"}`, event, []string{"messages.$x: " + lost}},
		"EventListedNot": {`{"messages": ["$x"], "@ann:test": "$e"}`, event, []string{"messages[0]: " + lost}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := welcome.ImportState(strings.NewReader(test.file))
			if err != nil || !maps.Equal(got, test.want) || !slices.Equal(notes, test.notes) {
				t.Errorf("got %v, %q, %v; want %v, %q", got, notes, err, test.want, test.notes)
			}
		})
	}
}

func TestImportStateErr(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"Empty": "", "NoJSON": "@ann:test", "Cut": `{"@ann:test"`, "Nobody": `{"a": ["b"]}`, "EventsOnly": `["$a", "$b"]`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _, err := welcome.ImportState(strings.NewReader(file)); err == nil {
				t.Errorf("got %v", got)
			}
		})
	}
}

func FuzzImportState(f *testing.F) {
	f.Add(`{"@ann:test": {"event_id": "$e", "dm_room": "!dm"}, "welcomed": ["@bob:test"]}`)
	f.Fuzz(func(t *testing.T, file string) {
		guests, _, err := welcome.ImportState(strings.NewReader(file))
		if err != nil {
			return
		}
		for user, old := range guests {
			if !strings.HasPrefix(user, "@") || old.Event != "" && old.Event[0] != '$' || old.Room != "" && old.Room[0] != '!' {
				t.Errorf("%q: %+v", user, old)
			}
		}
	})
}
