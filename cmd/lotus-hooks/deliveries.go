package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newDeliveries(env *app.Env) *cobra.Command {
	var q app.DeliveriesQuery
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List webhooks and how far they are",
		Args: func(cmd *cobra.Command, args []string) error {
			if q.State != "" && !slices.Contains(app.States(), q.State) {
				return fmt.Errorf("unknown state %q: use one of %s", q.State, strings.Join(app.States(), ", "))
			}
			return listArgs(cmd, args, &q)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return app.Deliveries(cmd.Context(), *env, q) },
	}
	cmd.Flags().StringVar(&q.State, "state", "", "only those that are pending, held, planned, told, dead, replayed or filtered")
	completeFlag(cmd, "state", app.States)
	listFlags(cmd, env, &q)
	return cmd
}

func newDead(env *app.Env) *cobra.Command {
	q := app.DeliveriesQuery{State: "dead"}
	cmd := &cobra.Command{
		Use:   "dead",
		Short: "List what could not be told, for replay",
		Args:  func(cmd *cobra.Command, args []string) error { return listArgs(cmd, args, &q) },
		RunE:  func(cmd *cobra.Command, _ []string) error { return app.Deliveries(cmd.Context(), *env, q) },
	}
	listFlags(cmd, env, &q)
	return cmd
}

// listArgs checks what listFlags has read.
func listArgs(cmd *cobra.Command, args []string, q *app.DeliveriesQuery) error {
	if q.Limit < 1 {
		return fmt.Errorf("--limit %d lists nothing: use at least 1", q.Limit)
	}
	return cobra.NoArgs(cmd, args)
}

func listFlags(cmd *cobra.Command, env *app.Env, q *app.DeliveriesQuery) {
	cmd.Flags().StringVar(&q.Hook, "hook", "", "only those of this hook")
	cmd.Flags().IntVarP(&q.Limit, "limit", "n", 20, "how many at most")
	cmd.Flags().BoolVar(&q.JSON, "json", false, "print JSON")
	completeHook(cmd, env)
}
