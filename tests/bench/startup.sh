#!/usr/bin/env bash
# How much longer flexunet-train takes to start than an empty program with the same libraries: its
# help, and its dry run on the Phantom project. Prints medians.
#   startup.sh [BUILD_FOLDER [ROUNDS]]
# BUILD_FOLDER is build/release and ROUNDS 15 unless given. Exits 1 when a bar is missed (the last
# line names it), 2 when nothing could be measured.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
build="$(realpath -m "${1:-$root/build/release}")"
rounds="${2:-15}"
train="$build/bin/flexunet-train"
empty="$build/tests/empty_program"

fail() {
  printf 'startup.sh: %s\n' "$@" >&2
  exit 2
}

[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "$rounds: the number of rounds must be 1 or more"
for program in "$train" "$empty" "$build/bin/flexunet-phantom"; do
  [[ -x $program ]] || fail "$program: is missing, build all first: cmake --build ${build@Q}"
done
# The linker may drop what an empty program does not use; then the bars would mean nothing.
libraries() { ldd "$1" | awk '{print $1}' | sort; }
diff <(libraries "$train") <(libraries "$empty") >&2 ||
  fail "the empty program does not load the libraries of flexunet-train, see above"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/projects/FlexUNet" "$work/dataset"
cp -r "$root/projects/FlexUNet/Phantom" "$work/projects/FlexUNet/Phantom"
"$build/bin/flexunet-phantom" "$work/dataset/Phantom" --count 120 --size 128 >"$work/phantom.txt" ||
  fail "flexunet-phantom failed"
cd "$work/projects/FlexUNet/Phantom"

# timed NAME COMMAND...: adds the seconds that it took to NAME's list.
timed() {
  local name=$1 begin=$EPOCHREALTIME
  "${@:2}" >"$work/output.txt" 2>&1 ||
    fail "$name failed:" "$(cat "$work/output.txt")"
  awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.6f\n", end - begin }' \
    >>"$work/$name"
}

median() {
  sort -g "$work/$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# The first round, which reads the libraries from the disk, does not count.
for ((round = 0; round <= rounds; ++round)); do
  timed empty "$empty"
  timed help "$train" --help
  timed dry_run "$train" --dry-run
  if ((round == 0)); then rm "$work/empty" "$work/help" "$work/dry_run"; fi
done

missed=()
printf '%-34s %8s %14s %5s\n' "median of $rounds, s" time "above empty" bar
printf '%-34s %8.3f\n' "empty program" "$(median empty)"
# report NAME LABEL BAR
report() {
  local above
  above="$(awk -v a="$(median "$1")" -v b="$(median empty)" 'BEGIN { print a - b }')"
  printf '%-34s %8.3f %14.3f %5s\n' "$2" "$(median "$1")" "$above" "$3"
  awk -v a="$above" -v bar="$3" 'BEGIN { exit !(a > bar) }' || return 0
  missed+=("$2")
}
report help "flexunet-train --help" 0.1
report dry_run "flexunet-train --dry-run, Phantom" 1
if ((${#missed[@]} > 0)); then
  echo "missed: ${missed[*]}"
  exit 1
fi
echo "both bars are met"
