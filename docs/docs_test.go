// Package docs_test holds the documentation to what it speaks of.
package docs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

const root = ".."

// pages returns every page of documentation by its path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/bot/*.md", "docs/services/*.md", "*/*/README.md", "bot/*/*/README.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("no pages %s: %v", pattern, err)
		}
		for _, name := range names {
			found[name] = read(t, name)
		}
	}
	return found
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	link    = regexp.MustCompile(`(?:\]\(|src=")([^)"\s]+)[)"]`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks follows every link that leads to a file, and to a heading in it.
func TestLinks(t *testing.T) {
	t.Parallel()
	for page, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			file, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(file, "://") {
				continue
			}
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link to %s: %v", page, m[1], err)
				continue
			}
			if anchor != "" && !headings(read(t, target))[anchor] {
				t.Errorf("%s: link to %s: there is no such heading", page, m[1])
			}
		}
	}
}

// headings returns a page's anchors.
func headings(text string) map[string]bool {
	slugs := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		slugs[strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return slugs
}

var testName = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)(?:/([A-Za-z0-9]+))?` ?")

// TestNamedTestsExist looks for each test that reliability.md calls a proof.
func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, "_test.go") {
			code.WriteString(read(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := testName.FindAllStringSubmatch(read(t, "reliability.md"), -1)
	if len(named) == 0 {
		t.Error("no test is named")
	}
	for _, m := range named {
		if !strings.Contains(code.String(), "func "+m[1]+"(") {
			t.Errorf("there is no %s", m[1])
		}
		if m[2] != "" && !strings.Contains(code.String(), `t.Run("`+m[2]+`"`) {
			t.Errorf("there is no subtest %s of %s", m[2], m[1])
		}
	}
}

// TestFieldsAreDescribed looks for each field of hooks.yaml in docs/configuration.md.
func TestFieldsAreDescribed(t *testing.T) {
	t.Parallel()
	var schema any
	if err := json.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	page := read(t, "configuration.md")
	found := 0
	eachField(schema, func(name string) {
		found++
		name = strings.TrimSuffix(name, "_file")
		if !regexp.MustCompile("`([a-z]+\\.)?" + name + "(_file)?`").MatchString(page) {
			t.Errorf("%s is not described", name)
		}
	})
	if found < 20 {
		t.Errorf("the schema has %d fields", found)
	}
}

// eachField calls do with the name of each property in a schema.
func eachField(schema any, do func(name string)) {
	switch node := schema.(type) {
	case []any:
		for _, below := range node {
			eachField(below, do)
		}
	case map[string]any:
		for key, below := range node {
			if properties, ok := below.(map[string]any); ok && key == "properties" {
				for name := range properties {
					do(name)
				}
			}
			eachField(below, do)
		}
	}
}

// TestServicesAreDescribed wants a page for each service.
func TestServicesAreDescribed(t *testing.T) {
	t.Parallel()
	for _, s := range formatters.Services() {
		text := read(t, filepath.Join("services", s.Name+".md"))
		for _, heading := range []string{"## The card", "## For filters and routes"} {
			if !strings.Contains(text, heading) {
				t.Errorf("%s.md has no %q", s.Name, heading)
			}
		}
	}
}

var metricName = regexp.MustCompile(`lotus_hooks_[a-z_]+`)

// TestMetricsAreDescribed compares the metrics of docs/operations.md with the program's.
func TestMetricsAreDescribed(t *testing.T) {
	t.Parallel()
	page, code := read(t, "operations.md"), read(t, filepath.Join(root, "internal", "app", "metrics.go"))
	for _, c := range []struct{ from, to, missing string }{{page, code, "is no metric"}, {code, page, "is not described"}} {
		for _, name := range metricName.FindAllString(c.from, -1) {
			if !strings.Contains(c.to, name) {
				t.Errorf("%s %s", name, c.missing)
			}
		}
	}
}

var hookID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// TestExampleIDs wants no id in the documentation but those that the program refuses.
func TestExampleIDs(t *testing.T) {
	t.Parallel()
	for page, text := range pages(t) {
		for _, id := range hookID.FindAllString(text, -1) {
			if !strings.HasPrefix(id, "00000000-0000-4000-8000-") {
				t.Errorf("%s holds the id %s", page, id)
			}
		}
	}
}
