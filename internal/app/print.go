package app

import (
	"fmt"

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
