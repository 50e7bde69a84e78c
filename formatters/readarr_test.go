package formatters_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"code.lotusguild.org/LotusGuild/lotus-hooks/formatters"
)

const oneBook = `{"title":"Ebb","goodreadsId":"31","edition":{"goodreadsId":"41","isbn13":"9780000000301"},"releaseDate":"2024-02-29T00:00:00Z"}`

// readarrBody is a webhook about an author: its event, and members before it.
func readarrBody(event, members string) string {
	return fmt.Sprintf(`{"author":{"name":"Ann Tide","goodreadsId":"21","path":"/books/Ann Tide"},%s"instanceName":"Readarr","eventType":%q}`, members, event)
}

func TestReadarr(t *testing.T) {
	t.Parallel()
	const (
		author = "https://www.goodreads.com/author/show/21"
		book   = "https://www.goodreads.com/book/show/41 https://openlibrary.org/isbn/9780000000301 " + author
		work   = "https://www.goodreads.com/work/editions/31 " + author
	)
	for _, c := range []servarrCase{
		{"Grab", readarrBody("Grab", `"books":[`+oneBook+`],"release":{"quality":"EPUB","size":1024,"indexer":"Idx","releaseTitle":"Tide - Ebb","releaseGroup":"X"},"downloadClient":"box","downloadId":"AB",`), formatters.Info,
			"Grab|grabbed|Ann Tide – Ebb (2024)|", "EPUB · 1.0 KiB · Group X · Idx → box · Tide - Ebb", book, "open download:AB"},
		{"GrabWithoutEdition", readarrBody("Grab", `"books":[{"title":"Ebb","goodreadsId":31,"edition":null,"releaseDate":null}],`), formatters.Info, "Grab|grabbed|Ann Tide – Ebb|", "", work, ""},
		{"GrabTwoBooks", readarrBody("Grab", `"books":[`+oneBook+`,{"title":"Flow"}],`), formatters.Info, "Grab|grabbed|Ann Tide|2 books", "Ebb (2024), Flow", author, ""},
		{"GrabNulls", readarrBody("Grab", `"books":null,"release":null,"downloadId":null,`), formatters.Info, "Grab|grabbed|Ann Tide|", "", author, ""},
		{"GrabEverythingMissing", `{"eventType":"Grab"}`, formatters.Info, "Grab|grabbed|Readarr|", "", "", ""},
		{"GrabIDsMadeUp", `{"eventType":"Grab","author":{"name":"Tide","goodreadsId":"aaaaa-aaa-aaaa-aaaaaa"},"books":[{"title":"Ebb"}]}`, formatters.Info, "Grab|grabbed|Tide – Ebb|", "", "", ""},
		{"Import", readarrBody("Download", `"book":`+oneBook+`,"bookFiles":[{"quality":"EPUB","size":1024,"path":"/books/Ann Tide/Ebb.epub"}],"downloadId":"AB",`), formatters.Success,
			"Download|imported|Ann Tide – Ebb (2024)|", "EPUB · 1.0 KiB · Ebb.epub", book, "resolved download:AB"},
		{"ImportOfAudiobook", readarrBody("download", `"book":`+oneBook+`,"bookFiles":[{"quality":"M4B","size":1024,"path":"/books/Ann Tide/Ebb/1.m4b","sceneName":"Tide-X","releaseGroup":"X"},{"quality":"M4B","size":1024}],`), formatters.Success,
			"Download|imported|Ann Tide – Ebb (2024)|", "2 files · M4B · 2.0 KiB · Tide-X", book, ""},
		{"Upgrade", readarrBody("Download", `"book":`+oneBook+`,"isUpgrade":true,"deletedFiles":[{"quality":"PDF"}],"bookFiles":[{"quality":"EPUB"}],`), formatters.Success,
			"Download|upgraded|Ann Tide – Ebb (2024)|from PDF to EPUB", "", book, ""},
		{"Rename", readarrBody("Rename", `"renamedBookFiles":[{}],`), formatters.Info, "Rename|renamed|Ann Tide|1 file", "", "", ""},
		{"Retag", readarrBody("Retag", `"bookFile":{"path":"/books/Ann Tide/Ebb/1.m4b","sceneName":"Tide-X"},`), formatters.Muted, "Retag|retagged|Ann Tide|", "Ebb/1.m4b", "", ""},
		{"AuthorAdded", readarrBody("AuthorAdded", ""), formatters.Info, "AuthorAdded|added|Ann Tide|", "", author, ""},
		{"AuthorAddedAsLidarrWouldSay", readarrBody("authorAdd", ""), formatters.Info, "AuthorAdded|added|Ann Tide|", "", author, ""},
		{"AuthorDeleted", readarrBody("AuthorDelete", `"deletedFiles":true,`), formatters.Warning, "AuthorDelete|deleted|Ann Tide|and its files", "/books/Ann Tide", author, ""},
		{"BookDeleted", readarrBody("BookDelete", `"book":`+oneBook+`,"deletedFiles":false,`), formatters.Info, "BookDelete|deleted|Ann Tide – Ebb (2024)|, files kept", "", book, ""},
		{"BookFileDeleted", readarrBody("BookFileDelete", `"book":`+oneBook+`,"bookFile":{"quality":"M4B","size":1024,"path":"/books/Ann Tide/Ebb/1.m4b"},`), formatters.Warning,
			"BookFileDelete|file deleted|Ann Tide – Ebb (2024)|", "M4B · 1.0 KiB · Ebb/1.m4b", "", ""},
	} {
		c.run(t, "readarr")
	}
}

func TestReadarrItems(t *testing.T) {
	t.Parallel()
	n := toldServarr(t, "readarr", readarrBody("Grab", `"books":[`+strings.Repeat(oneBook+",", 3)+`{"title":null}],`))
	ebb := formatters.Item{Key: "Ebb (2024)", Subject: "Ebb (2024)", Severity: formatters.Info}
	want := []formatters.Item{ebb, ebb, ebb, {Severity: formatters.Info}}
	if diff := cmp.Diff(want, n.Items); diff != "" || n.Summary != "4 books" {
		t.Errorf("%q, items (-want +got):\n%s", n.Summary, diff)
	}
}
