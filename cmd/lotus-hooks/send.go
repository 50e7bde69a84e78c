package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newSend(env *app.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "send HOOK [FILE]",
		Short: "Post a payload to the running gateway",
		Long: `Post a payload to a hook, by its name in the configuration, as its service would:
FILE, or without FILE a sample of the service.`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completeFirst(func() []string { return app.HookNames(*env) }),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.Send(cmd.Context(), *env, args[0], optional(args, 1))
		},
	}
}
