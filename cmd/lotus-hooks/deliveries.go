package main

import (
	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newDeliveries(env *app.Env) *cobra.Command {
	var q app.DeliveriesQuery
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List webhooks and how far they are",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return app.Deliveries(cmd.Context(), *env, q) },
	}
	cmd.Flags().StringVar(&q.State, "state", "", "only those that are pending, held, planned, told, dead or filtered")
	listFlags(cmd, &q)
	return cmd
}

func newDead(env *app.Env) *cobra.Command {
	q := app.DeliveriesQuery{State: "dead"}
	cmd := &cobra.Command{
		Use:   "dead",
		Short: "List what could not be told, for replay",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return app.Deliveries(cmd.Context(), *env, q) },
	}
	listFlags(cmd, &q)
	return cmd
}

func listFlags(cmd *cobra.Command, q *app.DeliveriesQuery) {
	cmd.Flags().StringVar(&q.Hook, "hook", "", "only those of this hook")
	cmd.Flags().IntVarP(&q.Limit, "limit", "n", 20, "how many at most")
	cmd.Flags().BoolVar(&q.JSON, "json", false, "print JSON")
}
