#!/bin/sh
# run.sh PROGRAM ARGUMENT...: runs a FlexUNet program from the build tree, else from PATH.
# The numbered scripts of each project call it.
root=$(cd "$(dirname "$0")/.." && pwd)
program=$1
shift
built=$root/build/release/bin/$program
if [ -x "$built" ]; then
  exec "$built" "$@"
fi
if command -v "$program" >/dev/null; then
  exec "$program" "$@"
fi
cat >&2 <<END
$program is neither built ($built) nor on PATH.
Build it in the folder that holds CMakePresets.json:
  scripts/setup.sh && cmake --preset release && cmake --build --preset release
or add the folder of an installed $program to PATH.
END
exit 2
