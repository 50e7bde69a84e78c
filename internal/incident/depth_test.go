//go:build !race

package incident_test

// depth is how long the sequences are that TestEverySequence plays with the default policy.
const depth = 5
