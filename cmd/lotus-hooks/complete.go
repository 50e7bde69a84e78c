package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

// completeFirst completes the first argument with these names, and those behind it with files.
func completeFirst(names func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return names(), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFlag completes the value of a flag with these names.
func completeFlag(cmd *cobra.Command, flag string, names func() []string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return names(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // there is no such flag: a mistake in this package
	}
}

// completeHook completes --hook with the configured hooks.
func completeHook(cmd *cobra.Command, env *app.Env) {
	completeFlag(cmd, "hook", func() []string { return app.HookNames(*env) })
}
