package deploy_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	hookPath = "/webhook/2f1c-secret-id"
	maxBody  = 2 << 20 // gateway.max_body
)

// TestProxies puts each reverse proxy in front of a gateway, posts through it as services do,
// and reads its logs.
func TestProxies(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T, listen, gateway string) (logs func() string){
		"nginx": func(t *testing.T, listen, gateway string) func() string {
			t.Helper()
			return startNginx(t, listen, swap(t, read(t, "nginx.conf"), "127.0.0.1:9003", gateway))
		},
		"nginx-proxy-manager": func(t *testing.T, listen, gateway string) func() string {
			t.Helper()
			return startNginx(t, listen, swap(t, read(t, "nginx-proxy-manager.conf"), "192.0.2.10:9003", gateway))
		},
		"Caddy": startCaddy,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway := startGateway(t)
			listen := freeAddress(t)
			logs := start(t, listen, gateway.Listener.Addr().String())
			await(t, "http://"+listen+"/")

			body := bytes.Repeat([]byte("x"), maxBody)
			status, answer := post(t, "http://"+listen+hookPath+"?a=%20b", body)
			if want := fmt.Sprintf("POST %s?a=%%20b 127.0.0.1 %d", hookPath, maxBody); status != http.StatusAccepted || answer != want {
				t.Errorf("%d %s; want %s", status, answer, want)
			}
			if _, answer := post(t, "http://"+listen+"/elsewhere", nil); strings.HasPrefix(answer, "POST") {
				t.Errorf("/elsewhere is forwarded: %s", answer)
			}
			gateway.Close()
			if status, _ := post(t, "http://"+listen+hookPath, nil); status != http.StatusBadGateway {
				t.Errorf("without a gateway, the answer is %d", status)
			}
			said := logs()
			if strings.Contains(said, "secret") {
				t.Errorf("the logs hold the hook's id:\n%s", said)
			}
			if !strings.Contains(said, "elsewhere") && name != "Caddy" { // Caddy logs nothing unless told to
				t.Errorf("the logs are not read: %s", said)
			}
		})
	}
}

// startGateway starts what says how a request reached it.
func startGateway(t *testing.T) *httptest.Server {
	t.Helper()
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = fmt.Fprintf(w, "%s %s %s %d", r.Method, r.RequestURI, r.Header.Get("X-Forwarded-For"), n)
	}))
	t.Cleanup(gateway.Close)
	return gateway
}

// startNginx runs nginx with a snippet in its server block.
func startNginx(t *testing.T, listen, snippet string) (logs func() string) {
	t.Helper()
	dir := t.TempDir()
	conf := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log;
events {}
http {
	access_log %[1]s/access.log;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server {
		listen %[2]s;
		location / { return 404; }
%[3]s
	}
}`, dir, listen, snippet)
	start(t, "nginx", "-p", dir, "-e", filepath.Join(dir, "error.log"), "-c", write(t, filepath.Join(dir, "nginx.conf"), conf))
	return func() string {
		return read(t, filepath.Join(dir, "access.log")) + read(t, filepath.Join(dir, "error.log"))
	}
}

// startCaddy runs Caddy with the example, but with a plain address in the place of a host.
func startCaddy(t *testing.T, listen, gateway string) (logs func() string) {
	t.Helper()
	dir := t.TempDir()
	conf := swap(t, read(t, "Caddyfile"), "127.0.0.1:9003", gateway)
	conf = swap(t, conf, "matrix.example.org {", "http://"+listen+" {")
	conf = strings.Replace(conf, "{\n", "{\n\tadmin off\n\tstorage file_system "+dir+"\n", 1)
	conf = swap(t, conf, "\tlog {\n", "\tlog {\n\t\toutput file "+filepath.Join(dir, "log")+"\n")
	start(t, "caddy", "run", "--adapter", "caddyfile", "--config", write(t, filepath.Join(dir, "Caddyfile"), conf))
	return func() string { return read(t, filepath.Join(dir, "log")) }
}

// start runs a server until the test's end.
func start(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(tool(t, name), args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_DATA_HOME=", "XDG_CONFIG_HOME=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", name, &out)
		}
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its address is wanted
	return l.Addr().String()
}

// await waits until something answers.
func await(t *testing.T, url string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get(url); err == nil {
			_ = resp.Body.Close()
			return
		}
	}
	t.Fatalf("nothing answers at %s", url)
}

func post(t *testing.T, url string, body []byte) (status int, answer string) {
	t.Helper()
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}
