#!/usr/bin/env bash
# stop-clusters.sh: stops and removes the clusters that the tests left running (all those named test-…).

set -euo pipefail
CLUSTER=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/scripts/cluster.sh

"$CLUSTER" list | while read -r name _; do
  case $name in test-*) "$CLUSTER" destroy "$name" ;; esac
done
