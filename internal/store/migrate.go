package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema to the newest version, one transaction for all steps. A
// database from a newer version of the program is refused rather than guessed at.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted; the n-th leads to version n
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *Tx) error {
		if db.dialect.lock != "" {
			if _, err := tx.Exec(db.dialect.lock); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRow(`SELECT coalesce(max(version), 0) FROM schema_version`).Scan(&version); err != nil {
			return err
		}
		if version > len(files) {
			return fmt.Errorf("the database has schema version %d, this program knows %d: use a newer program", version, len(files))
		}
		for _, file := range files[version:] {
			script, err := migrations.ReadFile(file)
			if err != nil {
				return err
			}
			if _, err := tx.tx.ExecContext(ctx, db.dialect.types.Replace(string(script))); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if _, err := tx.Exec(`INSERT INTO schema_version (version) VALUES ((SELECT coalesce(max(version), 0) + 1 FROM schema_version))`); err != nil {
				return err
			}
		}
		return nil
	})
}
