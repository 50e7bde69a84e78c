package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/console"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// demoStory is a story and what its steps post.
type demoStory struct {
	console.Story
	hook   string
	bodies func(began time.Time, step int) []any // each is a webhook, as JSON
}

var demoStories = []demoStory{
	{
		Story: console.Story{
			Name: "incident", Title: "An incident, start to end", Room: "ops",
			About: "One matter, six webhooks of Grafana, one card",
			Steps: []console.Step{
				{Text: "A disk fills up. Grafana fires, and a card opens.", Wait: 5 * time.Second},
				{Text: "It is nearly full: critical. The card turns red at once, and a line answers it, of which phones notify.", Wait: 6 * time.Second},
				{Text: "A second disk joins the alert. It is no worse, so only the card changes, at most every ten seconds.", Wait: 10 * time.Second},
				{Text: "Grafana repeats itself, as it does every few hours. The card counts it, and nobody is disturbed.", Wait: 9 * time.Second},
				{Text: "The second disk has room again. Its line in the card turns green.", Wait: 9 * time.Second},
				{Text: "All is well: the card says how long it took, and a quiet reply tells those who were told.", Wait: 10 * time.Second},
			},
		},
		hook:   "grafana",
		bodies: func(began time.Time, step int) []any { return []any{diskAlert(began, diskSteps[step])} },
	},
	{
		Story: console.Story{
			Name: "storm", Title: "A storm", Room: "ops",
			About: "Eighty webhooks of Uptime Kuma in half a minute, a handful of messages",
			Steps: []console.Step{
				{Text: "A switch dies, and forty monitors go down at once. The first five are told one by one; the rest gathers.", Wait: 8 * time.Second},
				{Text: "They come back. What has a card changes it; the others become lines of one digest, which grows in place.", Wait: 12 * time.Second},
				{Text: "All are back. Nothing was lost: every line is in the digest's fold.", Wait: 14 * time.Second},
			},
		},
		hook:   stormHook,
		bodies: switchDies,
	},
}

func jsonSample(body any) payloads.Sample {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // maps of text and numbers
	}
	return payloads.Sample{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: data}
}

// disk is one alert of a disk that fills up.
type disk struct {
	host     string
	full     float64 // in percent
	severity string
	after    int // how many seconds after the story began it began to fire
	over     bool
}

// diskSteps are the alerts of a group, step by step.
var diskSteps = [][]disk{
	{{"nas-1", 91.2, "warning", 0, false}},
	{{"nas-1", 97.5, "critical", 0, false}},
	{{"nas-1", 98.1, "critical", 0, false}, {"pve-2", 90.6, "warning", 11, false}},
	{{"nas-1", 98.1, "critical", 0, false}, {"pve-2", 90.6, "warning", 11, false}},
	{{"nas-1", 98.4, "critical", 0, false}, {"pve-2", 62.0, "warning", 11, true}},
	{{"nas-1", 41.7, "critical", 0, true}, {"pve-2", 62.0, "warning", 11, true}},
}

// diskAlert is what Grafana 12 posts of a group of disks (receivers/webhook/v1). Those of a
// story that began at another time are another group.
func diskAlert(began time.Time, disks []disk) any {
	const grafana = "https://grafana.home.example"
	state := "resolved"
	var alerts []any
	for _, d := range disks {
		since := began.Add(time.Duration(d.after) * time.Second)
		status, end := "firing", time.Time{}
		if d.over {
			status, end = "resolved", time.Now()
		} else {
			state = "firing"
		}
		alerts = append(alerts, map[string]any{
			"status":      status,
			"labels":      map[string]string{"alertname": "DiskSpaceLow", "instance": d.host, "severity": d.severity, "team": "ops"},
			"annotations": map[string]string{"summary": fmt.Sprintf("Disk /data is %.1f%% full on %s", d.full, d.host)},
			"startsAt":    since.UTC().Format(time.RFC3339Nano),
			"endsAt":      end.UTC().Format(time.RFC3339Nano),
			"fingerprint": fmt.Sprintf("%x-%s", began.UnixMilli(), d.host),
			"values":      map[string]float64{"A": d.full},

			"generatorURL": grafana + "/alerting/grafana/disk/view",
			"silenceURL":   grafana + "/alerting/silence/new?matcher=instance%3D" + d.host,
			"dashboardURL": grafana + "/d/disks",
		})
	}
	return map[string]any{
		"receiver": "matrix", "status": state, "version": "1", "orgId": 1, "alerts": alerts,
		"groupKey":    fmt.Sprintf(`{}/{story="%d"}:{alertname="DiskSpaceLow"}`, began.UnixMilli()),
		"groupLabels": map[string]string{"alertname": "DiskSpaceLow"}, "commonLabels": map[string]string{"alertname": "DiskSpaceLow", "team": "ops"},
		"commonAnnotations": map[string]string{}, "externalURL": grafana + "/", "truncatedAlerts": 0,
	}
}

// switchDies is what Uptime Kuma 2 posts when forty monitors go down, and come back in two
// halves.
func switchDies(began time.Time, step int) []any {
	var all []any
	n := 0
	for _, place := range []string{"Berlin", "Dallas", "Osaka", "Recife", "Lagos"} {
		for _, what := range []string{"Chat", "Cloud", "Forum", "Git", "Mail", "Music", "Photos", "Wiki"} {
			n++
			name := what + " " + place
			id := began.Unix()*100 + int64(n)
			switch {
			case step == 0:
				all = append(all, monitorOf(id, name, 0, "connect EHOSTUNREACH"))
			case step == 1 && n <= 20, step == 2 && n > 20:
				all = append(all, monitorOf(id, name, 1, "200 - OK"))
			}
		}
	}
	return all
}

// monitorOf is one monitor's news: status is 1 when it is up.
func monitorOf(id int64, name string, status int, said string) any {
	now := time.Now().UTC()
	return map[string]any{
		"heartbeat": map[string]any{
			"monitorID": id, "status": status, "time": now.Format("2006-01-02 15:04:05.000"), "msg": said, "important": true,
			"timezone": "UTC", "timezoneOffset": "+00:00", "localDateTime": now.Format(time.DateTime),
		},
		"monitor": map[string]any{
			"id": id, "name": name, "pathName": name, "path": []string{name}, "type": "http", "method": "GET",
			"url": "https://" + strings.ReplaceAll(strings.ToLower(name), " ", "-") + ".example/", "active": true, "interval": 20, "tags": []any{},
		},
		"msg": fmt.Sprintf("[%s] [%s] %s", name, map[int]string{0: "🔴 Down", 1: "✅ Up"}[status], said),
	}
}
