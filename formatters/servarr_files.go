package formatters

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// servarrFile is a file in the library, or one that was.
type servarrFile struct {
	servarrQuality
	RelativePath text          `json:"relativePath"` // below the series' or film's folder; not in Lidarr and Readarr
	Path         text          `json:"path"`
	ReleaseGroup text          `json:"releaseGroup"`
	SceneName    text          `json:"sceneName"` // the release's title, if it came from one
	Size         number        `json:"size"`      // bytes
	Languages    []servarrName `json:"languages"`
	MediaInfo    servarrMedia  `json:"mediaInfo"`
}

// servarrRename is one renamed file. Lidarr and Readarr have no relative paths.
type servarrRename struct {
	RelativePath         text `json:"relativePath"`
	Path                 text `json:"path"`
	PreviousRelativePath text `json:"previousRelativePath"`
	PreviousPath         text `json:"previousPath"`
}

// words returns "old → new", as seen from a folder.
func (r servarrRename) words(folder text) string {
	return joinWords(" → ",
		firstText(r.PreviousRelativePath, below(folder, r.PreviousPath)),
		firstText(r.RelativePath, below(folder, r.Path)))
}

// servarrDeleted is "deletedFiles": in a Download, the files that it replaced; of a deleted
// series, film, artist, album, author or book, whether the files went too.
type servarrDeleted struct {
	Files []servarrFile
	Known bool // it is a boolean
	All   bool // it is true
}

// UnmarshalJSONFrom reads a list of files or a boolean.
func (d *servarrDeleted) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*d = servarrDeleted{}
	if dec.PeekKind() == '[' {
		return json.UnmarshalDecode(dec, &d.Files)
	}
	var b boolean
	err := json.UnmarshalDecode(dec, &b)
	d.Known, d.All = b.Known, b.Value
	return err
}

// outcome says what became of the files of something that was deleted. Files that are gone
// are a loss, and so a warning.
func (d servarrDeleted) outcome() (summary string, severity Severity) {
	switch {
	case !d.Known:
		return "", Warning
	case d.All:
		return "and its files", Warning
	}
	return ", files kept", Info
}

// qualityWords names the qualities of files, each once.
func qualityWords(files []servarrFile, numbered bool) string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.words(numbered)
	}
	return joinWords(", ", all...)
}

// totalSize returns the size of files together, in bytes.
func totalSize(files []servarrFile) number {
	var sum number
	for _, f := range files {
		sum.Value += f.Size.Value
	}
	return sum
}

// sceneName returns the release's title that files came from; "" when they differ in it.
func sceneName(files []servarrFile) string {
	title := ""
	for _, f := range files {
		switch name := firstText(f.SceneName); {
		case title == "":
			title = name
		case name != "" && name != title:
			return ""
		}
	}
	return title
}

// commonPath returns the path of a file, or of the folder that several of them share, as
// seen from another folder; "" when they share none below it.
func commonPath(files []servarrFile, from text) string {
	if len(files) == 0 {
		return ""
	}
	path := files[0].place(from)
	for _, f := range files[1:] {
		other := f.place(from)
		for path != "" && path != other && below(text(path), text(other)) == text(other) {
			path = path[:max(strings.LastIndexAny(path, `/\`), 0)]
		}
	}
	return path
}

// place returns a file's path as seen from a folder.
func (f servarrFile) place(from text) string {
	return firstText(f.RelativePath, below(from, f.Path))
}

// below returns a path as seen from a folder that it is in, and any other path as it is.
func below(folder, path text) text {
	folder = text(strings.TrimRight(string(folder), `/\`))
	rest, ok := strings.CutPrefix(string(path), string(folder))
	if !ok || folder == "" || rest == "" || rest[0] != '/' && rest[0] != '\\' {
		return path
	}
	return text(strings.TrimLeft(rest, `/\`))
}
