#!/usr/bin/env bash
# Installs what the checks need on a Debian machine: a PostgreSQL server, Chromium, an
# independent Matrix client (matrix-nio), and the C compiler that the race detector needs.
# What is there already is left alone. Elsewhere, it says what is missing.
set -euo pipefail

declare -A needs=(
	[postgresql]='/usr/lib/postgresql/*/bin/initdb'
	[chromium]='/usr/bin/chromium'
	[python3-matrix-nio]='/usr/lib/python3/dist-packages/nio'
	[gcc]='/usr/bin/gcc'
	[libc6-dev]='/usr/include/stdlib.h'
	[curl]='/usr/bin/curl'
)
missing=()
for package in "${!needs[@]}"; do
	compgen -G "${needs[$package]}" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
	echo "the checks need what Debian calls: ${missing[*]}" >&2
	exit 1
fi
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -q
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends "${missing[@]}"
