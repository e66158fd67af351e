#!/usr/bin/env bash
# image-root.sh: the file system of the image, from a binary: for the Containerfile, and for the test of what it makes.
#
#   scripts/image-root.sh [--static] BINARY DIR
#
# DIR/root gets what belongs to root, DIR/user what belongs to the image's user, 65532, who has no other account anywhere.
# A binary that is not static brings its libraries along; --static refuses it.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Debian's and Red Hat's places.
CERTIFICATES=(/etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt)

libraries_of() { ldd "$1" 2>/dev/null | grep -oE '/[^ ]+' || true; }

copy_libraries() {
  local file
  for file in "$@"; do
    mkdir -p "$ROOT_DIR$(dirname "$file")"
    cp -L "$file" "$ROOT_DIR$file"
  done
}

copy_certificates() {
  local file
  for file in "${CERTIFICATES[@]}"; do
    if [ -e "$file" ]; then
      install -D -m 644 "$file" "$ROOT_DIR/etc/ssl/certs/ca-certificates.crt"
      return
    fi
  done
  say "no certificates of public authorities here: sslrootcert=system will find none"
}

main() {
  local static='' libraries
  if [ "${1:-}" = --static ]; then
    static=1
    shift
  fi
  [ $# = 2 ] || die "usage: image-root.sh [--static] BINARY DIR"
  ROOT_DIR=$2/root
  mapfile -t libraries < <(libraries_of "$1")
  [ -z "$static" ] || [ ${#libraries[@]} = 0 ] || die "$1 is not static: it needs ${libraries[*]}"
  install -D -m 755 "$1" "$ROOT_DIR/pgmigrate"
  mkdir -p "$ROOT_DIR/etc"
  echo 'pgmigrate:x:65532:65532::/work:/pgmigrate' >"$ROOT_DIR/etc/passwd"
  echo 'pgmigrate:x:65532:' >"$ROOT_DIR/etc/group"
  copy_libraries ${libraries[@]+"${libraries[@]}"}
  copy_certificates
  mkdir -p "$2/user/work"
}

main "$@"
