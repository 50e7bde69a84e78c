package formatters_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// proxmoxBody is the recommended body; fields are pairs of name and value.
func proxmoxBody(title, message, severity string, fields ...string) string {
	metadata := map[string]string{}
	for i := 0; i < len(fields); i += 2 {
		metadata[fields[i]] = fields[i+1]
	}
	body, _ := json.Marshal(map[string]any{
		"title": title, "message": message, "severity": severity, "timestamp": 1795330800, "fields": metadata,
	})
	return string(body)
}

// vzdumpMessage is the message of a backup with these rows and this log.
func vzdumpMessage(log string, rows ...string) string {
	return "\nDetails\n=======\nVMID    Name      Status    Time    Size     Filename    \n" + strings.Join(rows, "\n") +
		"\n\nTotal running time: 5m\nTotal size: 8 GiB\n\nLogs\n====\nvzdump --all 1 --storage nas --quiet 1\n\n" + log
}

const (
	vzdumpOK   = "100     web       ok        1m      8 GiB    vm/100/2026-11-22T01:00:02Z    "
	vzdumpErr  = "101     pihole    err       2s      0 B      null    "
	vzdumpTodo = "102     mail      todo      0s      0 B      null    "
	vzdumpWhy  = "101: 2026-11-22 01:06:56 ERROR: got timeout\n101: 2026-11-22 01:06:57 ERROR: Backup of VM 101 failed - disk is gone\n"

	vzdumpGood = "vzdump backup status (pve1.home.example): backup successful"
	vzdumpBad  = "vzdump backup status (pve1.home.example): backup failed"
)

func TestProxmoxVzdump(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, title, message, severity string
		want                           string // event, status, subject and summary
	}{
		{"OK", vzdumpGood, vzdumpMessage("", vzdumpOK), "info", "vzdump|backed up|pve1|: 100 web"},
		{"Several", vzdumpGood, vzdumpMessage("", vzdumpOK, vzdumpOK), "info", "vzdump|backed up|pve1|: 2 guests"},
		{"NoGuests", vzdumpGood, vzdumpMessage(""), "info", "vzdump|backed up|pve1|"},
		{"Alone", vzdumpBad, vzdumpMessage(vzdumpWhy, vzdumpErr), "error", "vzdump|backup failed|pve1|: 101 pihole, disk is gone"},
		{"OneOfTwo", vzdumpBad, vzdumpMessage(vzdumpWhy, vzdumpOK, vzdumpErr), "error", "vzdump|backup failed|pve1|1 of 2 guests failed: 101 pihole, disk is gone"},
		{"NoReason", vzdumpBad, vzdumpMessage("", vzdumpOK, vzdumpErr), "error", "vzdump|backup failed|pve1|1 of 2 guests failed: 101 pihole"},
		{"NotAllTried", vzdumpBad, vzdumpMessage("", vzdumpErr, vzdumpTodo), "error", "vzdump|backup failed|pve1|1 of 2 guests failed: 101 pihole"},
		{"NoneTried", vzdumpBad, vzdumpMessage("", vzdumpTodo), "error", "vzdump|backup failed|pve1|1 of 1 guest not backed up"},
		{"Many", vzdumpBad, vzdumpMessage("", vzdumpErr, vzdumpErr, vzdumpErr), "error", "vzdump|backup failed|pve1|3 of 3 guests failed: 101 pihole, 101 pihole and 1 more"},
		{"JobError", vzdumpBad + ": no such storage", vzdumpMessage(""), "error", "vzdump|backup failed|pve1|: no such storage"},
		{"JobErrorAfterAll", vzdumpBad + ": hook denied", vzdumpMessage("", vzdumpOK), "error", "vzdump|backup failed|pve1|: hook denied"},
		{"ErrorInLog", vzdumpBad, vzdumpMessage("ERROR: cannot lock\nERROR: later"), "error", "vzdump|backup failed|pve1|: cannot lock"},
		{"ErrorAboveTable", vzdumpBad + ": multiple problems", "one\ntwo" + vzdumpMessage(""), "error", "vzdump|backup failed|pve1|: one; two"},
		{"RowSaysErr", vzdumpGood, vzdumpMessage("", vzdumpErr), "info", "vzdump|backup failed|pve1|: 101 pihole"},
		{"NoName", vzdumpBad, vzdumpMessage("", "101               err       2s      0 B      null"), "error", "vzdump|backup failed|pve1|: guest 101"},
		{"SeverityMissing", vzdumpBad, vzdumpMessage(""), "", "vzdump|backup failed|pve1|"},
		{"Prefixed", "[homelab] " + vzdumpGood, vzdumpMessage("", vzdumpOK), "info", "vzdump|backed up|pve1|: 100 web"},
		{"OldTitle", "vzdump backup status (pve1.home.example) : backup failed", vzdumpMessage("", vzdumpErr), "error", "vzdump|backup failed|pve1|: 101 pihole"},
		{"HostIsAddress", "vzdump backup status (10.0.0.5): backup successful", "", "info", "vzdump|backed up|10.0.0.5|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "proxmox", proxmoxBody(tt.title, tt.message, tt.severity))
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			want := formatters.Error
			if n.Status == "backed up" {
				want = formatters.Success
			}
			if n.Severity != want {
				t.Errorf("severity = %v, want %v", n.Severity, want)
			}
		})
	}
}

