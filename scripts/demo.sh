#!/usr/bin/env bash
# demo.sh: moves the sample database from one throwaway cluster to another, and verifies the copy (make demo).
#
#   SIZE=0.1        the sample's size: 1 (the default) is 1.5 million rows in its largest table
#   KEEP=1          leaves the clusters running and prints how to connect; make clean-clusters removes them
#   PGBIN=DIR       server programs of both clusters; SOURCE_PGBIN and TARGET_PGBIN for one of them
#   PGMIGRATE=FILE  a binary to use instead of building one
#
# Config, plan, state, log and report are left in target/demo. Every run begins with new clusters.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

DEMO=$TARGET/demo
DATABASE=demo_airlines
CLUSTER=$ROOT/scripts/cluster.sh

build() {
  BINARY=${PGMIGRATE:-}
  [ -z "$BINARY" ] || return 0
  say "building the release binary"
  (cd "$ROOT" && cargo build --release --locked) </dev/null
  BINARY=$TARGET/release/pgmigrate
}

finish() {
  local status=$?
  if [ -n "${KEEP:-}" ]; then
    say ""
    say "source  $("$CLUSTER" uri demo-source "$DATABASE")"
    say "target  $("$CLUSTER" uri demo-target "${DATABASE}_migrated")"
    say "Both go on running; make clean-clusters stops and removes them."
  else
    "$CLUSTER" destroy demo-source || true
    "$CLUSTER" destroy demo-target || true
  fi
  [ "$status" = 0 ] || say "the demo ended with exit code $status; what it left is in $DEMO"
}

start_clusters() {
  local found source_bin target_bin
  if [ -z "${SOURCE_PGBIN:-}" ] || [ -z "${TARGET_PGBIN:-}" ]; then found=$(pg_ensure); fi
  source_bin=${SOURCE_PGBIN:-${found:-}}
  target_bin=${TARGET_PGBIN:-${found:-}}
  say "starting two clusters: PostgreSQL $(pg_major "$source_bin") and $(pg_major "$target_bin")"
  "$CLUSTER" start demo-source --bin "$source_bin" --fresh >/dev/null
  "$CLUSTER" start demo-target --bin "$target_bin" --fresh >/dev/null
}

fill_source() {
  local psql uri began=$SECONDS
  psql=$(pg_psql)
  say "filling the source with the sample database (size ${SIZE:-1})"
  "$psql" -X -q -v ON_ERROR_STOP=1 -d "$("$CLUSTER" uri demo-source)" -c "CREATE DATABASE $DATABASE TEMPLATE template0"
  uri=$("$CLUSTER" uri demo-source "$DATABASE")
  "$psql" -X -q -v ON_ERROR_STOP=1 -v scale="${SIZE:-1}" -d "$uri" -f "$ROOT/sample/load.sql" >"$DEMO/sample.log" 2>&1 ||
    die "the sample doesn't load: $(tail -n 5 "$DEMO/sample.log")"
  say "filled in $((SECONDS - began)) s: $("$psql" -X -A -t -d "$uri" -c \
    "SELECT pg_size_pretty(pg_database_size(current_database())) || ', ' || count(*) || ' rows in bookings.ticket_flights' FROM bookings.ticket_flights")"
}

write_config() {
  local source target
  source=$("$CLUSTER" conninfo demo-source)
  target=$("$CLUSTER" conninfo demo-target)
  cat >"$DEMO/config.yaml" <<YAML
source: { conninfo: "${source/dbname=postgres/dbname=$DATABASE}" }
target: { conninfo: "${target/dbname=postgres/dbname=${DATABASE}_migrated}" }
schemas: { mode: include, include: [bookings, 'crew & ops', 'we"ird näme'], exclude: [] }
roles: { mode: all }
tables:
  mode: all
  default: { chunk_column: "", chunk_size: 500000, where: "", order_by: "", limit: 0 }
  include:
    - { schema: bookings, name: flights, chunk_column: flight_id, chunk_size: 10000 }
    - { schema: bookings, name: ticket_flights, chunk_column: ticket_no, chunk_size: 300000 }
  exclude: []
parallel: { max_jobs: 4 }
options: { create_indexes_after_data: true, create_constraints_after_data: true, analyze_after_load: true }
YAML
  chmod 600 "$DEMO/config.yaml"
}

migrate() {
  say ""
  say "pgmigrate migrate --config $DEMO/config.yaml"
  "$BINARY" migrate --config "$DEMO/config.yaml" --plan "$DEMO/plan.tsv" --state "$DEMO/state.tsv"
  say ""
  say "pgmigrate verify --config $DEMO/config.yaml"
  "$BINARY" verify --config "$DEMO/config.yaml"
}

summary() {
  local file
  say ""
  say "The target equals the source. What the run left:"
  for file in config.yaml plan.tsv state.tsv pgmigrate.log report.json; do
    if [ -e "$DEMO/$file" ]; then say "  $DEMO/$file"; fi
  done
}

main() {
  rm -rf "$DEMO"
  mkdir -p "$DEMO"
  build
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_clusters
  fill_source
  write_config
  (cd "$DEMO" && migrate)
  summary
}

case ${1:-} in '') main ;; *) sed -n '2,9s/^# \{0,1\}//p' "$0" ;; esac
