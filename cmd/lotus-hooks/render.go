package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newRender(env *app.Env) *cobra.Command {
	var html, json bool
	cmd := &cobra.Command{
		Use:   "render SERVICE [FILE]",
		Short: "Show what a payload becomes",
		Long: `Show what a payload of a service becomes in a room, as text, HTML, or JSON with the
notification and the event. Without FILE the payload is read from standard input. A FILE
that ends in .http is a whole request with its headers.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			format := app.RenderText
			switch {
			case html:
				format = app.RenderHTML
			case json:
				format = app.RenderJSON
			}
			return app.Render(*env, args[0], optional(args, 1), format)
		},
	}
	cmd.Flags().BoolVar(&html, "html", false, "print the HTML")
	cmd.Flags().BoolVar(&json, "json", false, "print notification and event as JSON")
	cmd.MarkFlagsMutuallyExclusive("html", "json")
	return cmd
}

// optional returns the n-th argument, or "".
func optional(args []string, n int) string {
	if n < len(args) {
		return args[n]
	}
	return ""
}
