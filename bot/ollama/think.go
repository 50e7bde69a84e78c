package ollama

import "strings"

const (
	thinkBegins = "<think>"
	thinkEnds   = "</think>"
)

// Spoken returns what a model says without what it thinks, of an answer that may not be
// complete. Servers and models that do not know Ollama's field for thoughts put them in
// front, between <think> and </think>; some leave out the first of the two, because it is
// the end of what they were asked.
func Spoken(answer string) string {
	text := strings.TrimSpace(answer)
	if text != "" && len(text) < len(thinkBegins) && strings.HasPrefix(thinkBegins, text) {
		return ""
	}
	if inside, ok := strings.CutPrefix(text, thinkBegins); ok {
		_, spoken, _ := strings.Cut(inside, thinkEnds)
		return strings.TrimSpace(spoken)
	}
	if before, spoken, ok := strings.Cut(text, "\n"+thinkEnds+"\n"); ok && !strings.Contains(before, thinkBegins) {
		return strings.TrimSpace(spoken)
	}
	return text
}
