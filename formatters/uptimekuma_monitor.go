package formatters

import (
	"cmp"
	"html"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// kumaMonitor is what of a monitor's settings is worth telling; Uptime Kuma sends sixty
// (1.x) to ninety (2.x) of them.
type kumaMonitor struct {
	ID              scalar    `json:"id"`
	Name            text      `json:"name"`
	Type            text      `json:"type"` // "http", "port", "group", …
	Subtype         text      `json:"subtype"`
	URL             text      `json:"url"` // "https://" for monitors without
	GRPCURL         text      `json:"grpcUrl"`
	Hostname        text      `json:"hostname"`
	Port            scalar    `json:"port"`
	DockerContainer text      `json:"docker_container"`
	Description     text      `json:"description"`
	Path            []text    `json:"path"`     // 2.x: its groups and itself
	PathName        text      `json:"pathName"` // the same in one, parted by " / "
	Tags            []kumaTag `json:"tags"`
}

type kumaTag struct {
	Name  text `json:"name"`
	Value text `json:"value"`
}

// describe adds what is known of the monitor to a notification. Without a monitor, it adds
// nothing.
func (m *kumaMonitor) describe(n Notification) Notification {
	if m == nil {
		return n
	}
	target, link := m.target()
	n.Subject = cmp.Or(n.Subject, string(m.Name), target, strings.TrimSpace("monitor "+string(m.ID)))
	if n.URL == "" {
		n.setTarget(target, link)
	}
	if group := m.group(); group != "" {
		n.Facts = append(n.Facts, Fact{Name: "Group", Value: group})
	}
	if tags := m.tags(); tags != "" {
		n.Facts = append(n.Facts, Fact{Name: "Tags", Value: tags})
	}
	if m.Description != "" && n.Severity >= Warning {
		n.Facts = append(n.Facts, Fact{Name: "Description", Value: string(m.Description)})
	}
	n.Labels = m.labels()
	if m.ID != "" && n.Incident.State != Standalone {
		n.Incident.Key = "monitor:" + string(m.ID)
	}
	return n
}

// setTarget says first of all facts what is monitored, unless the summary does.
func (n *Notification) setTarget(target, link string) {
	n.URL = link
	if target != "" && !strings.Contains(n.Summary, target) {
		n.Facts = slices.Insert(n.Facts, 0, Fact{Name: "Target", Value: target})
	}
}

// target returns what the monitor looks at, and its address when a browser can open it.
// The type decides: a monitor keeps the fields of a type that it had before.
func (m *kumaMonitor) target() (target, link string) {
	switch strings.ToLower(string(m.Type)) {
	case "push", "group", "manual":
		return "", ""
	case "docker":
		return string(m.DockerContainer), ""
	case "grpc-keyword":
		return string(m.GRPCURL), ""
	case "http", "keyword", "json-query", "real-browser", "websocket-upgrade":
		return publicURL(string(m.URL))
	}
	if m.Hostname == "" || m.Subtype == "http" {
		return publicURL(string(m.URL))
	}
	host := string(m.Hostname)
	host = host[strings.LastIndexByte(host, '@')+1:]                          // MQTT hosts may be whole URLs
	if m.Port == "" || m.Port == "0" || m.Type == "ping" || m.Type == "dns" { // the port of a DNS monitor is its resolver's
		return host, ""
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		host = "[" + host + "]"
	}
	return host + ":" + string(m.Port), ""
}

// group returns the groups that the monitor is in, outermost first: "Core / Web".
func (m *kumaMonitor) group() string {
	if len(m.Path) > 0 {
		groups := make([]string, len(m.Path)-1)
		for i := range groups {
			groups[i] = string(m.Path[i])
		}
		return strings.Join(groups, " / ")
	}
	if group, ok := strings.CutSuffix(string(m.PathName), " / "+string(m.Name)); ok {
		return group
	}
	return ""
}

func (m *kumaMonitor) tags() string {
	var tags []string
	for _, t := range m.Tags {
		switch {
		case t.Name == "":
		case t.Value == "":
			tags = append(tags, string(t.Name))
		default:
			tags = append(tags, string(t.Name+": "+t.Value))
		}
	}
	return strings.Join(tags, ", ")
}

// labels returns what routes may ask for: each tag by its name, with the value "true" when
// it has none, and monitor, monitor_type and group. A tag that is set twice has both
// values, parted by a comma.
func (m *kumaMonitor) labels() map[string]string {
	labels := map[string]string{}
	for _, t := range m.Tags {
		value := cmp.Or(string(t.Value), "true")
		if before, ok := labels[string(t.Name)]; ok {
			value = before + "," + value
		}
		labels[string(t.Name)] = value
	}
	delete(labels, "")
	for name, value := range map[string]string{"monitor": string(m.Name), "monitor_type": string(m.Type), "group": m.group()} {
		if value != "" {
			labels[name] = value
		}
	}
	return labels
}

var (
	htmlNoise = regexp.MustCompile(`(?is)<script\b.*?(?:</script>|$)|<style\b.*?(?:</style>|$)|<!--.*?(?:-->|$)|<[^>]*(?:>|$)`)
	blankRun  = regexp.MustCompile(`[\s\x{a0}]*\n[\s\x{a0}]*`)
)

// plainResponse returns what the monitored page answered, as text: of an HTML page, whose
// end may be cut off, what a reader would see.
func plainResponse(response string) string {
	response = strings.TrimSpace(response)
	if strings.HasPrefix(response, "<") {
		response = html.UnescapeString(htmlNoise.ReplaceAllString(response, "\n"))
		lines := strings.Split(blankRun.ReplaceAllString(response, "\n"), "\n")
		response = strings.Join(slices.Compact(lines), "\n") // an error page's title is its heading, too
	}
	return strings.TrimSpace(response)
}
