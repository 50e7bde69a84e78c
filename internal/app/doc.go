// Package app is the one place where the parts of lotus-hooks meet: it reads the
// configuration, makes the parts, joins each part's interfaces to the others, and starts
// and stops them in order. Each subcommand of the program is a function here.
package app
