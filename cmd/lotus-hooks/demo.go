package main

import (
	"time"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newDemo(env *app.Env) *cobra.Command {
	var o app.DemoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work, with no homeserver and no configuration",
		Long: `Run everything against a small homeserver inside the program, in a temporary folder,
and show its rooms on a web page. Nothing leaves this machine.

With --synapse, a real Synapse is fetched from Debian and started, and any Matrix client
on this machine can log in.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Version = version
			return app.Demo(cmd.Context(), *env, o)
		},
	}
	cmd.Flags().BoolVar(&o.Synapse, "synapse", false, "use a real Synapse")
	cmd.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:9001", "where the page is")
	cmd.Flags().StringVar(&o.Gateway, "gateway", "127.0.0.1:9003", "where webhooks are received")
	cmd.Flags().DurationVar(&o.Every, "every", 4*time.Second, "how often a sample is sent; 0 sends none by itself")
	cmd.AddCommand(newDemoPreview(env))
	return cmd
}

// newDemoPreview returns what the demo's page has run in a process of its own.
func newDemoPreview(env *app.Env) *cobra.Command {
	return &cobra.Command{
		Use:    "preview",
		Short:  "Say what a webhook would become",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(*cobra.Command, []string) error { return app.DemoPreview(*env) },
	}
}
