#!/usr/bin/env bash
# Sets up, builds, and does mpglab's main job on real input: ./run.sh
# With arguments it passes them to the mpglab command: ./run.sh hunt gcwait
set -euo pipefail
cd "$(dirname "$0")"
scripts/setup.sh
[ -x build/release/mpglab ] || echo "Building (the first time takes some minutes)"
scripts/build.sh release mpglab
mpglab=build/release/mpglab
[ $# -eq 0 ] || exec "$mpglab" "$@"

step() { printf '\n== %s\n' "$*"; }

# expect CODE COMMAND...: shows the command, runs it, and insists on its exit code. What it prints is
# in $out/last as well.
expect() {
  local wanted=$1 code
  shift
  printf '$ %s\n' "mpglab ${*:2}"
  "$@" | tee "$out/last" && code=0 || code=${PIPESTATUS[0]}
  if [ "$code" != "$wanted" ]; then
    echo "run.sh: exit code $code where $wanted was expected: $*" >&2
    exit 4
  fi
}

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
bug=(--bug gcwait-stop-not-steal)

step "A real Go trace is read and judged"
expect 0 "$mpglab" check tests/data/go122-chans.trace

step "A real broken trace: where it breaks, and why"
expect 1 "$mpglab" check tests/data/go122-broken-dead-p.trace

step "The race that mpglab was made for: hunt it until a trace breaks"
expect 1 "$mpglab" hunt gcwait "${bug[@]}" --no-shrink --no-card
token=$(sed -n 's/^token //p' "$out/last")

step "Shrink the schedule to the preemptions that matter"
expect 1 "$mpglab" shrink "$token"
small=$(sed -n 's/^token //p' "$out/last")

step "What happened"
expect 1 "$mpglab" explain "$small"

step "Replay it twice: the same trace, to the byte"
expect 1 "$mpglab" replay "$small" -o "$out/first.trace"
expect 1 "$mpglab" replay "$small" -o "$out/second.trace"
cmp "$out/first.trace" "$out/second.trace"
echo "The two traces are the same: $(stat -c %s "$out/first.trace") bytes"

step "The same hunt without the fault: the fix holds"
expect 0 "$mpglab" hunt gcwait --runs 100000
