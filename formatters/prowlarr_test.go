package formatters_test

import (
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

func TestProwlarr(t *testing.T) {
	t.Parallel()
	grab := func(release, members string) string {
		return `{"release":{"releaseTitle":"Tide-X","indexer":"Idx"` + release + `},` + members + `"applicationUrl":"https://p.example","eventType":"Grab"}`
	}
	const history = "https://p.example/history"
	for _, c := range []servarrCase{
		{"ByProgram", grab(`,"categories":[],"genres":[],"indexerFlags":[],"publishDate":"0001-01-01T00:00:00Z"`, `"trigger":"api","source":"Sonarr","host":"nas",`), formatters.Muted,
			"Grab|requested|Tide-X|by Sonarr", "Indexer Idx · From nas", history, ""},
		{"ByUnknownProgram", grab("", `"trigger":"api","source":"Other",`), formatters.Muted, "Grab|requested|Tide-X|by another program", "Indexer Idx", history, ""},
		{"ByNobody", grab("", ""), formatters.Muted, "Grab|requested|Tide-X|by another program", "Indexer Idx", history, ""},
		{"ByHand", grab(`,"size":1024,"categories":["TV/HD","TV/UHD"],"indexerFlags":["freeleech"],"publishDate":"2026-03-03T20:14:00Z"`,
			`"trigger":"Manual","source":"Prowlarr","host":"172.18.0.1","downloadClient":"box","downloadClientType":"Deluge","downloadId":"AB",`), formatters.Info,
			"Grab|requested|Tide-X|by hand", "Idx → box · 1.0 KiB · TV/HD, TV/UHD · freeleech · From 172.18.0.1 · Published 2026-03-03", history, ""},
		{"ByHandTriggerMissing", grab("", `"source":"Prowlarr",`), formatters.Info, "Grab|requested|Tide-X|by hand", "Indexer Idx", history, ""},
		{"DateBroken", grab(`,"publishDate":"yesterday","size":0`, ""), formatters.Muted, "-", "Indexer Idx", history, ""},
		{"ReleaseMissing", `{"eventType":"grab","release":null,"trigger":"api","source":"Radarr"}`, formatters.Muted, "Grab|requested|Prowlarr|by Radarr", "", "", ""},
	} {
		c.run(t, "prowlarr")
	}
}

func TestProwlarrLabels(t *testing.T) {
	t.Parallel()
	checkLabels(t, "prowlarr", `{"eventType":"Grab","release":{"indexer":"Idx"},"trigger":"API","source":"Sonarr","host":"nas","downloadClient":"box"}`,
		map[string]string{"instance": "Prowlarr", "event_type": "Grab", "indexer": "Idx", "client": "box", "trigger": "api", "source": "Sonarr", "host": "nas"})
}
