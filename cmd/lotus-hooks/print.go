package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

func newSchema(env *app.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of hooks.yaml, for editors",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return app.Schema(*env) },
	}
}

func newID(env *app.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "id",
		Short: "Print a fresh id for a hook",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return app.ID(*env) },
	}
}

func newVersion(env *app.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(env.Stdout, version)
			return err
		},
	}
}
