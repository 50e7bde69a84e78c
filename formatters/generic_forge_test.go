package formatters

import (
	"strings"
	"testing"
)

// TestForge renders what GitHub, Gitea and GitLab send beside what there are samples of.
func TestForge(t *testing.T) {
	t.Parallel()
	const (
		github = `"repository":{"full_name":"home/infra","html_url":"https://git.example/home/infra","description":"Not what happened"},"sender":{"login":"jo","description":"x"}`
		gitlab = `"project":{"name":"Infra","description":"Not what happened","path_with_namespace":"home/infra","web_url":"https://git.example/home/infra"},"user":{"username":"jo"}`
		zeros  = `0000000000000000000000000000000000000000`
	)
	for name, tt := range map[string]struct {
		event, body string
		want        string // the lines of the plain body
		severity    Severity
	}{
		"Star":           {"star", `{"action":"created",` + github + `}`, "STAR CREATED home/infra|By jo|https://git.example/home/infra", Info},
		"Fork":           {"fork", `{"forkee":{"full_name":"x/infra"},` + github + `}`, "FORK home/infra|By jo|https://git.example/home/infra", Info},
		"Delete":         {"delete", `{"ref":"old","ref_type":"branch",` + github + `}`, "DELETE home/infra: branch old|By jo|https://git.example/home/infra", Info},
		"Unmerged":       {"pull_request", `{"action":"closed","number":7,"pull_request":{"title":"T","body":"b","merged":false},"review":null,` + github + `}`, "PR CLOSED T|home/infra#7 · By jo", Info},
		"Labelled":       {"issues", `{"action":"labeled","issue":{"number":7,"title":"T","body":"b","labels":[{"name":"bug"}]},` + github + `}`, "ISSUE LABELED T|home/infra#7 · Labels bug · By jo", Info},
		"Changes":        {"pull_request_review", `{"action":"submitted","review":{"state":"changes_requested","body":"no"},"pull_request":{"number":7,"title":"T"},` + github + `}`, "CHANGES REQUESTED T: no|home/infra#7 · By jo", Info},
		"OneCommit":      {"push", `{"ref":"refs/heads/main","before":"1","after":"2","compare":"https://git.example/c","commits":[{"message":"fix *x*\n\nwhy","url":"https://git.example/2"}],` + github + `}`, "PUSH home/infra: fix *x*|Branch main · By jo|https://git.example/2", Info},
		"BranchDeleted":  {"push", `{"ref":"refs/heads/a_b_c","before":"1","after":"` + zeros + `","commits":[],` + github + `}`, "BRANCH DELETED home/infra: a_b_c|By jo|https://git.example/home/infra", Info},
		"Forced":         {"push", `{"ref":"refs/heads/main","before":"1","after":"2","forced":true,"commits":[],` + github + `}`, "FORCE PUSH home/infra|Branch main · By jo|https://git.example/home/infra", Info},
		"Status":         {"status", `{"state":"failure","context":"ci/build","description":"it broke","target_url":"https://ci.example/1",` + github + `}`, "FAILURE ci/build: it broke|home/infra · By jo|https://ci.example/1", Error},
		"Running":        {"workflow_run", `{"action":"requested","workflow_run":{"name":"CI","status":"queued","conclusion":null,"head_branch":"main"},` + github + `}`, "QUEUED CI|home/infra · Branch main · By jo", Info},
		"Alert":          {"dependabot_alert", `{"action":"created","alert":{"number":7,"security_advisory":{"summary":"hole in lodash","severity":"critical"}},` + github + `}`, "ALERT CREATED hole in lodash|home/infra#7 · By jo", Critical},
		"Ping":           {"ping", `{"zen":"z","hook":{"config":{"url":"https://h.example/webhook/11112222"}},` + github + `}`, "PING home/infra|By jo|https://git.example/home/infra", Info},
		"GitLabMerge":    {"Merge Request Hook", `{"object_kind":"merge_request","object_attributes":{"iid":7,"title":"T","action":"merge","url":"https://git.example/7"},` + gitlab + `}`, "MERGE REQUEST MERGED T|home/infra#7 · By jo|https://git.example/7", Success},
		"GitLabNote":     {"Note Hook", `{"object_kind":"note","object_attributes":{"note":"looks good","url":"https://git.example/7#n"},"merge_request":{"iid":7,"title":"T"},` + gitlab + `}`, "COMMENT T: looks good|home/infra#7 · By jo|https://git.example/7#n", Info},
		"GitLabPipeline": {"Pipeline Hook", `{"object_kind":"pipeline","object_attributes":{"status":"failed","stages":["a"],"ref":"main"},` + gitlab + `}`, "FAILED home/infra|Branch main · By jo|https://git.example/home/infra", Error},
		"GitLabPush":     {"Push Hook", `{"object_kind":"push","ref":"refs/heads/main","before":"1","after":"2","user_username":"al","total_commits_count":30,"commits":[{"message":"a"},{"message":"b"}],"project":{"path_with_namespace":"home/infra"}}`, "PUSH home/infra: 30 commits|Branch main · By al|- a|- b", Info},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := formatGeneric(Payload{Header: map[string][]string{"X-Github-Event": {tt.event}}, Body: []byte(tt.body)})
			got := strings.ReplaceAll(Render(n, RenderOptions{}).Body, "\n", "|")
			if err != nil || got != tt.want || n.Severity != tt.severity || n.Event == "" {
				t.Errorf("got %q, %s (%v), event %q\nwant %q, %s", got, n.Severity, err, n.Event, tt.want, tt.severity)
			}
		})
	}
}
