#!/usr/bin/env bash
# chaos.sh: migrations under faults by chance, each resumed until it ends, and judged (make chaos).
#
#   RUNS=100  so many runs
#   SEED=7    repeats the faults of an earlier harness (default: another seed each time; it is printed)
#   RUN=31    only this run of that seed
#   WHOLE=1   so many faults on migrations of a whole server
#
# Ends with 0 if no run was wrong. Counts are left in target/chaos.json; filling a disk takes root. The server is the installed one.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

PGMIGRATE_PG_BINS=${PGMIGRATE_PG_BINS:-$(pg_ensure)}
export PGMIGRATE_PG_BINS
cd "$ROOT"
case ${WHOLE:-} in
  '' | 0) harness=chaos::faults_by_chance ;;
  *) harness=chaos::whole::faults_by_chance ;;
esac
cargo test --locked --test main -- --exact "$harness" --ignored --nocapture </dev/null
