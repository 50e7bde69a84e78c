package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newIncidents(env *app.Env) *cobra.Command {
	var hook string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "incidents",
		Short: "List alerts, downloads and the like that are not over",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return app.Incidents(cmd.Context(), *env, hook, asJSON) },
	}
	cmd.Flags().StringVar(&hook, "hook", "", "only those of this hook")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	completeHook(cmd, env)
	return cmd
}
