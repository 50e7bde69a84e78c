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
		"StatusOfGitHub": {"status", `{"name":"home/infra","context":"ci/drone","state":"failure","description":"Build is failing","target_url":"https://ci.example/1",` + github + `}`, "FAILURE ci/drone: Build is failing|home/infra · By jo|https://ci.example/1", Error},
		"Suite":          {"check_suite", `{"action":"completed","check_suite":{"head_branch":"main","conclusion":"failure","url":"https://api.github.com/x"},` + github + `}`, "FAILURE home/infra|Branch main · By jo|https://git.example/home/infra", Error},
		"Deployed":       {"deployment_status", `{"action":"created","deployment_status":{"state":"success","environment":"production","target_url":"","url":"https://git.example/api/v3/x","log_url":"https://ci.example/1"},` + github + `}`, "SUCCESS production|home/infra · By jo|https://ci.example/1", Success},
		"Secret":         {"secret_scanning_alert", `{"action":"created","alert":{"number":7,"state":"open","secret_type":"github_pat","secret_type_display_name":"GitHub Personal Access Token"},` + github + `}`, "ALERT CREATED GitHub Personal Access Token|home/infra#7 · By jo", Error},
		"SecretRevoked":  {"secret_scanning_alert", `{"action":"resolved","alert":{"number":7,"secret_type":"github_pat"},` + github + `}`, "ALERT RESOLVED github_pat|home/infra#7 · By jo", Info},
		"AlertFixed":     {"dependabot_alert", `{"action":"fixed","alert":{"number":7,"security_advisory":{"summary":"hole in lodash","severity":"critical"}},` + github + `}`, "ALERT FIXED hole in lodash|home/infra#7 · By jo", Info},
		"Wiki":           {"wiki", `{"action":"edited","page":"Home","comment":"fix typo",` + github + `}`, "WIKI EDITED Home: fix typo|home/infra · By jo", Info},
		"Package":        {"package", `{"action":"created","package":{"name":"app","version":"1.2.3","html_url":"https://git.example/p"},` + github + `}`, "PACKAGE CREATED app 1.2.3|home/infra · By jo|https://git.example/p", Info},
		"GitLabDeployed": {"Deployment Hook", `{"object_kind":"deployment","status":"failed","environment":"production","deployable_url":"https://git.example/j/796","ref":"main","commit_title":"Add x",` + gitlab + `}`, "FAILED production: Add x|home/infra · Branch main · By jo|https://git.example/j/796", Error},
		"GitLabWeakness": {"Vulnerability Hook", `{"object_kind":"vulnerability","object_attributes":{"title":"DoS","severity":"critical","state":"detected"},` + gitlab + `}`, "VULNERABILITY DoS|home/infra · By jo", Critical},
		"GitLabIncident": {"Issue Hook", `{"object_kind":"incident","object_attributes":{"iid":7,"title":"API down","action":"open","severity":"high"},` + gitlab + `}`, "INCIDENT OPENED API down|home/infra#7 · By jo", Error},
		"GitLabIsOver":   {"Issue Hook", `{"object_kind":"incident","object_attributes":{"iid":7,"title":"API down","action":"close","severity":"high"},` + gitlab + `}`, "INCIDENT CLOSED API down|home/infra#7 · By jo", Info},
		"GitLabJobs":     {"Pipeline Hook", `{"object_kind":"pipeline","object_attributes":{"status":"failed","stages":["a"],"ref":"main"},"commit":{"title":"Fix parser"},"builds":[{"name":"lint","status":"failed","allow_failure":true},{"name":"unit","status":"failed"},{"name":"build","status":"success"}],` + gitlab + `}`, "FAILED home/infra: Fix parser|Branch main · Failed unit · By jo|https://git.example/home/infra", Error},
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
