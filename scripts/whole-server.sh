#!/usr/bin/env bash
# whole-server.sh: fills a server with a dozen databases of every sort and more than 40 roles, to be migrated by `--all-databases`.
#
#   scripts/whole-server.sh CONNINFO [DATABASE=DUMP…]
#
# CONNINFO names an empty server of PostgreSQL 11 or later and a superuser ("host=… port=… user=postgres"). The sample is loaded three
# times, SIZES="0.01 0.05 0.2" says how large. A DUMP (.sql or .sql.gz) is restored into a database of that name; what fails in it is told
# and does not end the script. Its own statements must not fail.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SIZES=${SIZES:-0.01 0.05 0.2}
SQL=$ROOT/tests/whole_server/sql
# A tab and a line feed, as in databases.sql.
HOSTILE=$'we"ird näme\tt\nn'

# In a connection string the last of two values counts.
into() {
  local database=$1
  shift
  database=${database//\\/\\\\}
  psql -X -q -v ON_ERROR_STOP=1 -d "$CONNINFO dbname='${database//\'/\\\'}'" "$@" >/dev/null
}

create() { into postgres -c "CREATE DATABASE \"${1//\"/\"\"}\" TEMPLATE template0"; }

load_samples() {
  local size number=0
  for size in $SIZES; do
    number=$((number + 1))
    create "airline_$number"
    into "airline_$number" -v scale="$size" -f "$ROOT/sample/load.sql"
  done
}

restore() {
  local database=${1%%=*} dump=${1#*=} reader=cat
  case $dump in *.gz) reader='gzip -dc' ;; esac
  create "$database"
  say "$database from $dump:"
  $reader "$dump" | into "$database" -v ON_ERROR_STOP=0 2> >(grep -E 'ERROR|FATAL' | sort | uniq -c | head -n 20 >&2) || true
}

main() {
  local name
  into postgres -f "$ROOT/tests/globals/roles.sql"
  into postgres -f "$SQL/databases.sql"
  for name in shop latin documents measures toolbox tenant postgres; do into "$name" -f "$SQL/$name.sql"; done
  into "$HOSTILE" -f "$SQL/hostile.sql"
  load_samples
  for name in "$@"; do restore "$name"; done
}

case ${1:-} in
  '' | -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0" ;;
  *)
    CONNINFO=$1
    shift
    main "$@"
    ;;
esac
