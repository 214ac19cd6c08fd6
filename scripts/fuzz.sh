#!/usr/bin/env bash
# A fuzz campaign: scripts/fuzz.sh [reader|text|round_trip] [SECONDS]
#
# Builds the preset fuzz (libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer), starts from the
# corpus, keeps what it finds in build/fuzz/found/, and says at the end how many inputs it tried and
# what they covered. Exit code 1: an input was found that breaks something; run the harness on that
# file alone to see what.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-reader}
seconds=${2:-60}
case $target in
  reader | text | round_trip) ;;
  *)
    echo "mpglab: there is no harness '$target': it is reader, text or round_trip" >&2
    exit 2
    ;;
esac
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
  echo "mpglab: '$seconds' is no number of seconds" >&2
  exit 2
fi
scripts/setup.sh clang-14 libclang-rt-14-dev
scripts/build.sh fuzz "fuzz_$target"

corpus=build/fuzz/corpus/$target
found=build/fuzz/found/$target
mkdir -p "$corpus" "$found"
# Inputs that are slow or take much memory are findings, too.
"build/fuzz/fuzz/fuzz_$target" "$corpus" "fuzz/corpus/$target" -artifact_prefix="$found/" \
  -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 || exit 1
