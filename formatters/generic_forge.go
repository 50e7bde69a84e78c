package formatters

import (
	"cmp"
	"strconv"
	"strings"
)

// GitHub, Gitea and Forgejo post up to thirty kilobytes about one event, GitLab not much less:
// what happened, and everything that is known about whose it is and where. The card says what,
// in which repository and by whom; the rest is ids and addresses of their programming
// interfaces, which clients without folds would show on several screens.

// forgeRepository returns the object that says where it happened, or nil.
func forgeRepository(n *node) *node {
	if project := n.peek("project"); project.peek("path_with_namespace").isScalar() {
		return project
	}
	if r := n.peek("repository"); r.peek("full_name").isScalar() && r.peek("html_url").isScalar() {
		return r
	}
	return nil
}

func isForge(n *node) bool { return forgeRepository(n) != nil }

// forgeRuns are pipelines, checks and deployments.
var forgeRuns = []string{"workflow_run", "workflow_job", "check_run", "check_suite", "deployment_status"}

func readForge(n *node) draft {
	d := draft{severity: Info, markup: markdown}
	repository, attributes := forgeRepository(n), n.peek("object_attributes") // the latter GitLab's, of anything
	where, home := repository.take("full_name", "path_with_namespace"), repository.takeURL("html_url", "web_url")
	d.event = cmp.Or(n.take("action"), attributes.take("action"), n.take("object_kind"))
	d.verb = cmp.Or(gitlabVerbs[d.event], statusWords(d.event))
	var run *node
	for _, key := range forgeRuns {
		run = cmp.Or(run, n.object(key))
	}
	switch {
	case n.has("ref") && n.peek("after") != nil:
		d.readForgePush(n)
	case run != nil:
		d.readForgeRun(run)
	case attributes.peek("stages") != nil:
		d.readForgeRun(attributes)
		d.readForgeJobs(n)
	case n.peek("build_status") != nil, n.has("context") && n.has("state"), n.peek("object_kind").isText("deployment"):
		d.readForgeRun(n)
	case n.peek("ref_type") != nil:
		d.text = joinWords(" ", n.take("ref_type"), escapeMarkdown(n.take("ref")))
	default:
		if number := d.readForgeMatter(n, attributes); number != "" {
			where += "#" + number
		}
	}
	if d.title == "" {
		d.title, d.url = where, cmp.Or(d.url, home)
	} else {
		d.facts = append([]Fact{{Value: where, URL: home}}, d.facts...)
	}
	d.addFact(Fact{Name: "By", Value: cmp.Or(n.peek("sender", "user", "pusher").take("login", "username", "name"), n.take("user_username", "user_name"))})
	return d
}

var gitlabVerbs = map[string]string{
	"open": "opened", "close": "closed", "reopen": "reopened", "merge": "merged", "update": "updated", "create": "created",
}

// forgeMatters are what is opened or published, with the word for it.
var forgeMatters = []struct{ key, noun string }{
	{"pull_request", "pr"}, {"merge_request", "mr"}, {"issue", "issue"}, {"release", "release"},
	{"discussion", "discussion"}, {"milestone", "milestone"}, {"alert", "alert"}, {"package", "package"},
}

// readForgeMatter tells an issue, a change that is asked for, a release, or what somebody said
// about it. It returns the number of what has one.
func (d *draft) readForgeMatter(n, attributes *node) string {
	review := n.object("review") // null where there is none
	said, matter, noun := cmp.Or(n.object("comment"), review), attributes, ""
	if n.peek("object_kind").isText("note") {
		said, matter = attributes, nil
	}
	for _, f := range forgeMatters {
		if v := n.object(f.key); matter == nil && v != nil {
			matter, noun = v, f.noun
		}
	}
	if matter == nil {
		matter = n
	}
	if kind := n.peek("object_kind").scalar(); noun == "" && kind != "" && kind != d.verb {
		noun = statusWords(kind)
	}
	d.rateForgeMatter(matter)
	d.title = forgeTitle(matter)
	d.url = cmp.Or(said.takeURL("html_url", "url"), matter.takeURL("html_url", "url"))
	opinion := statusWords(strings.TrimPrefix(said.take("state", "type"), "pull_request_review_"))
	switch {
	case said != nil && said == review:
		d.status = cmp.Or(opinion, "review")
	case said != nil && (d.verb == "created" || d.verb == "note"):
		d.status = "comment"
	case said != nil:
		d.status = "comment " + d.verb
	case d.verb == "merged", d.verb == "closed" && matter.peek("merged").scalar() == "true":
		d.status, d.severity = noun+" merged", Success
	case noun != "":
		d.status = joinWords(" ", statusWords(noun), d.verb)
	}
	switch {
	case said != nil:
		d.text = said.takeText("body", "content", "note")
	case matter.has("page"):
		d.text = matter.takeText("comment")
	case d.verb == "opened" || d.verb == "reopened" || d.verb == "published" || d.verb == "created" || d.verb == "edited":
		d.text = matter.takeText("body", "description")
	}
	if strings.IndexByte(d.text, '<') >= 0 {
		d.text, d.markup = forgeHTML(d.text), rich
	}
	if tag := matter.take("tag_name"); tag != d.title {
		d.addFact(Fact{Name: "Tag", Value: tag})
	}
	var labels []string
	for _, l := range matter.takeList("labels") {
		labels = append(labels, l.take("name", "title"))
	}
	d.addFact(Fact{Name: "Labels", Value: strings.Join(labels, ", ")})
	d.addFact(Fact{Name: "Assignee", Value: n.peek("assignee").take("login")})
	return cmp.Or(matter.take("number", "iid"), n.take("number"))
}

