package formatters

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// alertValue is what a query or expression of the rule came to.
type alertValue struct {
	ref   string
	value float64
}

// name of a value on the card: the query's id only says something to who wrote the rule.
func (v alertValue) name(over, alone bool) string {
	switch {
	case !alone || !grafanaRefID.MatchString(v.ref):
		return v.ref
	case over:
		return "Last value"
	}
	return "Value"
}

// grafanaRefID is an id that Grafana gave: "A", or "B0" for a classic condition.
var grafanaRefID = regexp.MustCompile(`^[A-Z]\d*$`)

// values returns the measured values by query id. An alert without data has none: Grafana
// writes -1 for each, also where the alert keeps its last state. Nor is the rule's condition one.
func (a *groupAlert) values() []alertValue {
	if a.blind() || a.hasReason("NoData") || a.hasReason("Error") {
		return nil
	}
	var values []alertValue
	for ref, v := range a.Values {
		if v.Known && !math.IsNaN(v.Value) {
			values = append(values, alertValue{oneLine(ref), v.Value})
		}
	}
	slices.SortFunc(values, func(x, y alertValue) int { return strings.Compare(x.ref, y.ref) })
	if len(values) > 1 {
		values = withoutCondition(values)
	}
	return reducedOnce(values)
}

// withoutCondition leaves out the rule's condition, which is 0 or 1: the one that is named so,
// else the last of Grafana's own ids, wherever a query with a name of its own sorts. "A" is
// what a rule begins with.
func withoutCondition(values []alertValue) []alertValue {
	condition := func(v alertValue) bool {
		return strings.EqualFold(v.ref, "threshold") || strings.EqualFold(v.ref, "condition")
	}
	if !slices.ContainsFunc(values, condition) {
		last := ""
		for _, v := range values {
			if len(v.ref) == 1 && v.ref > "A" && v.ref <= "Z" {
				last = v.ref
			}
		}
		condition = func(v alertValue) bool { return last != "" && v.ref == last }
	}
	return slices.DeleteFunc(values, func(v alertValue) bool { return condition(v) && (v.value == 0 || v.value == 1) })
}

// reducedOnce leaves one of a query and its reductions where they came to the same: of a
// query "A" with the reduction "B", both are in the payload.
func reducedOnce(values []alertValue) []alertValue {
	for _, v := range values {
		if v.value != values[0].value || !grafanaRefID.MatchString(v.ref) {
			return values
		}
	}
	return values[:min(len(values), 1)]
}

// valueWords lists values behind an alert's name: "value 5", or "A 5, B 7".
func valueWords(values []alertValue) string {
	var words []string
	for _, v := range values {
		name := v.name(false, len(values) == 1)
		if name == "Value" {
			name = "value"
		}
		words = append(words, name+" "+plainNumber(v.value))
	}
	return strings.Join(words, ", ")
}

// plainNumber writes a number as people read it: whole, with at most two decimals, or, where
// it is very small or large, with four digits and an exponent: "93600", "97.32", "1e21".
func plainNumber(f float64) string {
	size := math.Abs(f)
	switch {
	case f == math.Trunc(f) && size < 1e15:
		return strconv.FormatFloat(f, 'f', -1, 64)
	case size >= 1 && size < 1e15:
		return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
	case size >= 1e-3 && size < 1:
		return strconv.FormatFloat(f, 'g', 3, 64)
	}
	mantissa, exponent, ok := strings.Cut(strconv.FormatFloat(f, 'e', 3, 64), "e")
	if !ok { // infinite
		return mantissa
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	e, _ := strconv.Atoi(exponent)
	return fmt.Sprintf("%se%d", mantissa, e)
}
