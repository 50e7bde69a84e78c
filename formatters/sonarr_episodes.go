package formatters

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type sonarrEpisode struct {
	SeasonNumber  number `json:"seasonNumber"` // 0: specials; of a daily series, the year
	EpisodeNumber number `json:"episodeNumber"`
	Title         text   `json:"title"`      // "TBA" when it is not known yet
	AirDate       text   `json:"airDate"`    // "2026-03-14", where the network is
	FinaleType    text   `json:"finaleType"` // since 5: series, season, midseason
}

func (w *sonarrWebhook) isAnime() bool { return strings.EqualFold(string(w.Series.Type), "anime") }
func (w *sonarrWebhook) isDaily() bool { return strings.EqualFold(string(w.Series.Type), "daily") }

// label names the episodes as people do: "S02E03–E04, E06", "season 2 (24 episodes)",
// "special 1", and for a daily series "2026-03-14".
func (w *sonarrWebhook) label() string {
	seasons, total := seasonsOf(w.Episodes), 0
	for _, s := range seasons {
		total += len(s.episodes)
	}
	if dates := w.airDates(); len(dates) > 0 {
		if len(dates) > fewParts {
			return fmt.Sprintf("%s to %s (%d episodes)", dates[0], dates[len(dates)-1], max(total, len(dates)))
		}
		return strings.Join(dates, ", ")
	}
	if len(seasons) > 2 {
		numbers := make([]int, len(seasons))
		for i, s := range seasons {
			numbers[i] = s.number
		}
		return fmt.Sprintf("seasons %s (%d episodes)", ranges(numbers, strconv.Itoa), total)
	}
	labels := make([]string, len(seasons))
	for i, s := range seasons {
		if len(seasons) == 1 && s.isFromStart() && w.isSeasonPack() {
			return fmt.Sprintf("season %d (%d episodes)", s.number, len(s.episodes))
		}
		labels[i] = s.label()
	}
	return strings.Join(labels, ", ")
}

// airDates returns the dates of a daily series' episodes in their order; none unless all
// are known.
func (w *sonarrWebhook) airDates() []string {
	if !w.isDaily() {
		return nil
	}
	dates := make([]string, 0, len(w.Episodes))
	for _, e := range w.Episodes {
		if !yearOf(e.AirDate).Known { // nor is year 1
			return nil
		}
		dates = append(dates, string(e.AirDate))
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// titles names up to a few episodes by title; more of them are items.
func (w *sonarrWebhook) titles() string {
	if len(w.Episodes) > fewParts {
		return ""
	}
	titles := make([]string, len(w.Episodes))
	for i, e := range w.Episodes {
		titles[i] = e.title()
	}
	return joinWords(", ", titles...)
}

// items lists the episodes, each by its season and number. A few of them are said by label
// and titles.
func (w *sonarrWebhook) items() []Item {
	few := len(w.Episodes) <= fewParts
	items := make([]Item, 0, len(w.Episodes))
	for _, e := range w.Episodes {
		label := e.label()
		if w.isDaily() {
			label = cmp.Or(string(e.AirDate), label)
		}
		if it := (Item{Key: e.key(), Subject: label, Text: e.title(), Said: few}); it.Key != "" || !few {
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return strings.Compare(a.Key, b.Key) })
	return items
}

// episodeInTitle finds what a release of single episodes has in its title, and that of a
// season has not: "S01E02", "1x02", "E02", " - 02".
var episodeInTitle = regexp.MustCompile(`(?i)s\d+[ ._-]*e\d|\b\d{1,2}x\d{2}|\bep?[ ._]?\d| - \d`)

// isSeasonPack reports whether a download is the release of a season. A grab does not say
// so, but its release's title does. One file of it, which may hold two episodes, is none.
func (w *sonarrWebhook) isSeasonPack() bool {
	if w.event() == "download" && !w.isImportComplete() {
		return false
	}
	switch strings.ToLower(string(w.Release.ReleaseType)) {
	case "seasonpack":
		return true
	case "singleepisode", "multiepisode":
		return false
	}
	title := string(w.Release.ReleaseTitle)
	return title != "" && len(w.Episodes) > 1 && !episodeInTitle.MatchString(title)
}

// title returns the episode's title, if it has one yet.
func (e sonarrEpisode) title() string {
	title := firstText(e.Title)
	if strings.EqualFold(title, "TBA") {
		title = ""
	}
	switch finale := strings.ToLower(string(e.FinaleType)); finale {
	case "series", "season", "midseason":
		title = strings.TrimSpace(title + " (" + finale + " finale)")
	}
	return title
}

// place returns the season and number, if both are known.
func (e sonarrEpisode) place() (season, episode int, ok bool) {
	const limit = 1e6
	season, knownSeason := e.SeasonNumber.whole(limit)
	episode, knownEpisode := e.EpisodeNumber.whole(limit)
	return season, episode, knownSeason && knownEpisode
}

// key returns "S02E03", for specials too.
func (e sonarrEpisode) key() string {
	season, episode, ok := e.place()
	if !ok {
		return ""
	}
	return fmt.Sprintf("S%02dE%02d", season, episode)
}

// label returns "S02E03" or "special 1".
func (e sonarrEpisode) label() string {
	if season, episode, ok := e.place(); ok {
		return sonarrSeason{season, []int{episode}}.label()
	}
	return ""
}

// sonarrSeason is some episodes of a season, in their order.
type sonarrSeason struct {
	number   int
	episodes []int
}

// seasonsOf sorts episodes into their seasons, each episode once.
func seasonsOf(episodes []sonarrEpisode) []sonarrSeason {
	var seasons []sonarrSeason
	for _, e := range episodes {
		season, episode, ok := e.place()
		if !ok {
			continue
		}
		i, found := slices.BinarySearchFunc(seasons, season, func(s sonarrSeason, n int) int { return cmp.Compare(s.number, n) })
		if !found {
			seasons = slices.Insert(seasons, i, sonarrSeason{number: season})
		}
		seasons[i].episodes = append(seasons[i].episodes, episode)
	}
	for i, s := range seasons {
		slices.Sort(s.episodes)
		seasons[i].episodes = slices.Compact(s.episodes)
	}
	return seasons
}

// isFromStart reports whether the episodes are several of a real season, from its first
// one without a gap.
func (s sonarrSeason) isFromStart() bool {
	count := len(s.episodes)
	return s.number > 0 && count > 1 && s.episodes[0] <= 1 && s.episodes[count-1]-s.episodes[0] == count-1
}

// label returns "S02E03–E04, E06" or "specials 1–2".
func (s sonarrSeason) label() string {
	if s.number > 0 {
		return fmt.Sprintf("S%02d", s.number) + ranges(s.episodes, func(n int) string { return fmt.Sprintf("E%02d", n) })
	}
	if len(s.episodes) == 1 {
		return "special " + strconv.Itoa(s.episodes[0])
	}
	return "specials " + ranges(s.episodes, strconv.Itoa)
}

// ranges joins sorted numbers, those without a gap between them as "first–last".
func ranges(numbers []int, write func(int) string) string {
	var b strings.Builder
	for i := 0; i < len(numbers); i++ {
		first := i
		for i+1 < len(numbers) && numbers[i+1] == numbers[i]+1 {
			i++
		}
		if first > 0 {
			b.WriteString(", ")
		}
		b.WriteString(write(numbers[first]))
		if i > first {
			b.WriteString("–" + write(numbers[i]))
		}
	}
	return b.String()
}
