#!/usr/bin/env bash
# Installs what mpglab needs on Debian 12 and is not there yet: scripts/setup.sh [more packages].
# Called by run.sh and test.sh.
#
# Needs root or sudo only if something is missing; without either it prints the one command to run and
# exits with 2.
set -euo pipefail

packages=(
  g++ cmake ninja-build
  libboost-context-dev libfmt-dev libspdlog-dev libcli11-dev
  libtomlplusplus-dev nlohmann-json3-dev libexpected-dev libgtest-dev libbenchmark-dev
  clang-format
  "$@"
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get install --yes --no-install-recommends ${missing[*]}"
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "mpglab needs packages that are not installed. Run this, then try again:" >&2
  echo "  sudo sh -c 'apt-get update && $install'" >&2
  exit 2
fi

echo "Installing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
  "${as_root[@]}" apt-get update
  # The environment is set behind sudo, which does not pass it on.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $install
} >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  echo "mpglab: the packages could not be installed; what apt-get said is above" >&2
  exit 2
fi