func TestProxmoxVzdumpRest(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "proxmox", proxmoxBody(vzdumpBad, vzdumpMessage(vzdumpWhy, vzdumpOK, vzdumpErr, vzdumpTodo), "error", "hostname", "pve1", "job-id", "nightly"))
	want := []formatters.Item{
		{Key: "run", Severity: formatters.Error, Since: time.Unix(1795330800, 0).UTC()},
		{Key: "101@1795330800", Severity: formatters.Error, Subject: "101 pihole", Text: ": disk is gone"},
		{Key: "102@1795330800", Severity: formatters.Warning, Subject: "102 mail", Text: ": not backed up, the job ended before"},
	}
	if diff := cmp.Diff(want, n.Items); diff != "" {
		t.Errorf("items, -want +got:\n%s", diff)
	}
	if got := factWords(n); got != "Size 8 GiB · Time 5m · Storage nas · Job nightly" {
		t.Errorf("facts = %s", got)
	}
	table := "VMID  Name    Status  Time  Size   File\n" +
		"100   web     ok      1m    8 GiB  vm/100/2026-11-22T01:00:02Z\n" +
		"101   pihole  err     2s    0 B\n" +
		"102   mail    todo    0s    0 B"
	if diff := cmp.Diff(table, n.Details); diff != "" {
		t.Errorf("details, -want +got:\n%s", diff)
	}
	if strings.Contains(n.Details, "ERROR") {
		t.Error("the log is told")
	}
	if want := time.Unix(1795330800, 0).UTC(); !n.Time.Equal(want) {
		t.Errorf("time = %v, want %v", n.Time, want)
	}
}

