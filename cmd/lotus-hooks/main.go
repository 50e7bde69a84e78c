// Command lotus-hooks tells a Matrix homeserver's rooms what services report by webhook.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones on machines that have none installed

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/app"
)

// version is set by the build.
var version = "devel"

// The exit status of the program.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second signal ends what does not heed the first
	status := run(ctx, app.Env{Args: os.Args[1:], Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(status)
}

// run runs the program and returns its exit status.
func run(ctx context.Context, env app.Env) int {
	err := newRoot(&env).ExecuteContext(ctx)
	var wrong *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrong):
		fmt.Fprintf(env.Stderr, "%v\n%s", err, wrong.usage)
		return exitUsage
	}
	fmt.Fprintln(env.Stderr, err)
	return exitFailed
}
