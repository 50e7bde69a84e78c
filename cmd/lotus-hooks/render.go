package main

import (
	"errors"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newRender(env *app.Env) *cobra.Command {
	var html, json bool
	var hook string
	cmd := &cobra.Command{
		Use:   "render {SERVICE | --hook NAME} [FILE]",
		Short: "Show what a payload becomes",
		Long: `Show what a payload of a service becomes in a room, as text, HTML, or JSON with the
notification and the event. Without FILE the payload is read from standard input. A FILE
that ends in .http is a whole request with its headers. With --hook it is a payload of a hook
of the configuration: so custom formats are tried out.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if html && json {
				return errors.New("--html and --json exclude each other: give one of them")
			}
			if hook != "" {
				return cobra.MaximumNArgs(1)(cmd, args)
			}
			return cobra.RangeArgs(1, 2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			format := app.RenderText
			switch {
			case html:
				format = app.RenderHTML
			case json:
				format = app.RenderJSON
			}
			if hook != "" {
				return app.RenderHook(cmd.Context(), *env, hook, optional(args, 0), format)
			}
			return app.Render(cmd.Context(), *env, args[0], optional(args, 1), format)
		},
	}
	cmd.Flags().BoolVar(&html, "html", false, "print the HTML")
	cmd.Flags().BoolVar(&json, "json", false, "print notification and event as JSON")
	cmd.Flags().StringVar(&hook, "hook", "", "the name of a hook of the configuration, in the place of a service")
	cmd.ValidArgsFunction = completeFirst(func() []string {
		if hook != "" { // in the place of the service
			return nil
		}
		return app.ServiceNames()
	})
	completeHook(cmd, env)
	return cmd
}

// optional returns the n-th argument, or "".
func optional(args []string, n int) string {
	if n < len(args) {
		return args[n]
	}
	return ""
}
