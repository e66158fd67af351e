#!/usr/bin/env bash
# compose.sh: holds compose.yml to the schema of the Compose specification.
#
#   scripts/compose.sh        ends with 1 if it does not fit
#
# With `docker compose` where that is installed, else with check-jsonschema of PyPI, which brings the schema along and is put into
# target/compose. Without either, or without network, it says so and ends well.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

RELEASE=0.39.0
STORE=$TARGET/compose

install_into() { "$1/bin/pip" install --quiet --no-compile --disable-pip-version-check "check-jsonschema==$RELEASE"; }

checker() {
  local program=$STORE/$RELEASE/bin/check-jsonschema
  if [ ! -x "$program" ] && [ -z "${PGM_NO_INSTALL:-}" ]; then
    say "fetching check-jsonschema"
    rm -rf "$STORE"
    if ! { python3 -m venv "$STORE/$RELEASE" && install_into "$STORE/$RELEASE"; } >&2; then rm -rf "$STORE"; fi
  fi
  if [ -x "$program" ]; then echo "$program"; fi
}

main() {
  local program
  cd "$ROOT"
  if docker compose version >/dev/null 2>&1; then
    docker compose config --quiet
  elif command -v python3 >/dev/null && program=$(checker) && [ -n "$program" ]; then
    "$program" --builtin-schema vendor.compose-spec compose.yml >&2
  else
    say "neither docker compose nor check-jsonschema here: compose.yml is not held to the specification"
  fi
}

case ${1:-} in -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" ;; *) main ;; esac
