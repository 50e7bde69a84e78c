//go:build !goolm

package matrix

import (
	"context"
	"database/sql"
	"log/slog"
)

// Encrypts says whether this program was built with encryption.
const Encrypts = false

// OpenCrypto returns ErrNoEncryption.
func OpenCrypto(context.Context, *sql.DB, bool, *slog.Logger) (Crypto, error) {
	return nil, ErrNoEncryption
}
