package app

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// Schema prints the JSON Schema of the configuration.
func Schema(e Env) error {
	_, err := e.Stdout.Write(config.Schema())
	return err
}

// ID prints a fresh id for a hook: a random UUID, which nobody guesses.
func ID(e Env) error {
	id, err := uuid.NewRandom()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.Stdout, id)
	return err
}

// printJSON prints a value for scripts, and for people who read it.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