// Columns are padded by bytes, so that names beyond ASCII stand askew.
func TestProxmoxVzdumpTableAligned(t *testing.T) {
	t.Parallel()
	rows := []string{"100     zürich-ß      ok        1m      8 GiB    vm/100/x    ", "101     日本        ok        1m      8 GiB    vm/101/x    "}
	n := toldBy(t, "proxmox", proxmoxBody(vzdumpGood, vzdumpMessage("", rows...), "info"))
	want := "VMID  Name      Status  Time  Size   File\n" +
		"100   zürich-ß  ok      1m    8 GiB  vm/100/x\n" +
		"101   日本      ok      1m    8 GiB  vm/101/x"
	if diff := cmp.Diff(want, n.Details); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestProxmoxIncident(t *testing.T) {
	t.Parallel()
	pbs := func(title, kind string, job ...string) string {
		return proxmoxBody(title, "", "", append([]string{"type", kind, "hostname", "pbs1", "datastore", "nas"}, job...)...)
	}
	ran := []string{"type", "vzdump", "hostname", "pve1", "job-id", "j"}
	tests := []struct {
		name, body, key string
		state           formatters.IncidentState
	}{
		{"BackupFailed", proxmoxBody(vzdumpBad, "", "error", ran...), "vzdump/pve1/j", formatters.Open},
		{"BackupOK", proxmoxBody(vzdumpGood, "", "info", ran...), "vzdump/pve1/j", formatters.Resolved},
		{"GuestFailed", proxmoxBody(vzdumpGood, vzdumpMessage("", vzdumpErr), "info", ran...), "vzdump/pve1/j", formatters.Open},
		{"BackupByHand", proxmoxBody(vzdumpBad, "", "error", "hostname", "pve1"), "", formatters.Standalone},
		{"BackupSomewhere", proxmoxBody("x", "", "error", "type", "vzdump", "job-id", "j"), "", formatters.Standalone},
		{"LocalisedTitle", proxmoxBody("Sicherung fertig", "", "info", ran...), "vzdump/pve1/j", formatters.Resolved},
		{"LocalisedFailure", proxmoxBody("Sicherung: 0 successful", "", "error", ran...), "vzdump/pve1/j", formatters.Open},
		{"Replication", proxmoxBody("Replication Job: '100-0' failed", "", "error", "hostname", "pve1"), "replication/pve1/100-0", formatters.Open},
		{"Fencing", proxmoxBody("Successfully fenced node 'pve2'", "", "error"), "fencing/pve2", formatters.Open},
		{"GCFailed", pbs("Garbage Collect Datastore 'nas' failed", "gc"), "gc/pbs1/nas", formatters.Open},
		{"GC", pbs("Garbage Collect Datastore 'nas' successful", "gc"), "gc/pbs1/nas", formatters.Resolved},
		{"Prune", pbs("Pruning datastore 'nas' failed", "prune", "job-id", "p"), "prune/pbs1/nas/p", formatters.Open},
		{"PruneByHand", pbs("Pruning datastore 'nas' failed", "prune"), "", formatters.Standalone},
		{"Sync", pbs("Sync local datastore 'b' successful", "sync", "job-id", "s"), "sync/pbs1/nas/s", formatters.Resolved},
		{"Verify", pbs("Verify Datastore 'nas' failed", "verify", "job-id", "v"), "verify/pbs1/nas/v", formatters.Open},
		{"Verification", pbs("Verify Datastore 'nas' successful", "verification", "job-id", "v"), "verify/pbs1/nas/v", formatters.Resolved},
		{"Tape", pbs("Tape Backup 't' datastore 'nas' failed", "tape-backup", "job-id", "t"), "tape-backup/pbs1/nas/t", formatters.Open},
		{"TapeLoad", pbs("Load Media 'L8' request for drive 'd'", "tape-load"), "", formatters.Standalone},
		{"Mail", proxmoxBody("SMART error (x) detected on host: pve1", "", "unknown", "type", "system-mail", "hostname", "pve1"), "", formatters.Standalone},
		{"Unknown", pbs("x", "thresholds", "job-id", "j"), "", formatters.Standalone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, want := toldBy(t, "proxmox", tt.body).Incident, (formatters.Incident{Key: tt.key, State: tt.state}); got != want {
				t.Errorf("incident = %+v, want %+v", got, want)
			}
		})
	}
}

// A job that fails again is another occurrence: only its run's entry may be in both.
func TestProxmoxRuns(t *testing.T) {
	t.Parallel()
	body := func(title, message string, at int) string {
		return strings.Replace(proxmoxBody(title, message, "error", "hostname", "pve1", "job-id", "j", "datastore", "nas"), "1795330800", fmt.Sprint(at), 1)
	}
	for name, tt := range map[string]struct {
		title, message string
		entries        int
	}{
		"Guests":      {vzdumpBad, vzdumpMessage("", vzdumpErr, vzdumpTodo), 3},
		"OneGuest":    {vzdumpBad, vzdumpMessage(vzdumpWhy, vzdumpErr), 1},
		"Job":         {vzdumpBad + ": no", "", 1},
		"Prune":       {"Pruning datastore 'nas' failed", "", 1},
		"Verify":      {"Verify Datastore 'nas' failed", "Verification failed on these snapshots/groups:\n\n    vm/100", 2},
		"Replication": {"Replication Job: '100-0' failed", "", 0},
	} {
		first := toldBy(t, "proxmox", body(tt.title, tt.message, 1795330800)).Items
		second := toldBy(t, "proxmox", body(tt.title, tt.message, 1795417200)).Items
		if len(first) != tt.entries || len(second) != tt.entries {
			t.Errorf("%s: %d and %d entries, want %d", name, len(first), len(second), tt.entries)
		}
		for i := range min(len(first), len(second)) {
			if run := i == 0; run != (first[i].Key == second[i].Key) || run && !second[i].Since.After(first[i].Since) {
				t.Errorf("%s: entries %+v and %+v", name, first[i], second[i])
			}
		}
	}
}

