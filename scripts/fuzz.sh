#!/usr/bin/env bash
# Fuzzes all targets for so many seconds together, as many at once as there are processors. A
# finding is written to the package's testdata/fuzz, where it stays as a test. Each package's
# tests are built once.
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

# side_by_side calls a function with so many of the words that it reads at a time. The first
# call that fails ends all.
side_by_side() { xargs -P "$(nproc)" -n "$2" bash -euo pipefail -c "$1 \"\$@\" || exit 255" "$1"; }

# build makes a package's test program.
build() { go test -tags goolm -c -fuzz . -o "$programs/${1//\//-}" "./$1"; }

# fuzz fuzzes a target of a package, and then prints what it had to say.
fuzz() {
	local package=$1 target=$2 status=0
	local printed=$programs/${package//\//-}-$target.printed
	(cd "$package" && "$programs/${package//\//-}" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$each" \
		-test.fuzzminimizetime 20x -test.parallel 1 -test.fuzzcachedir "$corpus/$package" -test.paniconexit0) \
		</dev/null >"$printed" 2>&1 || status=1
	echo "fuzzed $package $target for $each"
	cat "$printed"
	[ $status = 0 ] || ended_late "$printed"
}

# ended_late says whether a target failed only because its time was over while it was at work,
# which Go takes for a failure before 1.27 (golang.org/issue/75804). A finding is written.
ended_late() {
	! grep -q 'Failing input written' "$1" && [ "$(tail -n 2 "$1")" = $'    context deadline exceeded\nFAIL' ]
}

each=$((total * 1000 / $(targets | wc -l)))ms
export programs corpus each
export -f build fuzz ended_late
targets | cut -d ' ' -f 1 | sort -u | side_by_side build 1
targets | side_by_side fuzz 2
