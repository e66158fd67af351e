#!/usr/bin/env bash
# prometheus.sh: Prometheus and promtool for the tests, in target/prometheus.
#
#   scripts/prometheus.sh     fetches them if they are not installed; prints the directory they are in
#
# They are those of Debian's package, unpacked and not installed: no service is started, and no root is needed, but for
# `apt-get update` where the list of packages is older than the package. Elsewhere, or without network, it says so and
# ends well: what needs them is skipped then, by name.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

STORE=$TARGET/prometheus

is_there() { [ -x "$1/prometheus" ] && [ -x "$1/promtool" ]; }

installed() {
  local program
  program=$(command -v promtool) && is_there "$(dirname "$program")" && dirname "$program"
}

download() { apt-get -q download prometheus >/dev/null 2>&1; }

# Unpacked beside its place and renamed at the end: a broken download leaves nothing behind.
fetch() {
  local work=$STORE.fetch
  say "fetching Prometheus"
  rm -rf "$work"
  mkdir -p "$work/out"
  if (cd "$work" && chmod 777 . && { download || { is_root && apt-get -q update >/dev/null 2>&1 && download; }; }) &&
    dpkg-deb -x "$work"/prometheus_*.deb "$work/out" && "$work/out/usr/bin/promtool" --version >&2; then
    rm -rf "$STORE"
    mv "$work/out" "$STORE"
  fi
  rm -rf "$work"
}

main() {
  if installed; then return; fi
  if ! is_there "$STORE/usr/bin" && command -v apt-get >/dev/null && [ -z "${PGM_NO_INSTALL:-}" ]; then fetch; fi
  if is_there "$STORE/usr/bin"; then
    echo "$STORE/usr/bin"
  else
    say "Prometheus is not installed and can't be fetched: dashboard and alerts are not tried on a real one"
  fi
}

case ${1:-} in -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0" ;; *) main ;; esac
