package formatters_test

import (
	"fmt"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// A formatter says what happened; Render draws it.
func ExampleRender() {
	now := time.Date(2026, 11, 22, 9, 45, 0, 0, time.UTC)
	m := formatters.Render(formatters.Notification{
		Severity: formatters.Critical,
		Status:   "firing",
		Subject:  "HighCPU",
		Summary:  "on host-1: CPU at 97 % for 5 min",
		Facts: []formatters.Fact{
			{Name: "Value", Value: "97.2"},
			{Name: "Since", Time: now.Add(-5 * time.Minute)},
		},
		Links: []formatters.Link{{Text: "Dashboard", URL: "https://grafana.example.org/d/cpu"}},
	}, formatters.RenderOptions{Now: now})

	fmt.Println(m.MsgType)
	fmt.Println(m.Body)
	// Output:
	// m.text
	// FIRING HighCPU on host-1: CPU at 97 % for 5 min
	// Value 97.2 · Since 09:40
	// Dashboard: https://grafana.example.org/d/cpu
}

// A group counts its entries by what they are: those that last, and those that are over.
func ExampleRender_group() {
	now := time.Date(2026, 11, 22, 9, 45, 0, 0, time.UTC)
	m := formatters.Render(formatters.Notification{
		Severity: formatters.Critical,
		Status:   "firing",
		Subject:  "DiskSpaceLow",
		Summary:  ": nas-1, nas-2, pve-3",
		Items: []formatters.Item{
			{Status: "critical", Severity: formatters.Critical, Subject: "nas-1", Text: "/data 4 % left", Since: now.Add(-2 * time.Hour)},
			{Status: "warning", Severity: formatters.Warning, Subject: "nas-2", Text: "/data 9 % left", Since: now.Add(-5 * time.Minute)},
			{Status: "resolved", Severity: formatters.Success, Subject: "pve-3", Text: "/ after 31 min"},
		},
	}, formatters.RenderOptions{Now: now})

	fmt.Println(m.Body)
	// Output:
	// 2 FIRING 1 RESOLVED DiskSpaceLow: nas-1, nas-2, pve-3
	// - critical nas-1 /data 4 % left, for 2 h
	// - warning nas-2 /data 9 % left, for 5 min
	// - resolved pve-3 / after 31 min
}

// An edit shows m in the place of an earlier event; clients without edits see one line.
func ExampleMessage_Edit() {
	m := formatters.Render(formatters.Notification{
		Severity: formatters.Success, Status: "resolved", Subject: "HighCPU", Summary: "on host-1 after 12 min",
		Facts: []formatters.Fact{{Name: "Peak", Value: "97.2"}},
	}, formatters.RenderOptions{})
	edit := m.Edit("$event")

	fmt.Println(edit.Body)
	fmt.Println(edit.RelatesTo.Type, edit.NewContent.Body == m.Body)
	// Output:
	// * RESOLVED HighCPU on host-1 after 12 min
	// m.replace true
}
