#!/usr/bin/env bash
# fuzz.sh: libFuzzer over everything that reads bytes made by others (make fuzz).
#
#   scripts/fuzz.sh [TARGET…]       these targets, or all of src/fuzzing.rs
#
# SECONDS_IN_ALL=600   how long, shared out evenly (make fuzz SECONDS=…)
# CORPUS=DIR           what was found interesting is kept there (default: in cargo's target directory)
#
# It needs no nightly compiler and no cargo-fuzz: coverage comes from LLVM's own pass, and a program without unsafe code
# needs no address sanitizer. An input that breaks a target is left in the directory `crashes` beside the corpus, and the
# script ends with 1: mend it, and keep the input in fuzz/seeds/<target>/.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SECONDS_IN_ALL=${SECONDS_IN_ALL:-600}
CORPUS=${CORPUS:-$TARGET/fuzz-corpus}
HOST=$(rustc -vV | sed -n 's/^host: //p')

# What cargo-fuzz passes, without the sanitizer.
COVERAGE=(
  -Cpasses=sancov-module
  -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
  -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares
)

build() {
  RUSTFLAGS="${COVERAGE[*]}" cargo build --quiet --locked --manifest-path "$ROOT/fuzz/Cargo.toml" \
    --target "$HOST" --target-dir "$TARGET/fuzz" --bins
}

all_targets() {
  local file
  for file in "$ROOT"/fuzz/fuzz_targets/*.rs; do basename "$file" .rs; done
}

# Inputs above 4 kB only repeat what shorter ones say; one that takes 10 s or 1 GB is a fault.
run_target() {
  local name=$1 seconds=$2
  mkdir -p "$CORPUS/$name" "$CORPUS/crashes/$name"
  say "== $name, $seconds s"
  "$TARGET/fuzz/$HOST/debug/$name" "$CORPUS/$name" "$ROOT/fuzz/seeds/$name" -max_total_time="$seconds" -max_len=4096 \
    -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 -artifact_prefix="$CORPUS/crashes/$name/" 2>&1 |
    grep -E '^stat::(number_of_executed_units|peak_rss_mb)|ERROR|panicked|SUMMARY|Test unit written' >&2
  return "${PIPESTATUS[0]}"
}

main() {
  local targets failed=() name
  read -ra targets <<<"${*:-$(all_targets | paste -sd' ' -)}"
  build
  for name in "${targets[@]}"; do
    run_target "$name" $((SECONDS_IN_ALL / ${#targets[@]} + 1)) || failed+=("$name")
  done
  [ ${#failed[@]} = 0 ] || die "broken: ${failed[*]} (inputs in $CORPUS/crashes)"
  say "no target broke"
}

main "$@" </dev/null
