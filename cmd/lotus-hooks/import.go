package main

import (
	"errors"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newImport(env *app.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Take over what another program knows",
		Args:  cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(newImportMatrixbot(env))
	return cmd
}

func newImportMatrixbot(env *app.Env) *cobra.Command {
	var files app.MatrixbotFiles
	cmd := &cobra.Command{
		Use:   "matrixbot",
		Short: "Take over the statistics and the greetings of the Python bot",
		Long: `Take over what the Python bot knows: each player's Wordle statistics, and whom it has
welcomed, with the messages whose reactions it waits for. Stop the program first.

What is not understood is said and left out. Each player and each member is taken over once,
however often this is run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if files == (app.MatrixbotFiles{}) {
				return wrongUse(cmd, errors.New("name the files: --wordle wordle_stats.json, --welcome welcome_state.json"))
			}
			return app.ImportMatrixbot(cmd.Context(), *env, files)
		},
	}
	cmd.Flags().StringVar(&files.Wordle, "wordle", "", "the statistics: wordle_stats.json")
	cmd.Flags().StringVar(&files.Welcome, "welcome", "", "the greetings: welcome_state.json")
	return cmd
}
