#!/usr/bin/env bash
# cluster.sh: throwaway PostgreSQL clusters below target/clusters.
#
#   scripts/cluster.sh start NAME [--bin DIR] [--fresh] [--set KEY=VALUE]…   starts (and makes, if absent) a cluster; prints its conninfo
#   scripts/cluster.sh stop NAME | destroy NAME                              both are content with a cluster that isn't there
#   scripts/cluster.sh crash NAME                                            stops it at once, as if it had crashed
#   scripts/cluster.sh conninfo NAME | uri NAME [DATABASE] | socket NAME     how to reach it
#   scripts/cluster.sh list | stop-all | destroy-all
#
# A free port on 127.0.0.1 and a unix socket, superuser postgres without password, UTF8, C.UTF-8 (or C), fsync off. Never runs as root: root's
# servers run as user postgres, or nobody. The server programs are those of --bin, else what pg.sh finds.
# The directory holds data, port, socket (the socket's directory), bin (of the server programs) and server.log.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

CLUSTERS=$TARGET/clusters

home() { echo "$CLUSTERS/$1"; }
field() { cat "$(home "$1")/$2" 2>/dev/null; }
put() { printf '%s\n' "$3" >"$(home "$1")/$2"; }

server_pid() { head -n 1 "$(home "$1")/data/postmaster.pid" 2>/dev/null || true; }

command_of() {
  if [ -r "/proc/$1/cmdline" ]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -p "$1" -o command= 2>/dev/null || true; fi
}

# A pid file may outlive its server, and its number may belong to another program by now.
running() {
  local pid data
  pid=$(server_pid "$1")
  [ -n "$pid" ] || return 1
  data=$(cd "$(home "$1")/data" && pwd -P)
  case $(command_of "$pid") in *"$data"*) return 0 ;; esac
  return 1
}

pg_ctl() {
  local name=$1 data
  shift
  data=$(cd "$(home "$name")/data" && pwd -P)
  as_server env LC_ALL=C "$(field "$name" bin)/pg_ctl" -D "$data" -w -t 120 "$@"
}

# Unix socket paths are limited to about 100 bytes.
socket_dir() {
  local dir
  dir=$(cd "$(home "$1")" && pwd -P)
  if [ "${#dir}" -gt 75 ]; then
    dir=$(field "$1" socket) && [ -d "$dir" ] || dir=$(mktemp -d /tmp/pgm.XXXXXX)
    if is_root; then chown "$(server_user)" "$dir"; fi
  fi
  chmod 755 "$dir"
  echo "$dir"
}

init() {
  local name=$1 bin=$2 data locale
  mkdir -p "$CLUSTERS"
  server_home "$(home "$name")"
  data=$(cd "$(home "$name")" && pwd -P)/data
  reached "$bin/initdb" || die "user $(server_user) can't run $bin/initdb: a directory above it is closed"
  for locale in C.UTF-8 C; do
    as_server rm -rf "$data"
    if as_server env LC_ALL=C "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale="$locale" -N >"$(home "$name")/initdb.log" 2>&1; then
      return
    fi
  done
  die "initdb failed: $(cat "$(home "$name")/initdb.log")"
}

# The kernel says whether a port is free: the server tries to bind it, and we try the next one if it can't.
launch() {
  local name=$1 attempt port log
  shift
  log=$(cd "$(home "$name")" && pwd -P)/data/server.log
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    port=$(field "$name" port || echo $((20000 + RANDOM % 12000)))
    as_server rm -f "$log"
    put "$name" port "$port"
    if pg_ctl "$name" -l "$log" -o "-p $port" "$@" start >/dev/null 2>&1; then return; fi
    if ! as_server cat "$log" | grep -qE 'could not (bind|create any TCP)|already in use|lock file .* already exists'; then break; fi
    rm -f "$(home "$name")/port"
  done
  say "$(as_server tail -n 20 "$log" 2>/dev/null || true)"
  die "the server of cluster $name doesn't start (try $attempt, port $port)"
}

configure() {
  local name=$1
  shift
  put "$name" socket "$(socket_dir "$name")"
  {
    cat <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$(field "$name" socket)'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = logical
max_wal_size = 4GB
shared_buffers = 256MB
max_prepared_transactions = 10
timezone = 'UTC'
log_timezone = 'UTC'
CONF
    printf '%s\n' "$@"
  } | as_server tee -a "$(cd "$(home "$name")" && pwd -P)/data/postgresql.conf" >/dev/null
}

start() {
  local name=$1 bin='' fresh='' settings=()
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --bin) bin=$2; shift 2 ;;
      --fresh) fresh=1; shift ;;
      --set) settings+=("${2%%=*} = '${2#*=}'"); shift 2 ;;
      *) die "unknown option $1" ;;
    esac
  done
  [ -n "$bin" ] || bin=$(pg_ensure)
  bin=$(cd "$bin" && pwd -P)
  if [ -n "$fresh" ] || [ "$(as_server cat "$(home "$name")/data/PG_VERSION" 2>/dev/null)" != "$(pg_major "$bin")" ]; then destroy "$name"; fi
  if ! running "$name"; then
    if [ ! -e "$(home "$name")/bin" ]; then
      init "$name" "$bin"
      configure "$name" ${settings[@]+"${settings[@]}"}
    fi
    put "$name" bin "$bin"
    as_server rm -f "$(cd "$(home "$name")" && pwd -P)/data/postmaster.pid"
    launch "$name"
  fi
  conninfo "$name"
}

stop() {
  running "$1" || return 0
  pg_ctl "$1" -m fast stop >/dev/null || pg_ctl "$1" -m immediate stop >/dev/null
}

crash() {
  running "$1" || return 0
  pg_ctl "$1" -m immediate stop >/dev/null
}

destroy() {
  local dir socket
  dir=$(home "$1")
  if [ ! -d "$dir" ]; then
    rm -f "$dir" # a symlink to nowhere
    return
  fi
  stop "$1"
  socket=$(field "$1" socket || true)
  case $socket in /tmp/pgm.*) rm -rf "$socket" ;; esac
  if [ -L "$dir" ]; then rm -rf "$(cd "$dir" && pwd -P)"; fi
  rm -rf "$dir"
}

conninfo() { echo "host=127.0.0.1 port=$(field "$1" port) user=postgres dbname=postgres"; }
uri() { echo "postgresql://postgres@127.0.0.1:$(field "$1" port)/${2:-postgres}"; }

names() {
  local dir
  for dir in "$CLUSTERS"/*; do if [ -e "$dir" ]; then basename "$dir"; fi; done
}

list() {
  local name
  for name in $(names); do
    if running "$name"; then echo "$name running $(conninfo "$name")"; else echo "$name stopped"; fi
  done
}

each() {
  local name
  for name in $(names); do "$1" "$name"; done
}

case ${1:-} in
  start | stop | crash | destroy | conninfo | uri | socket)
    case ${2:-} in '' | *[!a-zA-Z0-9_-]*) die "usage: cluster.sh $1 NAME (letters, digits, _ and -)" ;; esac
    if [ "$1" = socket ]; then field "$2" socket; else "$@"; fi
    ;;
  list) list ;;
  stop-all) each stop ;;
  destroy-all) each destroy ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0" ;;
esac
