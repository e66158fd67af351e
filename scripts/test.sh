#!/usr/bin/env bash
# test.sh: everything that must hold before a change is accepted (make test).
#
#   scripts/test.sh [ARGUMENT…]     format, clippy, documentation, tests; arguments go to the test runner (a filter, say)
#
# VERSIONS="10 13 18"  which server versions to fetch beside the installed ones (default: 10 13 16 17 18; empty: none)
# Prometheus is fetched for the tests of dashboard and alerts; where it can't be, they are skipped by name.
# The tests find servers through PGMIGRATE_PG_BINS, directories joined by colons: the installed version first.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

VERSIONS=${VERSIONS-10 13 16 17 18}

# One directory for each major version; of two the first.
distinct_versions() {
  local bin major seen=' '
  while IFS= read -r bin; do
    major=$(pg_major "$bin")
    case $seen in *" $major "*) continue ;; esac
    seen="$seen$major "
    printf '%s\n' "$bin"
  done
}

server_bins() {
  local first
  first=$(pg_ensure)
  # shellcheck disable=SC2086 # a list of words
  { echo "$first"; pg_list; "$ROOT/scripts/pg-versions.sh" $VERSIONS; } | distinct_versions | paste -sd: -
}

step() {
  say "== $*"
  "$@"
}

run_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    step cargo nextest run --locked --no-tests=pass "$@"
  else
    step cargo test --locked --lib --bins --tests -- "$@"
  fi
}

main() {
  cd "$ROOT"
  trap "$ROOT/tests/stop-clusters.sh" EXIT
  PGMIGRATE_PG_BINS=$(server_bins)
  export PGMIGRATE_PG_BINS
  say "PostgreSQL servers: $PGMIGRATE_PG_BINS"
  "$ROOT/scripts/browser.sh" ensure >/dev/null
  "$ROOT/scripts/prometheus.sh" >/dev/null
  step cargo fmt --check
  step "$ROOT/scripts/compose.sh"
  step cargo clippy --locked --all-targets --all-features -- -D warnings
  RUSTDOCFLAGS=-Dwarnings step cargo doc --locked --no-deps --document-private-items
  # Its lock file lies beside it, and nothing else here would notice that it is out of date.
  step cargo tree --locked --depth 0 --manifest-path fuzz/Cargo.toml >/dev/null
  run_tests "$@"
  step cargo test --locked --doc
}

main "$@" </dev/null
