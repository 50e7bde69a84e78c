package main

import (
	"errors"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newReplay(env *app.Env) *cobra.Command {
	var allDead bool
	var rooms []string
	cmd := &cobra.Command{
		Use:   "replay ID…",
		Short: "Tell webhooks again",
		Long: `Tell webhooks again, by their ids in the list of deliveries, each as a new webhook: in
the rooms where it died, or, if it died in none, in all its rooms.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, ids []string) error {
			if allDead == (len(ids) > 0) {
				return wrongUse(cmd, errors.New("name the webhooks, or --dead for all that are dead"))
			}
			return app.Replay(cmd.Context(), *env, ids, allDead, rooms)
		},
	}
	cmd.Flags().BoolVar(&allDead, "dead", false, "all that are dead")
	cmd.Flags().StringArrayVar(&rooms, "room", nil, "tell it in this room instead; may be repeated")
	return cmd
}
