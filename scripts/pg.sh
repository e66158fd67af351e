#!/usr/bin/env bash
# pg.sh: finds PostgreSQL's server programs, or installs them.
#
#   scripts/pg.sh list      every directory that holds a server, best first
#   scripts/pg.sh find      the best one; exit code 1 if there is none
#   scripts/pg.sh ensure    the best one, installed with the system's package manager if there is none
#   scripts/pg.sh psql      the psql to load SQL with
#
# Looked at, in this order: $PGBIN, $PATH, Debian's, Red Hat's and Alpine's places and Homebrew's, newest version first. A directory counts if it
# holds initdb, postgres and pg_ctl. Set PGM_NO_INSTALL=1 to forbid the installation.
# Sourced, it gives the functions pg_list, pg_find, pg_ensure and pg_psql.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pg_is_bin() { [ -x "$1/initdb" ] && [ -x "$1/postgres" ] && [ -x "$1/pg_ctl" ]; }

# Where packagers put servers; the version is the first number of the path.
pg_places() {
  printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/lib64/pgsql/bin /usr/libexec/postgresql*/ \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /home/linuxbrew/.linuxbrew/opt/postgresql*/bin |
    awk '{ n = $0; gsub(/[^0-9]+/, " ", n); split(n, v, " "); print (v[1] + 0) "\t" $0 }' | sort -k1,1nr -k2 | cut -f2-
}

pg_path_dirs() { printf '%s\n' "$PATH" | tr ':' '\n'; }

# Distributions link their programs into the PATH: the place the links lead to is the same server.
pg_home_of() {
  local real
  real=$(dirname "$(readlink -f "$1/postgres" 2>/dev/null || echo "$1/postgres")")
  if pg_is_bin "$real"; then echo "$real"; else (cd "$1" && pwd -P); fi
}

# Fails on purpose for a PGBIN that holds no server: better to say so than to test another one in silence.
pg_list() {
  local dir
  if [ -n "${PGBIN:-}" ]; then
    pg_is_bin "$PGBIN" || die "PGBIN=$PGBIN holds no PostgreSQL server (initdb, postgres and pg_ctl are needed)"
    (cd "$PGBIN" && pwd)
  fi
  { pg_path_dirs; pg_places; } | while IFS= read -r dir; do
    if [ -n "$dir" ] && pg_is_bin "$dir"; then pg_home_of "$dir"; fi
  done | awk '!seen[$0]++'
}

pg_find() {
  local all
  all=$(pg_list)
  [ -n "$all" ] || return 1
  printf '%s\n' "${all%%$'\n'*}"
}

pg_major() { "$1/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

# A psql is needed only to load SQL files: any version will do.
pg_psql() {
  local dir
  for dir in "${PGBIN:-}" "$(pg_find || true)"; do
    if [ -n "$dir" ] && [ -x "$dir/psql" ]; then
      echo "$dir/psql"
      return
    fi
  done
  command -v psql && return
  pg_places | while IFS= read -r dir; do if [ -x "$dir/psql" ]; then echo "$dir/psql"; fi; done | grep -m 1 . && return
  die "no psql found; install PostgreSQL's client package (Debian: postgresql-client)"
}

pg_manager() {
  local m
  for m in apt-get dnf apk pacman brew; do
    if command -v "$m" >/dev/null 2>&1; then
      echo "$m"
      return
    fi
  done
}

pg_advice="Install PostgreSQL's server package yourself (Debian: postgresql, Fedora: postgresql-server, Homebrew: postgresql@17), or name the directory of initdb, postgres and pg_ctl: PGBIN=/path/to/bin"

# Runs as root: directly, or through sudo.
pg_as_root() {
  if is_root; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    die "no PostgreSQL server found, and neither root nor sudo is here to run: $*. $pg_advice"
  fi
}

pg_install() {
  local manager
  manager=$(pg_manager)
  [ -z "${PGM_NO_INSTALL:-}" ] || die "no PostgreSQL server found, and PGM_NO_INSTALL is set. $pg_advice"
  [ -n "$manager" ] || die "no PostgreSQL server found, and no package manager known to this script. $pg_advice"
  say "no PostgreSQL server found: installing it with $manager (its own service, if it starts one, is not used)"
  case $manager in
    apt-get)
      pg_as_root apt-get -q -o DPkg::Lock::Timeout=120 update
      pg_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends postgresql
      ;;
    dnf) pg_as_root dnf -q -y install postgresql-server postgresql-contrib ;;
    apk) pg_as_root apk add --quiet postgresql postgresql-contrib postgresql-client ;;
    pacman) pg_as_root pacman -Sy --noconfirm --needed postgresql ;;
    brew) brew install postgresql@17 ;;
  esac
}

pg_ensure() {
  pg_find && return
  pg_install >&2 </dev/null || die "the installation failed. $pg_advice"
  pg_find || die "installed, but still no initdb, postgres and pg_ctl in the places known to this script. $pg_advice"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  case ${1:-} in
    list | find | ensure | psql) "pg_$1" ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" ;;
  esac
fi
