#!/usr/bin/env bash
# Compares FlexUNet with PyTorch and Keras on the same network, batch and threads; see README.md.
#   compare.sh [--rounds N] [--network 256|knee] [--threads N]
# Builds what is missing, and installs the peers from PyPI into build/bench/venv (6 GB) the first
# time. Exits 1 when a bar is missed; the last line names those.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
work="$root/build/bench"
requirements="$here/compare/requirements.txt"

fail() {
  printf 'compare.sh: %s\n' "$@" >&2
  exit 2
}

# Made anew where the list of packages changed or an installation was cut short.
if ! cmp -s "$requirements" "$work/venv/installed.txt"; then
  python="${PYTHON:-python3.11}"
  "$python" -c 'import sys, venv, ensurepip; assert sys.version_info[:2] in ((3, 10), (3, 11))' ||
    fail "$python: must be Python 3.10 or 3.11 with its venv module" \
      "(scripts/setup.sh --with-benchmarks installs it; PYTHON=... names another)"
  "$python" -m venv --clear "$work/venv"
  "$work/venv/bin/pip" install --quiet --requirement "$requirements" ||
    fail "pip could not install what $requirements lists"
  cp "$requirements" "$work/venv/installed.txt"
fi

cd "$root"
log="$work/build.log"
{ cmake --preset release && cmake --build --preset release \
  --target flexunet_step flexunet-convert flexunet-inspect; } >"$log" 2>&1 ||
  fail "the build failed, see $log"

# The peers' networks are those of the golden tests.
PYTHONPATH="$root/tests/golden/reference" exec "$work/venv/bin/python" \
  "$here/compare/compare.py" --programs "$root/build/release" --work "$work" "$@"
