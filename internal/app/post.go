package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
	"code.lotusguild.org/LotusGuild/lotus-hooks/testdata/payloads"
)

// Send posts a payload to a hook of the running gateway and prints its answer: the named
// file, or the first sample of the hook's service.
func Send(ctx context.Context, e Env, hook, file string) error {
	cfg, err := e.loadConfig()
	if err != nil {
		return err
	}
	h, err := findHook(cfg, hook)
	if err != nil {
		return err
	}
	var sample payloads.Sample
	if file != "" {
		sample, err = readSample(ctx, e, file)
	} else if all := payloads.Of(h.Service); len(all) > 0 {
		sample = all[0]
	} else {
		err = fmt.Errorf("there is no sample of %s: name a file", h.Service)
	}
	if err != nil {
		return err
	}
	if sample.Header = sample.Header.Clone(); sample.Header == nil {
		sample.Header = http.Header{}
	}
	if err := addCredentials(sample.Header, h.Auth, sample.Body, time.Now()); err != nil {
		return err
	}
	answer, err := post(ctx, "http://"+local(string(cfg.Gateway.Listen))+"/webhook/"+h.ID.Reveal(), sample)
	if err != nil {
		// The address holds the hook's id, so the error's own text is not shown.
		return fmt.Errorf("the gateway at %s does not answer: is lotus-hooks running?", cfg.Gateway.Listen)
	}
	if _, err = fmt.Fprintln(e.Stdout, answer); err == nil && answer[0] != '2' {
		err = errors.New("the gateway did not accept it")
	}
	return err
}

func findHook(cfg *config.Config, name string) (config.Hook, error) {
	var names []string
	for _, h := range cfg.Hooks {
		if h.Name == name {
			return h, nil
		}
		names = append(names, h.Name)
	}
	return config.Hook{}, fmt.Errorf("there is no hook %q: the hooks are %s", name, strings.Join(names, ", "))
}

// local is a listening address as this machine reaches it.
func local(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// hopHeaders belong to the connection on which a sample was captured.
var hopHeaders = []string{"Connection", "Content-Length", "Transfer-Encoding", "Host", "Accept-Encoding"}

// direct asks no proxy, which would see the hook's id.
var direct = &http.Client{Transport: &http.Transport{}}

// post sends a sample as its service would, and returns the status and body of the answer.
func post(ctx context.Context, url string, s payloads.Sample) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if s.Query != "" {
		url += "?" + s.Query
	}
	req, err := http.NewRequestWithContext(ctx, s.Method, url, bytes.NewReader(s.Body))
	if err != nil {
		return "", err
	}
	req.Header = s.Header.Clone()
	for _, h := range hopHeaders {
		req.Header.Del(h)
	}
	resp, err := direct.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end below
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(resp.Status + " " + string(body)), nil
}
