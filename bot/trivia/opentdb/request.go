package opentdb

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/trivia"
)

// The response codes of the database's API.
const (
	codeOK      = 0
	codeTooFew  = 1 // it has fewer than were asked for, and gives none
	codeNoToken = 3 // the session has ended, as it does after 6 hours
	codeAllSeen = 4 // the session has had all that match
	codeTooFast = 5
)

const maxText = 300 // characters of a question; a longer one is left out

// reply is what the API answers, whatever is asked.
type reply struct {
	Code    int      `json:"response_code"`
	Token   string   `json:"token"`
	Results []result `json:"results"`
}

// result is a question; with encode=base64, every text is.
type result struct {
	Category   text   `json:"category"`
	Difficulty text   `json:"difficulty"`
	Question   text   `json:"question"`
	Right      text   `json:"correct_answer"`
	Wrong      []text `json:"incorrect_answers"`
}

// text is a base64 text.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var encoded string
	if err := json.Unmarshal(data, &encoded); err != nil {
		return err
	}
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !utf8.Valid(plain) {
		return fmt.Errorf("read text %.40q: %w", encoded, errors.Join(err, errNoText))
	}
	*t = text(strings.Join(strings.Fields(string(plain)), " "))
	return nil
}

var errNoText = errors.New("it is no base64 of a text")

// ask asks for questions with four answers.
func (s *Source) ask(ctx context.Context, w wish) (questions []trivia.Question, code int, err error) {
	query := url.Values{
		"amount": {strconv.Itoa(w.amount)}, "type": {"multiple"}, "encode": {"base64"}, "token": {s.token},
	}
	if number := categories[w.filter.Category]; number != 0 {
		query.Set("category", strconv.Itoa(number))
	}
	if w.filter.Difficulty != trivia.Any {
		query.Set("difficulty", string(w.filter.Difficulty))
	}
	answer, err := s.get(ctx, "/api.php", query)
	if err != nil {
		return nil, 0, fmt.Errorf("ask for questions: %w", err)
	}
	for _, r := range answer.Results {
		if q, ok := question(r, w.filter.Category); ok {
			questions = append(questions, q)
		}
	}
	return questions, answer.Code, nil
}

// question returns a result as a question, if it is of use. category is ours, if it is known.
func question(r result, category string) (trivia.Question, bool) {
	if category == "" {
		category = categoryNamed(string(r.Category))
	}
	id := sha256.Sum256([]byte(r.Question))
	q := trivia.Question{
		ID: "opentdb-" + hex.EncodeToString(id[:6]), Category: category, Difficulty: trivia.Difficulty(r.Difficulty),
		Text: string(r.Question), Right: string(r.Right), Credit: Credit,
	}
	distinct := map[string]bool{strings.ToLower(q.Right): true, "": true}
	for _, wrong := range r.Wrong {
		q.Wrong = append(q.Wrong, string(wrong))
		distinct[strings.ToLower(string(wrong))] = true
	}
	// distinct has the four answers, and "", which none may be.
	return q, q.Text != "" && utf8.RuneCountInString(q.Text) <= maxText && len(q.Wrong) == 3 && len(distinct) == 5 &&
		(q.Difficulty == trivia.Easy || q.Difficulty == trivia.Medium || q.Difficulty == trivia.Hard)
}

// categoryNamed returns our name of a category of the database, or its own in lower case:
// "Entertainment: Japanese Anime & Manga" is "japanese anime & manga".
func categoryNamed(name string) string {
	if _, rest, ok := strings.Cut(name, ": "); ok {
		name = rest
	}
	name = strings.ToLower(name)
	switch name {
	case "video games":
		return "games"
	case "science & nature":
		return "science"
	case "computers":
		return "computing"
	case "sports":
		return "sport"
	case "animals":
		return "nature"
	}
	return name
}

// newToken begins a session.
func (s *Source) newToken(ctx context.Context) error {
	answer, err := s.get(ctx, "/api_token.php", url.Values{"command": {"request"}})
	if err == nil && (answer.Code != codeOK || answer.Token == "") && answer.Code != codeTooFast {
		err = fmt.Errorf("the database answers with code %d", answer.Code)
	}
	if err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	s.token = answer.Token
	return nil
}

// resetToken makes the session forget what it has had.
func (s *Source) resetToken(ctx context.Context) error {
	answer, err := s.get(ctx, "/api_token.php", url.Values{"command": {"reset"}, "token": {s.token}})
	if err != nil {
		return fmt.Errorf("begin session anew: %w", err)
	}
	if answer.Code != codeOK {
		s.token = ""
	}
	return nil
}

// get makes a request. Being too fast is an answer, whatever its status.
func (s *Source) get(ctx context.Context, path string, query url.Values) (*reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Address+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusTooManyRequests {
		return &reply{Code: codeTooFast}, nil
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	answer := &reply{}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(answer); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return answer, nil
}
