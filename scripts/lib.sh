# shellcheck shell=bash
# lib.sh: what the other scripts share. Sourced, never called.
#
#   say TEXT…           a line for people, on stderr
#   die TEXT…           the same, and the end (exit code 1)
#   server_user         the user that servers run as: ourselves, or an unprivileged one when we are root
#   as_server CMD…      runs a command as that user, from a directory it can enter
#   server_home DIR     makes DIR a directory that user owns and reaches; where DIR lies below a directory closed to it
#                       (a home, say), DIR becomes a symlink to a temporary directory. Nobody's permissions are changed.
#   open_home DIR       the same for files that user only reads

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
case $TARGET in /*) ;; *) TARGET=$ROOT/$TARGET ;; esac

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

server_user() {
  if ! is_root; then
    id -un
  elif id -u postgres >/dev/null 2>&1; then
    echo postgres
  else
    echo nobody
  fi
}

as_server() {
  (
    cd /
    is_root || exec "$@"
    user=$(server_user)
    if command -v runuser >/dev/null 2>&1; then exec runuser -u "$user" -- "$@"; fi
    if command -v setpriv >/dev/null 2>&1; then
      exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
    fi
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec su -s /bin/sh "$user" -c 'exec "$0" "$@"' -- "$@"
  )
}

reached() { as_server test -x "$1" 2>/dev/null; }

open_home() {
  local dir=$1 elsewhere
  mkdir -p "$(dirname "$dir")"
  if [ -L "$dir" ] && [ ! -d "$dir" ]; then rm -f "$dir"; fi # its temporary directory is gone
  [ -d "$dir" ] || mkdir "$dir"
  reached "$dir" && return
  rmdir "$dir" 2>/dev/null || die "$dir is closed to user $(server_user); remove it and try again"
  elsewhere=$(mktemp -d "${TMPDIR:-/tmp}/pgmigrate-XXXXXX")
  chmod 755 "$elsewhere"
  reached "$elsewhere" || die "user $(server_user) can reach neither $dir nor $elsewhere; set TMPDIR to a directory open to all"
  ln -s "$elsewhere" "$dir"
}

server_home() {
  open_home "$1"
  if is_root; then chown "$(server_user)" "$1/."; fi
}
