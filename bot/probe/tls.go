package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"
)

// TLS wants a certificate that is trusted, and is so for some time yet.
type TLS struct {
	Address string         // host:port; the certificate must be the host's
	Left    time.Duration  // how long it must last
	Roots   *x509.CertPool // whose certificates are trusted; nil is as the system has it
	Now     func() time.Time
}

const day = 24 * time.Hour

// Target implements Check.
func (t TLS) Target() string { return t.Address }

// Ask implements Check.
func (t TLS) Ask(ctx context.Context, d Dialer) (string, error) {
	host, _, err := net.SplitHostPort(t.Address)
	if err != nil {
		return "", err
	}
	conn, end, err := dial(ctx, d, "tcp", t.Address)
	if err != nil {
		return "", err
	}
	defer end()
	secured := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: t.Roots, Time: t.Now, MinVersion: tls.VersionTLS12})
	if err := secured.HandshakeContext(ctx); err != nil {
		return "", untrusted(err)
	}
	ends := secured.ConnectionState().PeerCertificates[0].NotAfter
	left := ends.Sub(t.Now())
	note := count(int(left/day), "day") + " left"
	if left < t.Left {
		return "", &Trouble{Text: "its certificate has " + note, Cause: fmt.Errorf("it ends at %s", ends.Format(time.RFC3339))}
	}
	return note, nil
}

// untrusted says what is wrong with a certificate, if an error is about one.
func untrusted(err error) error {
	var invalid x509.CertificateInvalidError
	var failed *tls.CertificateVerificationError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return &Trouble{Text: "its certificate has ended", Cause: err}
	case errors.As(err, &failed):
		return &Trouble{Text: "its certificate is not trusted", Cause: err}
	}
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
