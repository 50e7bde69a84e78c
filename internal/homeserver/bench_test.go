package homeserver_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/homeserver"
)

// BenchmarkSend measures sends of 2 KB cards to 16 rooms: by the server alone, and with HTTP
// and its client on the same cores. It is there for 10,000 a second and core, so that what
// is measured in front of this server is not this server.
func BenchmarkSend(b *testing.B) {
	card := fmt.Sprintf(`{"msgtype":"m.notice","body":%q,"format":"org.matrix.custom.html","formatted_body":%q,"m.mentions":{}}`,
		strings.Repeat("firing on host-1. ", 30), strings.Repeat("<b>firing</b> on <code>host-1</code>. ", 35))
	run := func(b *testing.B, do func(*homeserver.Server) func(*http.Request) int) {
		server, _ := bridge(b, homeserver.Options{KeepEvents: 1000})
		rooms := make([]string, 16)
		for i := range rooms {
			room, err := server.CreateRoom("@owner:"+domain, homeserver.RoomOptions{Public: true})
			must(b, err)
			direct(b, server, "POST", "join/"+room+bare, `{}`)
			rooms[i] = room
		}
		send := do(server)
		var serial atomic.Int64
		b.ReportAllocs()
		b.SetParallelism(16)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				n := serial.Add(1)
				req := httptest.NewRequest(http.MethodPut, fmt.Sprintf("/_matrix/client/v3/rooms/%s/send/m.room.message/t%d%s",
					rooms[n%16], n, withDevice), strings.NewReader(card))
				req.Header.Set("Authorization", "Bearer "+asToken)
				if status := send(req); status != http.StatusOK {
					b.Errorf("status %d", status)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	}
	b.Run("Server", func(b *testing.B) {
		run(b, func(server *homeserver.Server) func(*http.Request) int {
			return func(r *http.Request) int {
				w := httptest.NewRecorder()
				server.ServeHTTP(w, r)
				return w.Code
			}
		})
	})
	b.Run("HTTP", func(b *testing.B) {
		run(b, func(server *homeserver.Server) func(*http.Request) int {
			web := httptest.NewServer(server)
			b.Cleanup(web.Close)
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			return func(r *http.Request) int {
				r.URL.Scheme, r.URL.Host, r.RequestURI = "http", strings.TrimPrefix(web.URL, "http://"), ""
				resp, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return 0
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				return resp.StatusCode
			}
		})
	})
}
