package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newBot(env *app.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bot",
		Short: "Look after the bot's account",
		Args:  cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(newBotRecoveryKey(env), newBotResetIdentity(env))
	return cmd
}

func newBotRecoveryKey(env *app.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "recovery-key",
		Short: "Show the recovery key of the bot's account, once",
		Long: `Show the recovery key of the bot's account: what a new installation needs, besides the
password, to be the same bot to everybody when the database is lost. Keep a copy of it
where you keep passwords. It is shown once; from then on only the file has it, which is for
its owner alone.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return app.BotRecoveryKey(*env) },
	}
}

func newBotResetIdentity(env *app.Env) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "reset-identity",
		Short: "Give the bot's account new cross-signing keys",
		Long: `Give the bot's account new cross-signing keys in the place of those that it has, for when
another program made those and their recovery key is lost. It takes the account's password,
and prints the new recovery key. Stop the program first.

The account's other sessions are no longer verified afterwards, and people who have verified
the bot see a warning once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.BotResetIdentity(cmd.Context(), *env, yes)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do it")
	return cmd
}
