package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newRegistration(env *app.Env) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "registration",
		Short: "Make the appservice registration for the homeserver",
		Long: `Make the file by which the homeserver knows lotus-hooks, with fresh tokens, from the
sections homeserver and appservice of the configuration.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return app.Registration(*env, file) },
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write it to this new file, readable by its owner only, instead of printing it")
	return cmd
}
