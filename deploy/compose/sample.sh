#!/bin/sh
# sample.sh: fills the source of compose.yml with the sample database, when the server's image first starts it.
# SIZE is the sample's: 1 is 1.5 million rows in its largest table.

set -eu
psql -X -q -v ON_ERROR_STOP=1 -v scale="${SIZE:-0.1}" -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" -f /sample/load.sql
