#!/usr/bin/env bash
#
# Runs a real Synapse on 127.0.0.1, without root and without installing anything.
#
# Debian's matrix-synapse and all it needs are downloaded by apt into a private folder,
# unpacked there, and run with the unpacked Python and dynamic loader. Neither the host's
# packages nor its apt state are touched.
#
#   synapse.sh setup                      download and unpack, once
#   synapse.sh up                         start an instance, wait for it, print its URL
#   synapse.sh down                       stop it
#   synapse.sh kill9                      kill it as a power cut would
#   synapse.sh restart                    down, then up with the same data
#   synapse.sh wipe                       down, then delete its data
#   synapse.sh status                     print its URL and pid; exit status 3 when it is down
#   synapse.sh log [LINES]                the end of its log
#   synapse.sh user NAME PASSWORD [--admin]   make an account
#   synapse.sh fork-server                start the instances whose folders it reads, until its input ends
#
# Environment:
#   SYNAPSE_NAME           which instance                        (default: main)
#   SYNAPSE_PORT           its port on 127.0.0.1                 (default: 18008)
#   SYNAPSE_SERVER_NAME    its Matrix domain                     (default: synapse.test)
#   SYNAPSE_REGISTRATIONS  appservice registration files, separated by ":"
#   SYNAPSE_RATE_LIMITS    off, or default as Synapse ships them (default: off)
#   SYNAPSE_LEAN           yes: no presence, push rules, search, user directory; logs warnings only
#   SYNAPSE_POSTGRES       libpq connection string               (default: SQLite)
#   SYNAPSE_SECRET         registration shared secret            (default: synapse-test)
#   SYNAPSE_OWNER          wipe when the process with this pid is gone
#   SYNAPSE_FORK_SERVER    file descriptor of a fork server's input: up starts the instance there
#   SYNAPSE_DIR            the instance's folder                 (default: in the cache)
#   SYNAPSE_CACHE          downloads and instances               (default: ~/.cache/lotus-hooks/synapse)
#   SYNAPSE_DEBIAN_MIRROR  where matrix-synapse comes from       (default: this host's Debian mirror)
set -euo pipefail