func TestProxmoxLabels(t *testing.T) {
	t.Parallel()
	n := toldBy(t, "proxmox", proxmoxBody("Tape Backup 't' datastore 'nas' failed", "", "error",
		"type", "tape-backup", "hostname", "pbs1", "datastore", "nas", "job-id", "t", "media-pool", "offsite"))
	want := map[string]string{"type": "tape-backup", "hostname": "pbs1", "datastore": "nas", "job-id": "t", "media-pool": "offsite"}
	if diff := cmp.Diff(want, n.Labels); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := toldBy(t, "proxmox", proxmoxBody("Test notification", "", "info")); !cmp.Equal(n.Labels, map[string]string{"type": "test"}) {
		t.Errorf("labels of a test = %v", n.Labels)
	}
}

func TestProxmoxEvents(t *testing.T) {
	t.Parallel()
	mail := func(title, message string) string {
		return proxmoxBody(title, message, "unknown", "type", "system-mail", "hostname", "pve1")
	}
	tests := []struct {
		name, body string
		severity   formatters.Severity
		want       string
	}{
		{"Test", proxmoxBody("Test notification ", "", "info"), formatters.Muted, "test|test|Proxmox|is connected"},
		{"TypeInCapitals", proxmoxBody("", "", "info", "type", "Test"), formatters.Muted, "test|test|Proxmox|is connected"},
		{"Fencing", proxmoxBody("Trying to fence node 'pve2' ", "", "error"), formatters.Critical, "fencing|node failed|pve2|is being fenced"},
		{"Fenced81", proxmoxBody("SUCCEED: fencing: acknowledged - got agent lock for node 'pve2'", "", "error"), formatters.Error, "fencing|node fenced|pve2|, needs a person"},
		{"UpdatesUnread", proxmoxBody("New software packages available (pve1.x)", "see there", "info"), formatters.Info, "package-updates|updates|pve1|: see there"},
		{"BadChunks", proxmoxBody("Garbage Collect Datastore 'nas' successful", "Datastore:            nas\nRemoved garbage:      0 B\nLeftover bad chunks:  3\n", "info", "hostname", "pbs1"), formatters.Warning, "gc|garbage collected|nas|on pbs1: removed 0 B"},
		{"Acme", proxmoxBody("Could not renew certificate", "Error: no\n", "info", "hostname", "pbs1"), formatters.Error, "acme|certificate|pbs1|could not be renewed: no"},
		{"TapeChanger", proxmoxBody("Load Media 'L8' request for changer 'c'", "Changer: c\n", "notice", "hostname", "pbs1"), formatters.Warning, "tape-load|tape wanted|L8|in drive c of pbs1"},
		{"VerifyNoList", proxmoxBody("Verify Datastore 'nas' failed", "", "error"), formatters.Error, "verify|verification failed|nas|"},

		{"MailZFS", mail("ZFS resilver_finish event for rpool on pve1", "with 0 errors"), formatters.Info, "system-mail|zfs|pve1|: resilver finish event for rpool"},
		{"MailZFSErrors", mail("ZFS scrub_finish event for rpool on pve1", "repaired 0B with 12 errors on"), formatters.Warning, "system-mail|zfs|pve1|: scrub finish event for rpool"},
		{"MailCron", mail("Cron <root@pve1> /bin/x", "oops\n"), formatters.Warning, "system-mail|cron|pve1|: /bin/x: oops"},
		{"MailEmpty", mail("", ""), formatters.Warning, "system-mail|mail|pve1|"},
		{"MailSmartTest", mail("SMART error (EmailTest) detected on host: pve1", "TEST EMAIL from smartd"), formatters.Muted, "system-mail|test|pve1|: SMART error (EmailTest): TEST EMAIL from smartd"},
		{"MailMdadm", mail("DegradedArray event on /dev/md0:pve1", ""), formatters.Error, "system-mail|mail|pve1|: DegradedArray event on /dev/md0:pve1"},
		{"MailByGotify", `{"title":"SMART error (x) detected on host: pve1","message":"","priority":3,"extras":{}}`, formatters.Error, "system-mail|disk trouble|pve1|: SMART error (x)"},

		{"UnknownType", proxmoxBody("Something", "long\ntext", "warning", "type", "disk-health", "hostname", "pve1"), formatters.Warning, "disk-health|disk health|pve1|: Something"},
		{"NoType", proxmoxBody("Something", "else", "notice"), formatters.Info, "notification|notice|Something|"},
		{"MessageAlone", `{"message":"hello"}`, formatters.Info, "notification|notification|hello|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := toldBy(t, "proxmox", tt.body)
			if got := head(n); got != tt.want {
				t.Errorf("first line\n got %s\nwant %s", got, tt.want)
			}
			if n.Severity != tt.severity {
				t.Errorf("severity = %v, want %v", n.Severity, tt.severity)
			}
		})
	}
}

