package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// lifecycle runs the program's background work and ends it in the reverse order of its
// start: what others rely on ends last.
type lifecycle struct {
	log   *slog.Logger
	parts []part
	fail  chan error // the first part that ends by itself with an error
}

// part is something that runs or is open.
type part struct {
	name string
	end  func() error
}

func newLifecycle(log *slog.Logger) *lifecycle {
	return &lifecycle{log: log, fail: make(chan error, 1)}
}

// onEnd has a function called when the program ends.
func (l *lifecycle) onEnd(name string, end func() error) {
	l.parts = append(l.parts, part{name, end})
}

// run starts background work. Its context is cancelled when it is its turn to end, and its
// end is waited for. Work that fails before ends the program.
func (l *lifecycle) run(name string, work func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	var result error
	done.Go(func() {
		result = work(ctx)
		if result != nil && ctx.Err() == nil {
			select {
			case l.fail <- fmt.Errorf("%s: %w", name, result):
			default:
			}
		}
	})
	l.onEnd(name, func() error {
		cancel()
		done.Wait()
		if errors.Is(result, context.Canceled) {
			return nil
		}
		return result
	})
}

// wait returns when ctx ends or a part has failed.
func (l *lifecycle) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-l.fail:
		return err
	}
}

// end ends all parts, the last one first.
func (l *lifecycle) end() error {
	var errs []error
	for i := len(l.parts) - 1; i >= 0; i-- {
		p := l.parts[i]
		if err := p.end(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.name, err))
		}
		l.log.Debug("ended", "part", p.name)
	}
	l.parts = nil
	return errors.Join(errs...)
}