cache=${SYNAPSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lotus-hooks/synapse}
name=${SYNAPSE_NAME:-main}
port=${SYNAPSE_PORT:-18008}
server_name=${SYNAPSE_SERVER_NAME:-synapse.test}
secret=${SYNAPSE_SECRET:-synapse-test}
tree=$cache/tree
dir=${SYNAPSE_DIR:-$cache/instances/$name}
url=http://127.0.0.1:$port
[[ $dir = /* ]] || dir=$PWD/$dir

say() { printf 'synapse: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# --- the software ---------------------------------------------------------------------

# exec_python becomes the unpacked interpreter. It sees nothing of the caller's environment,
# least of all a PYTHONPATH.
exec_python() {
  local loader=("$tree"/lib*/ld-linux-*.so.*) libraries=("$tree"/usr/lib/*-linux-gnu*)
  exec env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 PYTHONHOME="$tree/usr" \
    "${loader[0]}" --library-path "${libraries[0]}" "$tree/usr/bin/python3" "$@"
}
python() { (exec_python "$@"); }

# synapse is Synapse's own program, which starts in three quarters of the time without a look at
# what its packages need, which apt has seen to, and without garbage collection by Python, which
# it replaces by one of its own as soon as it runs.
synapse='
import gc, os, signal, sys, synapse.util.check_dependencies as dependencies
gc.disable()
dependencies.check_requirements = lambda *_: None
import synapse.app.homeserver as homeserver

def run(folder):
    os.chdir(folder)
    with open("pid.new", "w") as pid:
        pid.write(str(os.getpid()))
    os.replace("pid.new", "pid")  # nobody sees it empty
    sys.argv = ["homeserver", "-c", folder + "/homeserver.yaml"]
    homeserver.main()
'

# fork_server does what all instances begin with, which is three quarters of their start, once.
fork_server='
from twisted.internet import reactor
gc.freeze()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
for line in sys.stdin:
    folder = line.rstrip("\n")
    if os.fork():
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    log = os.open(folder + "/output.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    reactor.__init__()  # what it watches would be that of all instances
    run(folder)
    os._exit(0)
'

debian_mirror() {
  local mirror=${SYNAPSE_DEBIAN_MIRROR:-}
  # Mirrors of Debian end in /debian by convention, which tells them from other sources.
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian\/?$/ && !found++')
  [ -n "$mirror" ] || die "no Debian mirror in this host's apt sources; name one in SYNAPSE_DEBIAN_MIRROR"
  echo "$mirror"
}

# write_apt_config FOLDER makes apt keep everything in FOLDER and believe that nothing is
# installed, so that all dependencies are downloaded. Only the host's proxies are kept.
write_apt_config() {
  local apt=$1 mirror
  mirror=$(debian_mirror)
  mkdir -p "$apt"/{lists,archives}/partial
  : >"$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt/sources.list"
  {
    apt-config dump | grep -E '^Acquire::https?::' || true
    cat <<CONFIG
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt";
Dir::Log "$apt";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trustedparts "/dev/null";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
// Some mirrors are snapshots: their index is old but still signed and checked.
Acquire::Check-Valid-Until "false";
CONFIG
  } >"$apt/apt.conf"
}

# setup builds the tree beside its final place and moves it there when it is whole, under a
# lock: several test processes may arrive at once.
setup() {
  [ -d "$tree" ] && return
  for tool in apt-get dpkg-deb flock curl; do
    command -v "$tool" >/dev/null || die "needs $tool"
  done
  mkdir -p "$cache"
  exec 9>"$cache/setup.lock"
  flock 9
  if [ ! -d "$tree" ]; then
    local new=$cache/tree.new apt=$cache/apt log=$cache/setup.log deb
    rm -rf "$new" "$apt"
    mkdir -p "$new"
    write_apt_config "$apt"
    say "downloading matrix-synapse (log: $log)"
    {
      APT_CONFIG=$apt/apt.conf apt-get update
      APT_CONFIG=$apt/apt.conf apt-get install --download-only base-files matrix-synapse
    } </dev/null >"$log" 2>&1 || { tail -n 5 "$log" >&2; die "cannot download matrix-synapse"; }
    # base-files first: it brings the links from /lib and /bin into /usr.
    for deb in "$apt"/archives/base-files_*.deb "$apt"/archives/*.deb; do
      dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$new" --no-same-owner --keep-directory-symlink \
        --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
    done
    rm -rf "$apt"
    mv "$new" "$tree"
  fi
  exec 9>&-
}

# --- an instance ----------------------------------------------------------------------

write_config() {
  local copies=() file
  mkdir -p "$dir/media"
  while IFS= read -r -d : file; do
    [ -n "$file" ] || continue
    cp "$file" "$dir/appservice-${#copies[@]}.yaml"
    copies+=("$dir/appservice-${#copies[@]}.yaml")
  done <<<"${SYNAPSE_REGISTRATIONS:-}:"
  {
    cat <<CONFIG
server_name: "$server_name"
public_baseurl: $url/
listeners:
  - port: $port
    bind_addresses: ["127.0.0.1"]
    type: http
    resources: [{names: [client, media]}]
log_config: $dir/log.yaml
media_store_path: $dir/media
signing_key_path: $dir/signing.key
registration_shared_secret: "$secret"
macaroon_secret_key: "$secret"
form_secret: "$secret"
bcrypt_rounds: 4
report_stats: false
default_room_version: "12"
trusted_key_servers: []
federation_domain_whitelist: []
send_federation: false
app_service_config_files: [$(IFS=,; echo "${copies[*]}")]
CONFIG
    if [ -n "${SYNAPSE_POSTGRES:-}" ]; then
      echo "database: {name: psycopg2, allow_unsafe_locale: true, args: {dsn: \"$SYNAPSE_POSTGRES\"}}"
    else
      echo "database: {name: sqlite3, args: {database: $dir/homeserver.db}}"
    fi
    [ "${SYNAPSE_RATE_LIMITS:-off}" = default ] || write_no_rate_limits
    [ -z "${SYNAPSE_LEAN:-}" ] || write_lean
  } >"$dir/homeserver.yaml"
  local level=INFO
  [ -z "${SYNAPSE_LEAN:-}" ] || level=WARNING
  cat >"$dir/log.yaml" <<CONFIG
version: 1
formatters: {line: {format: '%(asctime)s %(levelname)s %(name)s %(request)s %(message)s'}}
handlers: {file: {class: logging.FileHandler, formatter: line, filename: $dir/homeserver.log}}
root: {level: $level, handlers: [file]}
disable_existing_loggers: false
CONFIG
  [ -e "$dir/signing.key" ] || echo "ed25519 a_test $(head -c 32 /dev/urandom | base64 | tr -d =)" >"$dir/signing.key"
}

# write_lean turns off what costs time with every event and only clients for people look at.
write_lean() {
  cat <<CONFIG
presence: {enabled: false}
stats: {enabled: false}
push: {enabled: false}
enable_search: false
update_user_directory: false
CONFIG
}

write_no_rate_limits() {
  local any='{per_second: 100000, burst_count: 100000}'
  cat <<CONFIG
rc_message: $any
rc_registration: $any
rc_admin_redaction: $any
rc_room_creation: $any
rc_joins_per_room: $any
rc_joins: {local: $any, remote: $any}
rc_login: {address: $any, account: $any, failed_attempts: $any}
rc_invites: {per_room: $any, per_user: $any, per_issuer: $any}
CONFIG
}

# pid prints the pid of the running instance. Its folder is compared too, because a pid file may
# be older than the last reboot.
pid() {
  local p
  p=$(cat "$dir/pid" 2>/dev/null) || return 1
  [ "$(readlink "/proc/$p/cwd")" = "$(readlink -f "$dir")" ] && echo "$p"
}

up() {
  setup
  if pid >/dev/null; then
    echo "$url"
    return
  fi
  if curl -s -o /dev/null -m 2 "$url"; then die "port $port is taken"; fi
  write_config
  rm -f "$dir/pid"
  local started=$$ # of what a fork server does, nothing is known before there is a pid file
  if [ -n "${SYNAPSE_FORK_SERVER:-}" ]; then
    echo "$dir" >&"$SYNAPSE_FORK_SERVER"
  else
    # Job control gives it a process group of its own, so that Ctrl-C stops it in order.
    set -m
    exec_python -c "$synapse"'run(sys.argv[1])' "$dir" </dev/null >"$dir/output.log" 2>&1 &
    started=$!
    set +m
  fi
  local tries
  for tries in {1..240}; do # it takes two seconds and more, and each look costs four processes
    if curl -fs -o /dev/null -m 2 "$url/_matrix/client/versions"; then
      [ -z "${SYNAPSE_OWNER:-}" ] || watch_owner
      echo "$url"
      return
    fi
    if [ -e "$dir/pid" ]; then
      pid >/dev/null || break
    else
      kill -0 "$started" 2>/dev/null || break
    fi
    sleep 0.25
  done
  tail -n 20 "$dir/output.log" "$dir/homeserver.log" >&2 || true
  down
  die "did not start"
}

# watch_owner wipes the instance when its owner, a test, dies without cleaning up.
watch_owner() {
  local mine
  mine=$(pid)
  (
    trap '' HUP # which ends the owner, too
    while kill -0 "$SYNAPSE_OWNER"; do
      kill -0 "$mine" || exit
      sleep 2 # cheap: many may watch at once
    done
    [ "$(pid)" = "$mine" ] || exit
    down
    rm -rf "$dir"
  ) </dev/null >/dev/null 2>&1 &
}

down() {
  local p
  if p=$(pid); then
    kill "-${1:-TERM}" "$p"
    for _ in {1..100}; do
      pid >/dev/null || break
      sleep 0.1
    done
    pid >/dev/null && kill -KILL "$p"
  fi
  rm -f "$dir/pid"
}

case ${1:-} in
  setup) setup ;;
  up) up ;;
  down) down ;;
  kill9) down KILL ;;
  restart) down; up ;;
  wipe) down; rm -rf "$dir" ;;
  fork-server) setup; exec_python -c "$synapse$fork_server" ;;
  status) p=$(pid) || { echo down; exit 3; }; echo "$url pid $p" ;;
  log) tail -n "${2:-50}" "$dir/homeserver.log" ;;
  user)
    [ $# -ge 3 ] || die "usage: user NAME PASSWORD [--admin]"
    python "$tree/usr/bin/synapse_register_new_matrix_user" -k "$secret" \
      -u "$2" -p "$3" "${4:---no-admin}" "$url"
    ;;
  *) sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
