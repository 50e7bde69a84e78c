//go:build race

package incident_test

// depth is less than without the race detector, with which all takes ten times as long and
// which has nothing to find where nothing runs side by side.
const depth = 4
