package secrettest_test

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/secrettest"
)

func TestFind(t *testing.T) {
	t.Parallel()
	const secret, id = "open & sesame!", "5ac4f0b2-93be-4d6f-8a1e-7c0d2b9f61e3"
	raw, err := hex.DecodeString("5ac4f0b293be4d6f8a1e7c0d2b9f61e3")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Plain":     "before " + secret + " behind",
		"Query":     "?token=open+%26+sesame%21&x=y",
		"Hex":       hex.EncodeToString([]byte("x" + secret + "y")),
		"Bytes":     "\x00" + string(raw) + "\xff",
		"Base64At0": base64.StdEncoding.EncodeToString([]byte(secret + ":user")),
		"Base64At1": base64.StdEncoding.EncodeToString([]byte("user" + secret)),
		"Base64At2": base64.URLEncoding.EncodeToString([]byte("kim::" + secret + "?")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := secrettest.Find([]byte(text), map[string]string{secret: "a", id: "b"}); len(found) != 1 {
				t.Errorf("found %q", found)
			}
		})
	}
	t.Run("None", func(t *testing.T) {
		t.Parallel()
		if found := secrettest.Find([]byte("open sesame, b3BlbiBzZXNhbWU="), map[string]string{secret: "a", id: "b"}); found != nil {
			t.Errorf("found %q", found)
		}
	})
}
