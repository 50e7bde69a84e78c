package matrix

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestZerologTo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := zerologTo(slog.New(slog.NewTextHandler(&out, nil)))
	log.Warn().Msg("usual")
	log.Err(errors.New("broken")).Str("user_id", "@u:b.c").Str("req_body", "private").Msg("something failed")
	got := out.String()
	for _, want := range []string{"level=WARN", `msg="something failed"`, "err=broken", "user_id=@u:b.c"} {
		if !strings.Contains(got, want) {
			t.Errorf("log has no %s: %s", want, got)
		}
	}
	if strings.Contains(got, "usual") || strings.Contains(got, "private") {
		t.Errorf("log has too much: %s", got)
	}
}
