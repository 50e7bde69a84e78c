package homeserver

import (
	"fmt"
	"net/http"
)

// matrixError is an error as the client-server API tells it.
type matrixError struct {
	status  int
	code    string
	message string
}

func (e *matrixError) Error() string { return e.code + ": " + e.message }

var (
	errNotJSON      = &matrixError{http.StatusBadRequest, "M_NOT_JSON", "Content not JSON."}
	errMissingToken = &matrixError{http.StatusUnauthorized, "M_MISSING_TOKEN", "Missing access token"}
	errUnknownToken = &matrixError{http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "Invalid access token passed."}
)

func errBadJSON(message string) error {
	return &matrixError{http.StatusBadRequest, "M_BAD_JSON", message}
}

func errForbidden(format string, args ...any) error {
	return &matrixError{http.StatusForbidden, "M_FORBIDDEN", fmt.Sprintf(format, args...)}
}

func errNotFound(format string, args ...any) error {
	return &matrixError{http.StatusNotFound, "M_NOT_FOUND", fmt.Sprintf(format, args...)}
}

func errTooLarge(message string) error {
	return &matrixError{http.StatusRequestEntityTooLarge, "M_TOO_LARGE", message}
}

// errBadRequest is a refusal for which Synapse has no code of its own.
func errBadRequest(code, format string, args ...any) error {
	return &matrixError{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}
