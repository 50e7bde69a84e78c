package probe

import "context"

// TCP wants a port to take connections.
type TCP struct{ Address string }

// Target implements Check.
func (t TCP) Target() string { return t.Address }

// Ask implements Check.
func (t TCP) Ask(ctx context.Context, d Dialer) (string, error) {
	_, end, err := dial(ctx, d, "tcp", t.Address)
	if err != nil {
		return "", err
	}
	end()
	return "", nil
}
