package formatters

// Readarr tells eleven events, and never where it is itself. A grab and its import share an
// incident by their download's id. An import ends it; where one download holds several
// books, the first of them does.
//
// As with Sonarr, a warning is what needs a person or is a loss. Retag comes once per file
// and does not say what changed: that is noise, and so muted.

func init() {
	register(Service{
		Name:      "readarr",
		Title:     readarrTitle,
		Formatter: FormatterFunc(formatReadarr),
		Headers:   []string{"User-Agent"}, // "Readarr/0.4.18.2805 (alpine 3.21)"
	})
}

const readarrTitle = "Readarr"

type readarrWebhook struct {
	servarrWebhook
	Author           readarrAuthor   `json:"author"`
	Book             readarrBook     `json:"book"`
	Books            []readarrBook   `json:"books"`     // Grab
	BookFile         servarrFile     `json:"bookFile"`  // Retag, BookFileDelete
	BookFiles        []servarrFile   `json:"bookFiles"` // of an audiobook, many
	RenamedBookFiles []servarrRename `json:"renamedBookFiles"`
}

type readarrAuthor struct {
	Name        text   `json:"name"`
	Path        text   `json:"path"`
	GoodreadsID number `json:"goodreadsId"` // a quoted number
}

type readarrBook struct {
	Title       text   `json:"title"`
	GoodreadsID number `json:"goodreadsId"` // of the work, which has many editions
	ReleaseDate text   `json:"releaseDate"` // "2024-02-29T00:00:00Z"
	Edition     struct {
		GoodreadsID number `json:"goodreadsId"`
		ISBN13      number `json:"isbn13"`
	} `json:"edition"`
}

// formatReadarr tells the webhooks of Readarr 0.3 and 0.4.
func formatReadarr(p Payload) (Notification, error) {
	w := readarrWebhook{servarrWebhook: servarrWebhook{program: readarrTitle}}
	if err := decodeServarr(p, &w); err != nil {
		return Notification{}, err
	}
	n, ok := w.system(p)
	if ok {
		return n, nil
	}
	m := w.matter()
	w.begin(&n, m)
	switch w.event() {
	case "authoradded", "authoradd":
		w.added(&n, m, "AuthorAdded")
	case "authordelete":
		w.deleted(&n, m, "AuthorDelete", Fact{Value: string(w.Author.Path), Code: true})
	case "bookdelete":
		w.deleted(&n, m, "BookDelete")
	case "bookfiledelete": // without a reason
		w.fileDeleted(&n, m, "BookFileDelete")
	default:
		if !w.tell(&n, m) {
			w.unknown(&n, p, m, "author", "book", "books")
		}
	}
	return n, nil
}

func (w *readarrWebhook) matter() *servarrMatter {
	author := &w.Author
	goodreads := idLink("Goodreads", "https://www.goodreads.com/author/show/", author.GoodreadsID, "")
	m := &servarrMatter{
		subject: firstText(author.Name),
		links:   knownLinks(goodreads),
		folder:  author.Path,
		files:   w.BookFiles,
		renamed: w.RenamedBookFiles,
		atOnce:  true,
	}
	if m.files == nil {
		m.files = []servarrFile{w.BookFile}
	}
	books := w.Books
	if w.Book.Title != "" {
		books = []readarrBook{w.Book}
	}
	switch len(books) {
	case 0:
	case 1:
		goodreads.Text = "Author"
		m.subject = credited(m.subject, books[0].name())
		m.links = append(books[0].links(), knownLinks(goodreads)...)
	default:
		m.label = counted(len(books), "book")
		m.about, m.items = readarrBooks(books)
	}
	if len(w.BookFiles) > 1 {
		m.about = counted(len(w.BookFiles), "file")
	}
	return m
}

// readarrBooks names a few books, or makes items of more of them.
func readarrBooks(books []readarrBook) (few string, items []Item) {
	names := make([]string, len(books))
	for i, b := range books {
		names[i] = b.name()
		items = append(items, Item{Key: names[i], Subject: names[i]})
	}
	if len(books) <= fewParts {
		return joinWords(", ", names...), nil
	}
	return "", items
}

// name returns "Title (2024)".
func (b *readarrBook) name() string {
	return titleWithYear(text(firstText(b.Title)), yearOf(b.ReleaseDate))
}

// links are the book's pages in public databases: its edition, or else its work.
func (b *readarrBook) links() []Link {
	book := idLink("Goodreads", "https://www.goodreads.com/book/show/", b.Edition.GoodreadsID, "")
	if book.URL == "" {
		book = idLink("Goodreads", "https://www.goodreads.com/work/editions/", b.GoodreadsID, "")
	}
	return knownLinks(book, idLink("Open Library", "https://openlibrary.org/isbn/", b.Edition.ISBN13, ""))
}
