package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5/stdlib"
)

// The lock of the leader. Its numbers mean nothing, as long as they stay.
const (
	leaderClass  = 1700975171
	leaderObject = 1
)

// sessionSettings make the server end the session of a leader of which it hears nothing for
// 10 seconds: by idle_session_timeout (PostgreSQL 14 and newer), and, where only the machine
// is gone, by TCP, whose own patience is two hours.
const sessionSettings = `SELECT set_config(s.name, w.value, false) FROM (VALUES
	('application_name', 'lotus-hooks leader'),
	('idle_session_timeout', '10s'), ('idle_in_transaction_session_timeout', '10s'),
	('tcp_keepalives_idle', '4'), ('tcp_keepalives_interval', '2'), ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '10s')
	) AS w (name, value) JOIN pg_settings s USING (name)`

// openSession returns a pool of one connection that is never replaced by another.
func (db *DB) openSession() (*sql.DB, error) {
	config, err := parsePostgres(db.url)
	if err != nil {
		return nil, fmt.Errorf("open session: %w", err)
	}
	session := sql.OpenDB(&once{Connector: stdlib.GetConnector(*config, stdlib.OptionAfterConnect(execute(sessionSettings, flushCommits)))})
	session.SetMaxOpenConns(1)
	return session, nil
}

// once connects once: a second connection would not have what the first one held.
type once struct {
	driver.Connector
	used atomic.Bool
}

// Connect implements driver.Connector.
func (o *once) Connect(ctx context.Context) (driver.Conn, error) {
	if o.used.Swap(true) {
		return nil, errSessionLost
	}
	return o.Connector.Connect(ctx)
}
