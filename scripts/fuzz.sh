#!/usr/bin/env bash
# Fuzzes all targets for so many seconds together. A finding is written to the package's
# testdata/fuzz, where it stays as a test. Each package's tests are built once.
set -euo pipefail
total=${1:?how many seconds for all targets together, such as 60}
corpus=$(go env GOCACHE)/fuzz
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT

targets() {
	git ls-files '*_test.go' | while read -r file; do
		sed -nE "s|^func (Fuzz[A-Za-z0-9]+)\(.*|$(dirname "$file") \1|p" "$file"
	done
}

# build makes a package's test program. Linking takes one core only, so they are built side by side.
build() { go test -tags goolm -c -fuzz . -o "$programs/${1//\//-}" "./$1"; }
export programs
export -f build
targets | cut -d ' ' -f 1 | sort -u | xargs -P "$(nproc)" -I {} bash -c 'build {}'

# fuzz runs a target, and keeps what it prints last.
fuzz() (
	cd "$1" || exit
	"$3" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$each" -test.fuzzminimizetime 20x \
		-test.fuzzcachedir "$corpus/$(go list .)" -test.paniconexit0 </dev/null 2>&1 | tee "$programs/printed"
)

# ended_late says whether a target failed only because its time was over while it was at work,
# which Go takes for a failure before 1.27 (golang.org/issue/75804). A finding is written.
ended_late() {
	! grep -q 'Failing input written' "$programs/printed" &&
		[ "$(tail -n 2 "$programs/printed")" = $'    context deadline exceeded\nFAIL' ]
}

each=$((total * 1000 / $(targets | wc -l)))ms
targets | while read -r package target; do
	program=$programs/${package//\//-}
	echo "fuzz $package $target for $each"
	fuzz "$package" "$target" "$program" || ended_late || exit 1
done
