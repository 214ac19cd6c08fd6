#!/usr/bin/env bash
# clang-tidy over the tree: scripts/tidy.sh [FILE...]. Takes some minutes; not part of ./test.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-tidy >/dev/null || {
  echo "mpglab: clang-tidy is not installed: apt-get install clang-tidy" >&2
  exit 2
}
cmake --preset release >/dev/null
if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files '*.cc' | grep -v '^tests/\|^bench/')
fi
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy -p build/release --quiet --extra-arg=-Wno-unknown-warning-option --warnings-as-errors='*'
