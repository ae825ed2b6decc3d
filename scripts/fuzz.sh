#!/usr/bin/env bash
# Feeds the readers broken input: builds the libFuzzer targets and runs each for SECONDS, two at a
# time, from the seeds in tests/fuzz/corpus and the published configs where they are there. What a
# run finds lies in build/fuzz/findings; inputs that reach new code collect in build/fuzz/corpus.
#   scripts/fuzz.sh [SECONDS [TARGET...]]     default: 600 seconds, every target
# Exit code: 0 nothing found, 1 something found, 77 no clang with libFuzzer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=(config literal mask picture npy npz safetensors keras_h5 dicom volume)
seconds=${1:-600}
shift || true
targets=("$@")
((${#targets[@]} > 0)) || targets=("${all[@]}")
out=$PWD/build/fuzz

if ! [[ $seconds =~ ^[0-9]+$ ]]; then
  echo "fuzz.sh: \"$seconds\" is no number of seconds: scripts/fuzz.sh 60 picture" >&2
  exit 2
fi
for target in "${targets[@]}"; do
  if [[ " ${all[*]} " != *" $target "* ]]; then
    echo "fuzz.sh: there is no target $target, only ${all[*]}" >&2
    exit 2
  fi
done

has_fuzzer() {
  echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    clang++ -fsanitize=fuzzer,address -x c++ - -o /dev/null 2>/dev/null
}
if ! has_fuzzer; then
  echo "fuzz.sh: skipped, no clang with libFuzzer: scripts/setup.sh --with-fuzzing installs it" >&2
  exit 77
fi

# A request beyond all memory fails as it does outside: what a reader makes of that is looked at.
# Names of functions take a second to look up, for each child process that libhdf5 ends.
export ASAN_OPTIONS=allocator_may_return_null=1:quarantine_size_mb=16:symbolize=0

cmake --preset fuzz >/dev/null
mkdir -p "$out/logs"
cmake --build --preset fuzz -j2 >"$out/logs/build.txt" || { cat "$out/logs/build.txt"; exit 2; }

# The longest input in bytes: as much as the seeds need, since short inputs are tried faster.
longest_input() {
  case $1 in
    literal) echo 512 ;;
    config | keras_h5) echo 16384 ;;
    *) echo 4096 ;;
  esac
}

# The longest time for one input. Reading a small .h5 is stopped after 2 s of computing, which a busy
# machine stretches.
longest_time() {
  [[ $1 == keras_h5 || $1 == dicom ]] && echo 30 || echo 5
}

# The largest request for memory in MiB. DCMTK asks for what an element of a DICOM file claims to be,
# up to 4 GiB, and fills no more than the file holds.
largest_request() {
  [[ $1 == dicom ]] && echo 4100 || echo 512
}

# What a sanitizer finds in a child process lands in the current folder. The faults of libhdf5 and
# DCMTK are why there is a child; any other is a finding.
has_faulty_child() { # the folder
  local report
  for report in "$1"/.[0-9]*; do
    if grep -qs 'ERROR: ' "$report" && ! grep -qE 'libhdf5|libdcm|libijg|libofstd' "$report"; then return 0; fi
  done
  return 1
}

run_target() {
  local target=$1 log=$out/logs/$1.txt seeds=("$PWD/tests/fuzz/corpus/$1")
  local work=$out/work/$target
  rm -rf "$work"
  mkdir -p "$out/corpus/$target" "$out/findings/$target" "$work"
  [[ $target != config || ! -d ../shared/configs ]] || seeds+=("$PWD/../shared/configs")
  # 2: what the readers print is not kept; sanitizers still reach the log.
  if ! (cd "$work" && "$out/bin/fuzz_$target" "$out/corpus/$target" "${seeds[@]}" \
    -max_total_time="$seconds" -max_len="$(longest_input "$target")" \
    -timeout="$(longest_time "$target")" -rss_limit_mb=2048 -malloc_limit_mb="$(largest_request "$target")" \
    -entropic_scale_per_exec_time=1 -close_fd_mask=2 -print_final_stats=1 \
    -artifact_prefix="$work/") >"$log" 2>&1 ||
    has_faulty_child "$work"; then
    cp -r "$work/." "$out/findings/$target"
    echo "fuzz.sh: stopped by a finding" >>"$log"
  fi
}

for target in "${targets[@]}"; do
  while (($(jobs -rp | wc -l) >= 2)); do wait -n; done
  run_target "$target" &
done
wait

last_number() { # the last number that follows the words $2 in the log of target $1
  grep -o "$2 *[0-9]*" "$out/logs/$1.txt" | grep -o '[0-9]*$' | tail -n 1 || echo "?"
}
found=0
printf '%-12s %12s %8s %9s %6s\n' target executions exec/s coverage finds
for target in "${targets[@]}"; do
  finds=$(grep -c 'stopped by a finding' "$out/logs/$target.txt" || true)
  found=$((found + finds))
  printf '%-12s %12s %8s %9s %6s\n' "$target" \
    "$(last_number "$target" 'number_of_executed_units:')" \
    "$(last_number "$target" 'average_exec_per_sec:')" "$(last_number "$target" 'cov:')" "$finds"
done
((found == 0)) && exit 0
for target in "${targets[@]}"; do
  grep -q 'stopped by a finding' "$out/logs/$target.txt" || continue
  grep -h -E '^SUMMARY|ERROR: |Test unit written' "$out/logs/$target.txt" | tail -n 4 || true
done
echo "fuzz.sh: the input lies in $out/findings/TARGET; $out/bin/fuzz_TARGET FILE shows it again." \
  "Mend the reader and keep the input as tests/fuzz/corpus/TARGET/bad_NAME"
exit 1
