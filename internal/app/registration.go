package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// Registration makes the file by which the homeserver knows us, with fresh tokens, and
// writes it to a new file of mode 0600, or to standard output when the name is "".
func Registration(e Env, file string) error {
	path, err := e.configPath()
	if err != nil {
		return err
	}
	params, err := config.LoadRegistrationParams(path, e.Getenv)
	if err != nil {
		return err
	}
	r, err := config.NewRegistration(params, rand.Reader)
	if err != nil {
		return err
	}
	if file == "" {
		_, err = e.Stdout.Write(r.YAML())
		return err
	}
	if err := r.WriteFile(file); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists, and the homeserver may know its tokens: delete it first, or name another file", file)
	} else if err != nil {
		return err
	}
	fmt.Fprintf(e.Stderr, "wrote %s: list it under app_service_config_files in homeserver.yaml, let Synapse's user read it, and restart Synapse\n", file)
	return nil
}
