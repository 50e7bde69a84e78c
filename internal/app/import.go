package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/bot"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/welcome"
	"code.lotusguild.org/LotusGuild/lotus-hooks/bot/wordle"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// MatrixbotFiles are the files of the Python bot; "" is none.
type MatrixbotFiles struct{ Wordle, Welcome string }

// ImportMatrixbot takes over what the Python bot knows. The program must not run: it would
// write over what is imported.
func ImportMatrixbot(ctx context.Context, e Env, files MatrixbotFiles) (err error) {
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	url := cfg.Database.Reveal()
	if path, sqlite := strings.CutPrefix(url, "sqlite:"); sqlite {
		if _, err := os.Stat(strings.TrimPrefix(path, "//")); err != nil { // one made here would be of the wrong owner
			return fmt.Errorf("there is no database yet: start lotus-hooks once and stop it: %w", err)
		}
	}
	release, err := store.Reserve(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return errors.Join(importWordle(ctx, e.Stdout, cfg, db, files.Wordle), importWelcome(ctx, e.Stdout, db, files.Welcome))
}

func importWordle(ctx context.Context, out io.Writer, cfg *config.Config, db *store.DB, file string) error {
	players, err := readOld(out, file, wordle.ImportStats)
	if err != nil || players == nil {
		return err
	}
	added, err := bot.ImportWordle(ctx, bot.MemoryOf(db, "wordle"), players, time.Now(), cfg.Timezone.Location)
	if err != nil {
		return err
	}
	return sayImported(out, file, "the statistics of %d players", added, len(players))
}

func importWelcome(ctx context.Context, out io.Writer, db *store.DB, file string) error {
	guests, err := readOld(out, file, welcome.ImportState)
	if err != nil || guests == nil {
		return err
	}
	added, err := bot.ImportWelcome(ctx, bot.MemoryOf(db, "welcome"), guests)
	if err != nil {
		return err
	}
	if err := sayImported(out, file, "%d members who were greeted", added, len(guests)); err != nil {
		return err
	}
	open := 0
	for _, g := range guests {
		if g.Event != "" {
			open++
		}
	}
	_, err = fmt.Fprintf(out, "%s: of %d of them the greeting is known, and a ✅ on it still invites them\n", file, open)
	return err
}

// readOld reads a file and says what of it is not understood. Without a file, it returns nil.
func readOld[T any](out io.Writer, file string, read func(io.Reader) (map[string]T, []string, error)) (map[string]T, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	all, notes, err := read(f)
	for _, note := range notes {
		fmt.Fprintf(out, "%s: %s\n", file, oneLine(note, 300))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return all, nil
}

// sayImported says how much was taken over.
func sayImported(out io.Writer, file, what string, added, found int) error {
	text := file + ": " + fmt.Sprintf(what, added) + " taken over"
	if before := found - added; before > 0 {
		text += fmt.Sprintf("; %d were before", before)
	}
	_, err := fmt.Fprintln(out, text)
	return err
}
