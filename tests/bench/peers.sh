# shellcheck shell=bash
# Sourced by compare.sh and compare_run.sh: the peers' Python packages, our programs, and what runs
# the scripts that compare them.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
work="$root/build/bench"
requirements="$here/compare/requirements.txt"

fail() {
  printf "$(basename "$0"): %s\n" "$@" >&2
  exit 2
}

# Made anew where the list of packages changed or an installation was cut short.
install_peers() {
  if cmp -s "$requirements" "$work/venv/installed.txt"; then return; fi
  local python="${PYTHON:-python3.11}"
  "$python" -c 'import sys, venv, ensurepip; assert sys.version_info[:2] == (3, 11)' ||
    fail "$python: must be Python 3.11 with its venv module" \
      "(Debian 12's, which scripts/setup.sh --with-benchmarks installs; elsewhere PYTHON=... names one)"
  "$python" -m venv --clear "$work/venv"
  "$work/venv/bin/pip" install --quiet --requirement "$requirements" ||
    fail "pip could not install what $requirements lists"
  cp "$requirements" "$work/venv/installed.txt"
}

build_programs() {
  local log="$work/build.log"
  cd "$root"
  { cmake --preset release && cmake --build --preset release --target "$@"; } >"$log" 2>&1 ||
    fail "the build failed, see $log"
}

# The peers' networks are those of the golden tests.
compare_with_peers() {
  PYTHONPATH="$root/tests/golden/reference" exec "$work/venv/bin/python" \
    "$here/compare/$1" --programs "$root/build/release" --work "$work" "${@:2}"
}