// A message by itself is told as what it is: some templates send nothing else.
func TestProxmoxMessageAlone(t *testing.T) {
	t.Parallel()
	const link = "\n\nPlease visit the web interface for further details:\n\n<https://pbs1.home.example:8007/#x>\n"
	for message, want := range map[string]string{
		vzdumpMessage(vzdumpWhy, vzdumpErr): "vzdump|backup failed|Proxmox|: 101 pihole, disk is gone",
		"Replication job '100-0' with target 'pve2' and schedule '*/15' failed!\n\nError:\nno\n":                                           "replication|replication failed|100-0|to pve2: no",
		"The node 'pve2' in cluster 'c' failed\nand needs manual intervention.\n\nThe PVE HA manager successfully fenced 'pve2'.\n":        "fencing|node fenced|pve2|in cluster c, needs a person",
		"The following updates are available:\n\nPackage    Old Version    New Version\nzfs        1              2    \n":                 "package-updates|updates|Proxmox|: zfs",
		"Datastore:            nas\nRemoved garbage:      1 GiB\n\nGarbage collection successful." + link:                                  "gc|garbage collected|nas|on pbs1: removed 1 GiB",
		"\nJob ID:       p\nDatastore:    nas\n\nPruning failed: locked\nby me" + link:                                                     "prune|prune failed|nas|on pbs1: locked",
		"Job ID:             s\nDatastore:          nas\nRemote:             r\nRemote Store:       b\nSynchronization successful." + link: "sync|synced|nas|with r/b on pbs1",
		"\nJob ID:    v\nDatastore: nas\n\nVerification failed on these snapshots/groups:\n\n    ns/a/vm/100" + link:                       "verify|verification failed|nas|on pbs1: 1 bad snapshot",
		"Datastore:  nas\nTape Pool:  p\nTape Drive: d\n\nTape Backup failed: no tape" + link:                                              "tape-backup|tape backup failed|nas|to pool p on pbs1: no tape",
		"Please insert the requested media into the backup drive.\n\nDrive: d\nMedia: L8\n":                                                "tape-load|tape wanted|L8|in drive d",
		"This is a test of the notification target 'x'.\n":                                                                                 "test|test|Proxmox|is connected",
	} {
		body, _ := json.Marshal(map[string]string{"content": "```\n" + message + "\n```"})
		for _, body := range []string{string(body), "```\n" + message + "```", message} {
			if got := head(toldBy(t, "proxmox", body)); got != want {
				t.Errorf("of %.40q\n got %s\nwant %s", body, got, want)
			}
		}
	}
}

// TestProxmoxLarge wants the time for a log of a megabyte to grow with its size, and not
// faster. The bound is a hundred times what it takes.
func TestProxmoxLarge(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	for i := 0; log.Len() < 1<<20; i++ {
		fmt.Fprintf(&log, "101: 2026-11-22 01:06:55 ERROR: {\"a\": \"%d\", \"b\":\t[1]}\n", i)
	}
	message := vzdumpMessage(log.String()+vzdumpWhy, vzdumpErr)
	for name, body := range map[string]string{
		"Escaped": proxmoxBody(vzdumpBad, message, "error"),
		"Raw":     `{"title":"` + vzdumpBad + `","message":"` + message + `","severity":"error"}`,
		"Text":    "```\n" + message + "\n```",
	} {
		began := time.Now()
		n := toldBy(t, "proxmox", body)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if n.Status != "backup failed" || !strings.HasSuffix(n.Summary, ", disk is gone") || len(n.Details) > 1000 {
			t.Errorf("%s = %s", name, head(n))
		}
	}
}
