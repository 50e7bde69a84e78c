package formatters_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

// richCase is a payload of Slack's or Discord's and the plain body of its card.
type richCase struct{ name, body, want string }

func testRich(t *testing.T, cases []richCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := generic(t, formatters.Payload{Body: []byte(tt.body)})
			if diff := cmp.Diff(tt.want, formatters.Render(n, formatters.RenderOptions{Now: goldenTime}).Body); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSlackSectionFields(t *testing.T) {
	t.Parallel()
	testRich(t, []richCase{
		{
			"BoldNames",
			`{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Deploy"},"fields":[{"type":"mrkdwn","text":"*Host:* nas1"},{"type":"mrkdwn","text":"*State*: FAILED"}]}]}`,
			"MESSAGE Deploy\nHost nas1 · State FAILED",
		},
		{
			"NoText",
			`{"blocks":[{"type":"section","fields":[{"type":"mrkdwn","text":"*Host:* nas1"}]}]}`,
			"RECEIVED a webhook\nHost nas1",
		},
		{
			"NamesOnALine",
			`{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Deploy"},"fields":[{"type":"mrkdwn","text":"*Hosts:*\nnas1\nnas2"},{"type":"plain_text","text":"State\nFAILED"}]}]}`,
			"MESSAGE Deploy\nHosts nas1 nas2 · State FAILED",
		},
		{
			"NoNames",
			`{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Deploy"},"fields":[{"type":"plain_text","text":"Host: nas1"},{"type":"mrkdwn","text":"*FAILED* again"}]}]}`,
			"MESSAGE Deploy\nHost: nas1\nFAILED again",
		},
		{
			"Code",
			`{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Deploy"},"fields":[{"type":"mrkdwn","text":"*Log:*\n` + "```a: b\\nc```" + `"},{"type":"mrkdwn","text":"` + "```d: e\\nf```" + `"}]}]}`,
			"MESSAGE Deploy\nLog\na: b\nc\nd: e\nf",
		},
		{
			"InAnAttachment",
			`{"attachments":[{"color":"danger","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Deploy"},"fields":[{"type":"mrkdwn","text":"*Host:* nas1"}]}]}]}`,
			"ERROR Deploy\nHost nas1",
		},
	})
}

func TestCodeBlocksOfChats(t *testing.T) {
	t.Parallel()
	testRich(t, []richCase{
		{"Slack", `{"channel":"x","text":"Failed:\n` + "```borg: &lt;a&gt;\\nexit 2```" + `"}`, "MESSAGE Failed:\nborg: <a>\nexit 2"},
		{"SlackTextBehind", `{"channel":"x","text":"Log:\n` + "```\\nfoo\\nbar```\\n*after*" + `"}`, "MESSAGE Log:\nfoo\nbar\nafter"},
		{"SlackAttachment", `{"attachments":[{"title":"T","text":"` + "```borg: locked\\nexit 2```" + `"}]}`, "MESSAGE T\nborg: locked\nexit 2"},
		{"SlackField", `{"attachments":[{"title":"T","text":"a","fields":[{"title":"Log","value":"` + "```borg: locked\\nexit 2```" + `"}]}]}`, "MESSAGE T: a\nLog\nborg: locked\nexit 2"},
		{"Discord", `{"content":"Log: ` + "```borg: <@1>\\nexit 2``` by <@1>" + `"}`, "MESSAGE Log:\nborg: <@1>\nexit 2\nby @someone"},
		{"DiscordEmbed", `{"embeds":[{"title":"T","description":"a\n` + "```borg: locked\\nexit 2```" + `"}]}`, "MESSAGE T: a\nborg: locked\nexit 2"},
		{"Message", `{"title":"T","message":"` + "```borg: locked\\nexit 2\\n```" + `"}`, "MESSAGE T\nborg: locked\nexit 2"},
		{"MessageOfALanguage", `{"title":"T","message":"` + "```json\\n{}\\n[]\\n```" + `"}`, "MESSAGE T\n{}\n[]"},
		{"MessageWithinALine", `{"title":"T","message":"Log: ` + "```a  b\\nc``` d" + `"}`, "MESSAGE T: Log:\na  b\nc\nd"},
		{"Hookshot", `{"text":"a\n` + "```sh -e\\nb\\n```" + `"}`, "MESSAGE a\nb"},
	})
}

func TestSlackIsNoMarkdown(t *testing.T) {
	t.Parallel()
	testRich(t, []richCase{
		{"Address", `{"channel":"x","text":"See <https://x.example/a?b=1&amp;c=2>"}`, "MESSAGE See https://x.example/a?b=1&c=2"},
		{"Paths", `{"channel":"x","text":"Backup to \\\\nas01\\backup$ failed, see C:\\logs\\_today"}`, `MESSAGE Backup to \\nas01\backup$ failed, see C:\logs\_today`},
		{"NumberSign", `{"channel":"x","text":"# of errors: 5"}`, "MESSAGE # of errors: 5"},
		{"HeadingOfMattermost", `{"channel":"x","text":"#### Build failed"}`, "MESSAGE Build failed"},
		{"LinkInAPath", `{"channel":"x","text":"C:\\<https://x.example|a_b>"}`, "MESSAGE C:\\a_b\na_b: https://x.example"},
		{"Hookshot", `{"text":"a\\_b"}`, "MESSAGE a_b"},
	})
}

func TestLeadingColons(t *testing.T) {
	t.Parallel()
	testRich(t, []richCase{
		{"Slack", `{"channel":"x","text":":rotating_light: Disk full"}`, "MESSAGE :rotating_light: Disk full"},
		{"Discord", `{"content":":x: Build failed"}`, "MESSAGE :x: Build failed"},
		{"Message", `{"message":"::1 is unreachable"}`, "MESSAGE ::1 is unreachable"},
		{"BehindATitle", `{"title":"T","message":":x: Build failed"}`, "MESSAGE T: :x: Build failed"},
	})
}

func TestLinksWithinFacts(t *testing.T) {
	t.Parallel()
	testRich(t, []richCase{
		{
			"Several",
			`{"embeds":[{"title":"T","fields":[{"name":"Links","value":"[TVDb](https://a.example) / [IMDb](https://b.example)"},{"name":"Log","value":"see [run](https://l.example)"}]}]}`,
			"MESSAGE T\nLog see run\nTVDb: https://a.example\nIMDb: https://b.example",
		},
		{
			"OfAnotherName",
			`{"embeds":[{"title":"T","fields":[{"name":"Commits","value":"[abc](https://a.example), [bcd](https://b.example)"}]}]}`,
			"MESSAGE T\nCommits abc, bcd\nabc: https://a.example\nbcd: https://b.example",
		},
		{
			"NamedByTheFact",
			`{"attachments":[{"title":"T","fields":[{"title":"Build","value":"<https://c.example|#12> on main"},{"title":"Log","value":"is <https://l.example|here>"}]}]}`,
			"MESSAGE T\nBuild #12 on main · Log is here\nBuild #12: https://c.example\nLog here: https://l.example",
		},
		{
			"Whole",
			`{"embeds":[{"title":"T","fields":[{"name":"Links","value":"[TVDb](https://a.example)"}]}]}`,
			"MESSAGE T\nLinks TVDb",
		},
	})
}

func TestLinksOfEntries(t *testing.T) {
	t.Parallel()
	n := generic(t, formatters.Payload{Body: []byte(`{"attachments":[
		{"text":"Pipeline <https://g.example/1|#1> failed"},
		{"text":"Pipeline <https://g.example/2|#2> passed","actions":[{"text":"Log","url":"https://g.example/2/log"}]},
		{"title":"T","title_link":"https://t.example","fields":[{"title":"Run","value":"<https://r.example|nightly>"}]},
		{"title":"U","title_link":"https://u.example","actions":[{"text":"Log","url":"https://u.example/log"}]},
		{"actions":[{"text":"Status","url":"https://s.example"}]}]}`)})
	want := formatters.Notification{
		Severity: formatters.Info, Status: "message", Summary: "5 messages",
		Items: []formatters.Item{
			{Text: "Pipeline #1 failed", URL: "https://g.example/1", Severity: formatters.Info},
			{Text: "Pipeline #2 passed", URL: "https://g.example/2", Severity: formatters.Info},
			{Subject: "T", Text: "Run nightly", URL: "https://t.example", Severity: formatters.Info},
			{Subject: "U", URL: "https://u.example", Severity: formatters.Info},
			{Text: "Status", URL: "https://s.example", Severity: formatters.Info},
		},
		Links: []formatters.Link{
			{Text: "Log", URL: "https://g.example/2/log"}, {Text: "Run nightly", URL: "https://r.example"}, {Text: "U Log", URL: "https://u.example/log"},
		},
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestHeadingsStayBelowATitle(t *testing.T) {
	t.Parallel()
	testRich(t, []richCase{
		{
			"LongField",
			`{"embeds":[{"title":"Backup failed","fields":[{"name":"Log","value":"a\nb"}]}]}`,
			"MESSAGE Backup failed\nLog\na\nb",
		},
		{
			"ManyFields",
			`{"embeds":[{"title":"T","fields":[{"name":"a","value":"1"},{"name":"b","value":"2"},{"name":"c","value":"3"},{"name":"d","value":"4"},{"name":"e","value":"5"},{"name":"f","value":"6"},{"name":"g_#1","value":"7"}]}]}`,
			"MESSAGE T\na 1 · b 2 · c 3 · d 4 · e 5 · f 6\ng_#1\n7",
		},
		{
			"SlackField",
			`{"attachments":[{"title":"T","fields":[{"title":"Log","value":"a\nb"}]}]}`,
			"MESSAGE T\nLog\na\nb",
		},
		{
			"FieldWithoutAName",
			`{"embeds":[{"title":"T","fields":[{"value":"a\nb"}]}]}`,
			"MESSAGE T: a\nb",
		},
		{
			"SecondHeader",
			`{"blocks":[{"type":"header","text":{"type":"plain_text","text":"T"}},{"type":"header","text":{"type":"plain_text","text":"H"}},{"type":"section","text":{"type":"mrkdwn","text":"a"}}]}`,
			"MESSAGE T\nH\na",
		},
		{"Markdown", `{"title":"v1.2","message":"## What's Changed\n\n* **a**\n* b"}`, "MESSAGE v1.2\nWhat's Changed\n- a\n- b"},
		{"Plain", `{"title":"v1.2","message":"## What's Changed\n* a"}`, "MESSAGE v1.2\n## What's Changed\n* a"},
		{"NothingBelowInPlain", `{"title":"v1.2","message":"## Released"}`, "MESSAGE v1.2: ## Released"},
		{"NothingBelow", `{"title":"v1.2","text":"## Released"}`, "MESSAGE v1.2: Released"},
		{"NoTitle", `{"text":"## Released\na"}`, "MESSAGE Released\na"},
		{"HTML", `{"title":"v1.2","html":"<h1>Notes</h1><p>a</p>"}`, "MESSAGE v1.2\nNotes\na"},
	})
}
