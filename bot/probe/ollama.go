package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Ollama wants a server of language models to have one (GET /api/tags of Ollama 0.17).
type Ollama struct {
	URL   string // without /api
	Model string // as "ollama list" shows it; "" is any
}

// Target implements Check.
func (o Ollama) Target() string { return o.URL }

// Ask implements Check.
func (o Ollama) Ask(ctx context.Context, d Dialer) (string, error) {
	status, body, err := get(ctx, d, strings.TrimRight(o.URL, "/")+"/api/tags")
	if err != nil {
		return "", err
	}
	var has struct {
		Models []struct {
			Name string `json:"name"`
		} `json:"models"`
	}
	if status != http.StatusOK {
		return "", wrong("status %d", status)
	}
	if err := json.Unmarshal(body, &has); err != nil {
		return "", wrong("no list of models: %w", err)
	}
	var names []string
	for _, m := range has.Models {
		names = append(names, m.Name)
	}
	if o.Model == "" || slices.Contains(names, o.Model) || slices.Contains(names, o.Model+":latest") {
		return "", nil
	}
	return "", &Trouble{Text: "the model is missing", Cause: fmt.Errorf("%s is not among %q", o.Model, names)}
}
