//go:build !goolm

package matrix

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
)

// OpenCrypto says that this program was built without encryption.
func OpenCrypto(context.Context, *sql.DB, bool, *slog.Logger) (Crypto, error) {
	return nil, errors.New("this program was built without encryption: build it with -tags goolm")
}
