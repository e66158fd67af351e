#!/usr/bin/env bash
# image-check.sh: the binary of the image, linked and stripped as the Containerfile does it, migrates in the image's file system
# (make image-check). It takes root, a server, and the C library's static archive (Debian: libc6-dev).

set -euo pipefail
# shellcheck source=scripts/pg.sh
. "$(dirname "${BASH_SOURCE[0]}")/pg.sh"

is_root || die "a chroot takes root"
HOST=$(rustc -vV | sed -n 's/^host: //p')
PGMIGRATE_PG_BINS=${PGMIGRATE_PG_BINS:-$(pg_ensure)}
PGMIGRATE_STATIC=$TARGET/$HOST/release/pgmigrate
export PGMIGRATE_PG_BINS PGMIGRATE_STATIC
cd "$ROOT"
RUSTFLAGS='-C target-feature=+crt-static' CARGO_PROFILE_RELEASE_STRIP=symbols \
  cargo build --release --locked --bin pgmigrate --target "$HOST"
say "$(du -h --apparent-size "$PGMIGRATE_STATIC")"
cargo test --locked --test main -- container::image --nocapture </dev/null
