#!/usr/bin/env bash
# Installs what the checks need on a Debian machine: a PostgreSQL server, Chromium, an
# independent Matrix client (matrix-nio), apprise, Alertmanager, systemd's tools, and the C
# compiler that the race detector needs. nginx, Caddy and Prometheus are only unpacked, into
# bin/debian: installed, they would be started. What is there already is left alone. Elsewhere,
# it says what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A needs=(
	[postgresql]='/usr/lib/postgresql/*/bin/initdb'
	[chromium]='/usr/bin/chromium'
	[python3-matrix-nio]='/usr/lib/python3/dist-packages/nio'
	[apprise]='/usr/bin/apprise'
	[prometheus-alertmanager]='/usr/share/prometheus/alertmanager/default.tmpl'
	[gcc]='/usr/bin/gcc'
	[libc6-dev]='/usr/include/stdlib.h'
	[curl]='/usr/bin/curl'
	[jq]='/usr/bin/jq'
	[systemd]='/usr/bin/systemd-analyze'
)
declare -A unpacked=(
	[nginx]=usr/sbin/nginx
	[caddy]=usr/bin/caddy
	[prometheus]=usr/bin/promtool
)
missing=()
servers=()
for package in "${!needs[@]}"; do
	compgen -G "${needs[$package]}" >/dev/null || missing+=("$package")
done
for package in "${!unpacked[@]}"; do
	file=${unpacked[$package]}
	[ -x "/$file" ] || [ -x "bin/debian/$file" ] || servers+=("$package")
done
[ ${#missing[@]} -eq 0 ] && [ ${#servers[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
	echo "the checks need what Debian calls: ${missing[*]} ${servers[*]}" >&2
	exit 1
fi
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -q
if [ ${#missing[@]} -gt 0 ]; then
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends "${missing[@]}"
fi
if [ ${#servers[@]} -gt 0 ]; then
	downloads=$(mktemp -d)
	trap 'rm -rf "$downloads"' EXIT
	(cd "$downloads" && apt-get download -q "${servers[@]}")
	mkdir -p bin/debian
	for package in "$downloads"/*.deb; do dpkg-deb -x "$package" bin/debian; done
	rm -rf bin/debian/usr/share/doc # examples in Go would count as ours
fi
