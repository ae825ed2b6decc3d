#!/usr/bin/env bash
# Measured peaks of memory above the program itself beside the estimates that --dry-run prints, for both
# networks of this folder. Exits 1 when an estimate is further off than 15 %.
#   memory.sh [BUILD_FOLDER]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
program="$(realpath -m "${1:-$root/build/release}")/tests/step_memory"
[[ -x $program ]] || {
  echo "memory.sh: $program is missing, build all first: cmake --build --preset release" >&2
  exit 2
}
missed=0
printf '%-24s %12s %12s %7s\n' "network" "peak, MB" "estimate" "off"
for network in 256 knee; do
  for task in train infer; do
    for precision in float32 bfloat16; do
      read -r peak estimate < <("$program" "$network" "$task" "$precision")
      awk -v name="$network $task $precision" -v peak="$peak" -v estimate="$estimate" 'BEGIN {
        off = 100 * (estimate - peak) / peak
        printf "%-24s %12.0f %12.0f %+6.1f%%\n", name, peak / 1e6, estimate / 1e6, off
        exit off > 15 || off < -15 }' || missed=1
    done
  done
done
exit "$missed"
