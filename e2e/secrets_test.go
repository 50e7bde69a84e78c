//go:build goolm && linux

package e2e_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/secrettest"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/store"
)

// secrets returns what nobody may read anywhere: the ids of all hooks, both tokens, and what
// a test adds.
func (h *house) secrets() map[string]string {
	list := maps.Clone(h.more)
	if list == nil {
		list = map[string]string{}
	}
	for _, k := range h.hooks {
		list[k.id] = "the id of hook " + k.name
	}
	if h.config != nil {
		r := h.config.Appservice.Registration
		for what, s := range map[string]config.Secret{"as_token": r.ASToken, "hs_token": r.HSToken} {
			list[s.Reveal()] = what
		}
	}
	return list
}

// checkSecrets fails the test when a secret is in a file that the program wrote, or in its
// database. Every test ends with it.
func (h *house) checkSecrets() {
	h.t.Helper()
	h.findSecrets("the log", []byte(h.log()))
	if !strings.HasPrefix(h.database, "sqlite:") {
		h.findSecrets("the database", h.dumpPostgres())
		return
	}
	file := strings.TrimSuffix(strings.TrimPrefix(h.database, "sqlite:"), ".db")
	found, err := filepath.Glob(file + "*") // the database, its keys, and what SQLite keeps beside them
	if err != nil {
		h.t.Error(err)
	}
	for _, name := range found {
		data, err := os.ReadFile(name)
		if err != nil {
			h.t.Error(err)
		}
		h.findSecrets(filepath.Base(name), data)
	}
}

// findSecrets fails the test when a secret is in data.
func (h *house) findSecrets(where string, data []byte) {
	h.t.Helper()
	for _, what := range secrettest.Find(data, h.secrets()) {
		h.t.Errorf("%s holds %s", where, what)
	}
}

// dumpPostgres returns all rows of all tables as text, in which bytes are hexadecimal.
func (h *house) dumpPostgres() []byte {
	h.t.Helper()
	db := h.openDatabase()
	defer func() { _ = db.Close() }()
	tables := h.column(db, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	if !slices.Contains(tables, "webhooks") {
		h.t.Errorf("tables %v are not those of the program", tables)
	}
	var dump []byte
	for _, table := range tables {
		for _, row := range h.column(db, fmt.Sprintf(`SELECT t::text FROM %q t`, table)) {
			dump = append(dump, row...)
		}
	}
	return dump
}

// column returns the one column of a query.
func (h *house) column(db *sql.DB, query string) (list []string) {
	h.t.Helper()
	rows, err := db.QueryContext(context.Background(), query) // also after the test's own context
	if err != nil {
		h.t.Error(err)
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			h.t.Error(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		h.t.Error(err)
	}
	return list
}

// openDatabase opens the program's database to look into it.
func (h *house) openDatabase() *sql.DB {
	h.t.Helper()
	var db *sql.DB
	var err error
	if file, ok := strings.CutPrefix(h.database, "sqlite:"); ok {
		db, err = store.OpenSQLiteFile(file)
	} else {
		db, err = sql.Open("pgx", h.database)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return db
}
