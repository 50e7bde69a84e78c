package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	if role := os.Getenv(roleVariable); role != "" {
		err = play(ctx, role, os.Args[1:])
	} else {
		err = run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run: what the flags say, and where it works.
type bench struct {
	rounds  int
	short   bool
	synapse bool
	binary  string // lotus-hooks
	self    string // this program, for the references that are processes of their own
	dir     string
	stderr  io.Writer
	report  *report

	launched []*process
}

// benchmarks in the order in which they run.
var benchmarks = []struct {
	name string
	run  func(*bench, context.Context) error
}{
	{"accept", (*bench).accept},
	{"format", (*bench).format},
	{"deliver", (*bench).deliver},
	{"memory", (*bench).memory},
	{"encrypted", (*bench).encrypted},
	{"bot", (*bench).bot},
	{"million", (*bench).million},
	{"start", (*bench).start},
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	b := &bench{stderr: stderr, report: newReport(stdout)}
	pattern := flags.String("run", "", "run only the benchmarks whose name matches this `regexp`: accept, format, deliver, memory, encrypted, bot, million, start")
	where := flags.String("dir", os.TempDir(), "the `folder` for databases; the speed of its disk matters")
	flags.IntVar(&b.rounds, "rounds", 7, "rounds of each measurement")
	flags.BoolVar(&b.short, "short", false, "shorter rounds and a tenth of the million: to see that it works")
	flags.BoolVar(&b.synapse, "synapse", false, "also measure with encrypted rooms on a real Synapse, which is fetched from Debian")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	wanted, err := regexp.Compile(*pattern)
	if err != nil {
		return err
	}
	if b.rounds < 1 {
		return errors.New("-rounds must be at least 1")
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp(*where, "lotus-hooks-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	defer b.killRest()
	if err := b.findBinary(ctx); err != nil {
		return err
	}
	if err := b.report.machine(b.dir, b.rounds); err != nil {
		return err
	}
	for _, m := range benchmarks {
		if !wanted.MatchString(m.name) {
			continue
		}
		fmt.Fprintln(stderr, "measuring:", m.name)
		if runErr := m.run(b, ctx); runErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", m.name, runErr))
		}
	}
	b.report.print()
	return err
}

// findBinary uses the program that LOTUS_HOOKS_BINARY names, or builds it.
func (b *bench) findBinary(ctx context.Context) error {
	if b.binary = os.Getenv("LOTUS_HOOKS_BINARY"); b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.dir, "lotus-hooks")
	return b.build(ctx, b.binary, "./cmd/lotus-hooks")
}

// build builds one of our programs.
func (b *bench) build(ctx context.Context, file, program string) error {
	build := exec.CommandContext(ctx, "go", "build", "-tags", "goolm", "-o", file, program)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = b.stderr, b.stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build %s: %w", program, err)
	}
	return nil
}
