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
			"InAnAttachment",
			`{"attachments":[{"color":"danger","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Deploy"},"fields":[{"type":"mrkdwn","text":"*Host:* nas1"}]}]}]}`,
			"ERROR Deploy\nHost nas1",
		},
	})
}
