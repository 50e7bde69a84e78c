package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// The page's own words on the wire.
type (
	wirePage struct {
		Rooms    []wireRoom    `json:"rooms"`
		Services []wireService `json:"services"`
		Stories  []wireStory   `json:"stories"`
		Auto     *wireAuto     `json:"auto"`              // null when no samples come by themselves
		Visitor  string        `json:"visitor,omitempty"` // the user id
	}
	wireRoom struct {
		Name  string    `json:"name"`
		Title string    `json:"title"`
		Topic string    `json:"topic"`
		Chat  *wireChat `json:"chat,omitempty"` // where the visitor writes
	}
	wireChat struct {
		Direct bool     `json:"direct"`
		Hints  []string `json:"hints"`
	}
	wireService struct {
		Name    string   `json:"name"`
		Title   string   `json:"title"`
		Avatar  string   `json:"avatar,omitempty"` // a path
		Samples []string `json:"samples"`
	}
	wireStory struct {
		Name  string     `json:"name"`
		Title string     `json:"title"`
		About string     `json:"about"`
		Room  string     `json:"room"`
		Steps []wireStep `json:"steps"`
	}
	wireStep struct {
		Text string `json:"text"`
		Wait int64  `json:"wait"` // in milliseconds
	}
	wireAuto struct {
		On bool `json:"on"`
	}
)

// servePage tells what stands around the rooms: their names, the buttons, the switch.
func (c *console) servePage(w http.ResponseWriter, _ *http.Request) {
	page := wirePage{Rooms: []wireRoom{}, Services: []wireService{}, Stories: []wireStory{}}
	for _, r := range c.Rooms {
		room := wireRoom{Name: r.Name, Title: r.Title, Topic: r.Topic}
		if r.Chat != nil {
			room.Chat = &wireChat{Direct: r.Chat.Direct, Hints: append([]string{}, r.Chat.Hints...)}
		}
		page.Rooms = append(page.Rooms, room)
	}
	for _, s := range c.Services {
		page.Services = append(page.Services, wireService{
			Name: s.Name, Title: s.Title, Avatar: s.Avatar.address("services", s.Name), Samples: append([]string{}, s.Samples...),
		})
	}
	for _, s := range c.Stories {
		story := wireStory{Name: s.Name, Title: s.Title, About: s.About, Room: s.Room}
		for _, step := range s.Steps {
			story.Steps = append(story.Steps, wireStep{Text: step.Text, Wait: step.Wait.Milliseconds()})
		}
		page.Stories = append(page.Stories, story)
	}
	if c.Auto != nil {
		page.Auto = &wireAuto{On: c.Auto.On()}
	}
	if c.Visitor != nil {
		page.Visitor = c.Visitor.User()
	}
	writeJSON(w, http.StatusOK, page)
}

// setAuto turns the automatic samples on or off and answers with what they are now.
func (c *console) setAuto(w http.ResponseWriter, r *http.Request) {
	var want wireAuto
	if c.Auto == nil {
		writeError(w, http.StatusNotFound, "No samples come by themselves.")
		return
	}
	if !readJSON(w, r, &want) {
		return
	}
	c.Auto.Set(want.On)
	writeJSON(w, http.StatusOK, wireAuto{On: c.Auto.On()})
}

func (c *console) service(name string) (Service, bool) {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.Name == name })
	if i < 0 {
		return Service{}, false
	}
	return c.Services[i], true
}

const (
	// maxPayload is the largest request that a visitor may write, in bytes.
	maxPayload = 256 << 10
	// maxRequest is the largest body of a post to the page: JSON may take six bytes for one.
	maxRequest = 6*maxPayload + 4<<10
)

// readJSON reads a post's body into v, and answers itself where it cannot.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(v); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			writeTooLarge(w)
			return false
		}
		writeError(w, http.StatusBadRequest, "This is not the JSON that was expected.")
		return false
	}
	return true
}

func writeTooLarge(w http.ResponseWriter) {
	writeError(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("That is more than %d KiB, the most that is tried here.", maxPayload>>10))
}

func writeError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, struct {
		Error string `json:"error"`
	}{text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the page may be gone
}
