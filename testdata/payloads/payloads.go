// Package payloads holds what each service puts on the wire, one file per event, for the
// tests, the demo and "lotus-hooks send". A .json or .txt file is a body; a .http file is
// a whole request. The .golden file beside a sample is what the sample becomes.
package payloads

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed */*.json */*.http */*.txt */*/*.json
var files embed.FS

// Sample is one request as its sender would make it.
type Sample struct {
	Service string // "sonarr"
	Name    string // path below the service's folder without its extension: "v5/Grab"
	Method  string
	Header  http.Header
	Query   string // raw, without "?"
	Body    []byte
}

// Path returns the sample's path below testdata/payloads, without its extension.
func (s Sample) Path() string { return s.Service + "/" + s.Name }

// Of returns the samples of one service in the order of their names; all when service is "".
func Of(service string) []Sample {
	var all []Sample
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		of, rest, _ := strings.Cut(name, "/")
		if service != "" && of != service {
			return nil
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		s, err := Parse(name, data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.Service, s.Name = of, strings.TrimSuffix(rest, path.Ext(rest))
		all = append(all, s)
		return nil
	})
	if err != nil {
		panic(err) // the files are part of the binary and each is read in a test
	}
	return all
}

// Parse reads a sample file: a whole request when its name ends in ".http", else a body,
// posted as JSON or, for ".txt", as plain text.
func Parse(name string, data []byte) (Sample, error) {
	switch path.Ext(name) {
	case ".http":
		return parseRequest(data)
	case ".txt":
		return Sample{Method: http.MethodPost, Header: http.Header{"Content-Type": {"text/plain"}}, Body: data}, nil
	}
	return Sample{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: data}, nil
}

func parseRequest(data []byte) (Sample, error) {
	r := bufio.NewReader(bytes.NewReader(data))
	req, err := http.ReadRequest(r)
	if err != nil {
		return Sample{}, fmt.Errorf("read request: %w", err)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return Sample{}, fmt.Errorf("read request body: %w", err)
	}
	if req.ContentLength == 0 && req.Header.Get("Content-Length") == "" { // written by hand: the rest is the body
		if body, err = io.ReadAll(r); err != nil {
			return Sample{}, fmt.Errorf("read request body: %w", err)
		}
	}
	return Sample{Method: req.Method, Header: req.Header, Query: req.URL.RawQuery, Body: body}, nil
}
