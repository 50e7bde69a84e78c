package homeserver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// ping asks an appservice's listener whether it is there.
func (s *Server) ping(r *request) (any, error) {
	switch {
	case r.appservice == nil:
		return nil, errForbidden("Only application services can use the /appservice/ping endpoint")
	case r.appservice.ID != r.PathValue("id"):
		return nil, errForbidden("Mismatching application service ID in path")
	case r.appservice.URL == "":
		return nil, errBadRequest("M_URL_NOT_SET", "The application service does not have a URL set")
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.appservice.URL+"/_matrix/app/v1/ping", strings.NewReader(string(r.body)))
	if err != nil {
		return nil, fmt.Errorf("ping appservice: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+r.appservice.HSToken)
	req.Header.Set("Content-Type", "application/json")
	started := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, &matrixError{http.StatusBadGateway, "M_CONNECTION_FAILED", err.Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 1024))
		return reply{http.StatusBadGateway, map[string]any{
			"errcode": "M_BAD_STATUS", "error": "HTTP " + resp.Status, "status": resp.StatusCode, "body": string(body),
		}}, nil
	}
	return map[string]any{"duration_ms": time.Since(started).Milliseconds()}, nil
}
