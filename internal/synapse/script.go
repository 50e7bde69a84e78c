// Package synapse holds the script that runs a real Synapse from Debian's package, without
// root and without installing anything. The tests and the demo use it; people may run it by
// hand.
package synapse

import _ "embed"

// Script is synapse.sh; without arguments it prints its help.
//
//go:embed synapse.sh
var Script []byte
