// Package deploy_test tries what this folder has for operators with the programs that it is
// for: systemd, nginx, Caddy and Prometheus. Where one is missing its test is skipped, unless
// LOTUS_HOOKS_REQUIRE_DEPLOY is 1.
package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tool returns the path of a program.
func tool(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "../bin/debian/usr/bin", "../bin/debian/usr/sbin"} {
		path, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("LOTUS_HOOKS_REQUIRE_DEPLOY") == "1" {
		t.Fatalf("%s is missing: scripts/install-test-tools.sh installs it", name)
	}
	t.Skipf("%s is missing", name)
	return ""
}

// run runs a program and returns what it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// swap replaces something that must be there.
func swap(t *testing.T, text, from, to string) string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("there is no %q", from)
	}
	return strings.ReplaceAll(text, from, to)
}

func TestUnit(t *testing.T) {
	t.Parallel()
	// The program is not installed here, and the options are to be tried, too.
	unit := swap(t, read(t, "lotus-hooks.service"), "/usr/local/bin/lotus-hooks", "/bin/true")
	unit = swap(t, unit, "\n#LoadCredential", "\nLoadCredential")
	file := write(t, filepath.Join(t.TempDir(), "lotus-hooks.service"), unit)
	if said := run(t, "systemd-analyze", "verify", file); said != "" {
		t.Errorf("verify says %s", said)
	}
	// From 0 to 10, in tenths: what is left is that it speaks to the network.
	run(t, "systemd-analyze", "security", "--offline=true", "--threshold=20", file)
}

func TestPrometheus(t *testing.T) {
	t.Parallel()
	run(t, "promtool", "check", "config", filepath.Join("prometheus", "prometheus.yml"))
	run(t, "promtool", "check", "rules", filepath.Join("prometheus", "lotus-hooks.rules.yml"))
	run(t, "promtool", "test", "rules", filepath.Join("prometheus", "lotus-hooks.rules.test.yml"))
}

// dashboardExprs returns the queries of the dashboard.
func dashboardExprs(t *testing.T) []string {
	t.Helper()
	var dashboard struct {
		UID    string `json:"uid"`
		Panels []struct {
			Title   string `json:"title"`
			Type    string `json:"type"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join("grafana", "lotus-hooks.json"))), &dashboard); err != nil {
		t.Fatal(err)
	}
	var exprs []string
	for _, p := range dashboard.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q asks for nothing", p.Title)
		}
		for _, target := range p.Targets {
			exprs = append(exprs, target.Expr)
		}
	}
	if dashboard.UID == "" || len(exprs) < 10 {
		t.Errorf("dashboard %q has %d queries", dashboard.UID, len(exprs))
	}
	return exprs
}

// TestDashboard has Prometheus read the queries, as if they were rules.
func TestDashboard(t *testing.T) {
	t.Parallel()
	var rules bytes.Buffer
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	for _, expr := range dashboardExprs(t) {
		expr = strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$instance", ".*").Replace(expr)
		if strings.Contains(expr, "$") {
			t.Errorf("%s holds an unknown variable", expr)
		}
		quoted, err := json.Marshal(expr)
		if err != nil {
			t.Fatal(err)
		}
		rules.WriteString("      - {record: x, expr: " + string(quoted) + "}\n")
	}
	file := write(t, filepath.Join(t.TempDir(), "dashboard.yml"), rules.String())
	run(t, "promtool", "check", "rules", file)
}

var metricName = regexp.MustCompile(`lotus_hooks_[a-z_]+`)

// TestMetricsExist compares the metrics that rules and dashboard name with the program's.
func TestMetricsExist(t *testing.T) {
	t.Parallel()
	code := read(t, filepath.Join("..", "internal", "app", "metrics.go"))
	named := 0
	for _, file := range []string{"prometheus/lotus-hooks.rules.yml", "prometheus/lotus-hooks.rules.test.yml", "grafana/lotus-hooks.json"} {
		for _, name := range metricName.FindAllString(read(t, filepath.FromSlash(file)), -1) {
			named++
			if !strings.Contains(code, `"`+strings.TrimSuffix(name, "_bucket")+`"`) {
				t.Errorf("%s names %s, which is no metric", file, name)
			}
		}
	}
	if named == 0 {
		t.Error("no metric is named")
	}
}