// forgeTitle names what is opened or published.
func forgeTitle(matter *node) string {
	title := matter.take("title")
	if title == "" {
		title = joinWords(" ", matter.take("name", "tag_name"), cmp.Or(matter.take("version"), matter.peek("package_version").take("version")))
	}
	secret := matter.take("secret_type_display_name", "secret_type")
	return cmp.Or(title, matter.peek("security_advisory").take("summary"), matter.peek("rule").take("description"), secret, matter.take("page"))
}

// rateForgeMatter rates a weakness or an incident as the forge does, and a secret that came to
// light as an error. What is over is no longer bad.
func (d *draft) rateForgeMatter(matter *node) {
	for _, verb := range []string{"closed", "resolved", "fixed", "dismissed"} {
		if strings.HasSuffix(d.verb, verb) || matter.peek("state").isText(verb) {
			return
		}
	}
	d.raise(rate(cmp.Or(matter.peek("security_advisory").take("severity"), matter.peek("rule").take("severity"), matter.take("severity"))))
	d.raise(Error, matter.has("secret_type"))
}

// readForgePush tells commits, and branches and tags that come and go.
func (d *draft) readForgePush(n *node) {
	kind, name := "branch", strings.TrimPrefix(n.take("ref"), "refs/heads/")
	if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
		kind, name = "tag", tag
	}
	d.url = n.takeURL("compare_url", "compare")
	commits := n.takeList("commits")
	d.markup, d.status = plain, "push"
	nothing := func(key string) bool {
		hash := n.peek(key).scalar()
		return hash != "" && strings.Trim(hash, "0") == ""
	}
	switch {
	case nothing("after"):
		d.status, d.text = kind+" deleted", name
		return
	case kind == "tag", len(commits) == 0 && nothing("before"):
		d.status, d.text = "new "+kind, name
		return
	case n.peek("forced").scalar() == "true":
		d.status = "force push"
	}
	d.addFact(Fact{Name: "Branch", Value: name})
	for _, c := range commits {
		first, _, _ := strings.Cut(c.takeText("message", "title"), "\n")
		d.items = append(d.items, Item{Text: oneLine(first), URL: c.takeURL("url")})
	}
	d.text = n.peek("head_commit").takeText("message")
	switch total := n.take("total_commits", "total_commits_count"); len(d.items) {
	case 0:
	case 1:
		d.text, d.url = cmp.Or(d.text, d.items[0].Text), cmp.Or(d.items[0].URL, d.url)
		d.items = nil
	default:
		if first, _, _ := strings.Cut(d.text, "\n"); first != "" {
			d.text = ": " + first
		}
		d.text = cmp.Or(total, strconv.Itoa(len(d.items))) + " commits" + d.text
	}
}

// readForgeRun tells how a run went.
func (d *draft) readForgeRun(run *node) {
	d.title = run.take("context", "name", "build_name", "environment")
	d.url = run.takeIf(isPage, "html_url", "target_url", "details_url", "log_url", "deployable_url", "url")
	state := run.take("conclusion")
	if state == "" {
		state = run.take("build_status", "status", "state")
	}
	d.rateBoth(state, "")
	d.status, d.markup = cmp.Or(statusWords(state), d.verb), plain
	d.addFact(Fact{Name: "Branch", Value: cmp.Or(run.take("head_branch"), run.peek("check_suite").take("head_branch"), run.take("ref"))})
	d.text = cmp.Or(run.take("display_title"), run.peek("output").take("title"), run.take("description", "build_failure_reason", "commit_title"))
}

// isPage reports whether an address is that of a page for people: GitHub, Gitea and GitLab
// also send those of their programming interfaces.
func isPage(s string) bool {
	return isWebURL(s) && !strings.HasPrefix(s, "https://api.") && !strings.Contains(s, "/api/v")
}

// readForgeJobs tells what one of GitLab's pipelines ran for, and which of its jobs failed.
func (d *draft) readForgeJobs(n *node) {
	d.text = cmp.Or(d.text, n.peek("commit").take("title"))
	var failed []string
	for _, job := range n.takeList("builds") {
		if job.peek("status").isText("failed") && job.peek("allow_failure").scalar() != "true" {
			failed = append(failed, job.take("name"))
		}
	}
	d.addFact(Fact{Name: "Failed", Value: strings.Join(failed, ", ")})
}
