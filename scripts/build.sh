#!/usr/bin/env bash
# Builds a preset quietly: scripts/build.sh PRESET [TARGET]. Prints the log only on failure.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
target=${2:-all}
mkdir -p "build/$preset"
log="build/$preset/build.log"
if ! {
  cmake --preset "$preset" &&
    cmake --build --preset "$preset" --target "$target"
} >"$log" 2>&1; then
  grep -E -A 12 "error|Error|FAILED" "$log" | head -60 >&2 || true
  echo "mpglab: the build failed; the whole log is $log" >&2
  exit 4
fi
