package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

// usageError is a wrong use of the command line.
type usageError struct {
	err   error
	usage string
}

func (e *usageError) Error() string { return e.err.Error() }

// newRoot returns the command line, a subcommand per file.
func newRoot(env *app.Env) *cobra.Command {
	root := &cobra.Command{
		Use:           "lotus-hooks",
		Short:         "Tells Matrix rooms what your services report by webhook",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
	}
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.PersistentFlags().StringVarP(&env.Config, "config", "c", "", "the configuration (default ./hooks.yaml, then /etc/lotus-hooks/hooks.yaml)")
	root.SetFlagErrorFunc(wrongUse)
	root.AddCommand(
		newServe(env), newDemo(env), newCheck(env), newRegistration(env), newRender(env), newSend(env),
		newDeliveries(env), newReplay(env), newDead(env), newIncidents(env), newBot(env), newImport(env), newSchema(env), newID(env), newVersion(env),
	)
	root.RunE = showHelp
	addHelp(root)
	tellWrongArgs(root)
	return root
}

// addHelp adds the commands that cobra brings, which by themselves answer what they do not
// know with help and success.
func addHelp(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.RunE = showHelp // or its Args are not asked
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				if found, rest, err := root.Find(args); err != nil || len(rest) > 0 {
					return fmt.Errorf("there is no command %q below %s", strings.Join(rest, " "), found.CommandPath())
				}
				return nil
			}
		}
	}
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// tellWrongArgs has a command, and all below it, answer wrong arguments as wrong use.
func tellWrongArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return wrongUse(cmd, check(cmd, args)) }
	}
	for _, below := range cmd.Commands() {
		tellWrongArgs(below)
	}
}

func wrongUse(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return &usageError{err, cmd.UsageString()}
}
