#!/usr/bin/env bash
# bench.sh: the benchmarks of benches/ on throwaway servers, a table of all, a plot of throughput against chunk size (make bench).
#
#   scripts/bench.sh [ARGUMENT…]    arguments go to criterion: a filter (chunk_bytes), --save-baseline NAME, --baseline NAME
#
# The plot of the chunk sizes is left in docs/pictures/chunk-bytes.svg, everything else below criterion/ of the target directory.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

main() {
  cd "$ROOT"
  PGMIGRATE_PG_BINS=${PGMIGRATE_PG_BINS:-$(pg_ensure)}
  export PGMIGRATE_PG_BINS
  cargo bench --locked --bench main -- "$@"
}

main "$@" </dev/null
