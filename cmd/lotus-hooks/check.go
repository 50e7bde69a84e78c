package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newCheck(env *app.Env) *cobra.Command {
	var online bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say what is wrong with the configuration",
		Long: `Read the configuration and everything that it refers to, and print all that is wrong
with it, a line each with the remedy. The exit status is 1 when something is wrong.

With --online, also ask the homeserver about both tokens, the virtual users, the bot, each
room and its power levels, and the time; accept the invitations to rooms that wait; and call
gateway.public_url as services do. What is good is printed, too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.Check(cmd.Context(), *env, online) },
	}
	cmd.Flags().BoolVar(&online, "online", false, "also ask the homeserver, and call the public URL")
	return cmd
}
