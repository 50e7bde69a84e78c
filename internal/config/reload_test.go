package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

func TestRestartNeeded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, from, to, want string }{
		{"OKSame", "", "", ""},
		{"OKRoomsAndHooks", `spam: "!spam"`, `spam: "!other", ops: "#ops:example.org"`, ""},
		{"OKHook", "service: generic", "name: other, service: generic", ""},
		{"OKWait", "rooms:", "gateway: {wait: true}\nrooms:", ""},
		{"Listen", "rooms:", "gateway: {listen: ':1'}\nmetrics: {listen: ':2'}\nrooms:", "gateway.listen metrics.listen"},
		{"Homeserver", ":8008", ":8009", "homeserver.url"},
		{"Database", "rooms:", "database: postgres://db/x\nrooms:", "database"},
		{"Timezone", "rooms:", "timezone: Europe/Lisbon\nrooms:", "timezone"},
		{"Log", "rooms:", "log: {level: debug}\nrooms:", "log.level"},
		{"Bot", "rooms:", "bot: {user: '@b:example.org', token: t}\nrooms:", "bot"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "timezone: America/New_York\n"+minimal, "new.yaml", strings.Replace("timezone: America/New_York\n"+minimal, test.from, test.to, 1))
			if test.name == "Timezone" {
				dir = directory(t, minimal, "new.yaml", strings.Replace(minimal, test.from, test.to, 1))
			}
			running, err := config.Load(filepath.Join(dir, "hooks.yaml"), environment())
			if err != nil {
				t.Fatal(err)
			}
			loaded, err := config.Load(filepath.Join(dir, "new.yaml"), environment())
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(config.RestartNeeded(running, loaded), " "); got != test.want {
				t.Errorf("restart needed for %q, want %q", got, test.want)
			}
		})
	}
	t.Run("RegistrationOfTheSameName", func(t *testing.T) {
		t.Parallel()
		running := load(t, minimal)
		loaded := *running
		loaded.Appservice.Registration.ASToken = config.NewSecret("new")
		if got := strings.Join(config.RestartNeeded(running, &loaded), " "); got != "appservice.registration" {
			t.Errorf("restart needed for %q, want appservice.registration", got)
		}
	})
}
