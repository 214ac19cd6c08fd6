#!/usr/bin/env bash
# Sets up, builds and passes all tests: ./test.sh [--preset release|dev|asan|tsan] [ctest options]
set -euo pipefail
cd "$(dirname "$0")"
preset=release
if [ "${1:-}" = --preset ]; then
  preset=${2:?--preset needs the name of a preset}
  shift 2
fi
scripts/setup.sh
echo "Building ($preset)"
scripts/build.sh "$preset"
exec ctest --preset "$preset" "$@"
