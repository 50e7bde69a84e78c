#!/usr/bin/env bash
# Fuzzes every target for the given time each, such as 6s. A finding is written to the
# package's testdata/fuzz, where it stays as a test.
set -euo pipefail
time=${1:?how long for each target, such as 6s}

git ls-files '*_test.go' | while read -r file; do
	sed -nE 's/^func (Fuzz[A-Za-z0-9]+)\(.*/\1/p' "$file" | while read -r target; do
		echo "fuzz $(dirname "$file") $target"
		go test -tags goolm "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 20x </dev/null
	done
done
