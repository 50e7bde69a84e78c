#!/usr/bin/env bash
# Fuzzes all targets for so many seconds together. A finding is written to the package's
# testdata/fuzz, where it stays as a test.
set -euo pipefail
total=${1:?how many seconds for all targets together, such as 60}

targets() {
	git ls-files '*_test.go' | while read -r file; do
		sed -nE "s|^func (Fuzz[A-Za-z0-9]+)\(.*|./$(dirname "$file") \1|p" "$file"
	done
}
each=$((total * 1000 / $(targets | wc -l)))ms
targets | while read -r package target; do
	echo "fuzz $package $target for $each"
	go test -tags goolm "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$each" -fuzzminimizetime 20x </dev/null
done
