#!/usr/bin/env bash
# bench.sh: the benchmarks of benches/ on throwaway servers, a table of all, a plot of throughput against chunk size (make bench).
#
#   scripts/bench.sh [ARGUMENT…]    arguments go to criterion: a filter (chunk_bytes), --save-baseline NAME, --baseline NAME
#
# The plot of the chunk sizes is left in docs/pictures/chunk-bytes.svg, everything else below criterion/ of the target directory.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

PLOT=$TARGET/criterion/chunk_bytes/report/lines_throughput.svg

main() {
  cd "$ROOT"
  PGMIGRATE_PG_BINS=${PGMIGRATE_PG_BINS:-$(pg_ensure)}
  export PGMIGRATE_PG_BINS
  rm -f "$PLOT"
  cargo bench --locked --bench main -- "$@"
  if [ -f "$PLOT" ]; then
    mkdir -p docs/pictures
    cp "$PLOT" docs/pictures/chunk-bytes.svg
    say "docs/pictures/chunk-bytes.svg"
  fi
}

main "$@" </dev/null
