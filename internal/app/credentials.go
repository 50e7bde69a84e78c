package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// addCredentials adds what a hook's sender would bring, with the first of several secrets.
func addCredentials(header http.Header, a *config.Auth, body []byte, now time.Time) error {
	if a == nil {
		return nil
	}
	if len(a.Bearer) > 0 {
		header.Set("Authorization", "Bearer "+a.Bearer[0].Reveal())
	}
	if a.Basic != nil {
		credentials := a.Basic.User + ":" + a.Basic.Password[0].Reveal()
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credentials)))
	}
	if a.Header != nil {
		header.Set(a.Header.Name, a.Header.Value[0].Reveal())
	}
	if len(a.HMAC) == 0 {
		return nil
	}
	scheme := gateway.Scheme(a.Scheme)
	key, err := scheme.Key(a.HMAC[0].Reveal())
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	switch scheme {
	case gateway.Grafana:
		name, before := "X-Grafana-Alerting-Signature", ""
		if a.SignatureHeader != "" {
			name = a.SignatureHeader
		}
		if a.TimestampHeader != "" {
			header.Set(a.TimestampHeader, timestamp)
			before = timestamp + ":"
		}
		header.Set(name, hex.EncodeToString(sign(key, before, body)))
	case gateway.GitHub, gateway.Gitea:
		header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(sign(key, "", body)))
	case gateway.StandardWebhooks:
		id := "msg_" + uuid.NewString()
		header.Set("Webhook-Id", id)
		header.Set("Webhook-Timestamp", timestamp)
		header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(sign(key, id+"."+timestamp+".", body)))
	}
	return nil
}

func sign(key []byte, before string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(before))
	mac.Write(body)
	return mac.Sum(nil)
}
