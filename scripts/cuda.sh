#!/usr/bin/env bash
# Builds FlexUNet for NVIDIA GPUs (preset cuda, in build/cuda) and runs all tests; those that need a
# GPU skip where there is none. CI does not run it: see docs/gpu.md for what it takes.
#   scripts/cuda.sh
# Needs NVIDIA's CUDA toolkit 13 with nvcc on PATH, whose headers LibTorch asks for. LibTorch itself
# comes from PyPI into build/libtorch the first time; FLEXUNET_LIBTORCH=<folder with include/ and
# lib/> takes one that is there instead. PYTHON=... names the Python (3.10 or newer) that installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root="$PWD"
version=2.11.0

fail() {
  printf 'cuda.sh: %s\n' "$@" >&2
  exit 2
}

scripts/setup.sh --with-benchmarks
command -v nvcc >/dev/null || fail \
  "nvcc: not on PATH. LibTorch's CMake files need NVIDIA's CUDA toolkit 13:" \
  "https://developer.nvidia.com/cuda-downloads, then PATH=/usr/local/cuda/bin:\$PATH"

if [[ -z ${FLEXUNET_LIBTORCH:-} ]]; then
  environment="$root/build/libtorch"
  # Made anew where the version changed or an installation was cut short.
  if [[ $(cat "$environment/installed.txt" 2>/dev/null) != "$version" ]]; then
    "${PYTHON:-python3}" -m venv --clear "$environment" || fail "could not make $environment"
    "$environment/bin/pip" install --quiet "torch==$version" ||
      fail "pip could not install torch $version"
    echo "$version" >"$environment/installed.txt"
  fi
  FLEXUNET_LIBTORCH="$("$environment/bin/python" -c \
    'import sysconfig; print(sysconfig.get_path("platlib"))')/torch"
fi
[[ -e $FLEXUNET_LIBTORCH/lib/libtorch_cuda.so ]] ||
  fail "FLEXUNET_LIBTORCH=$FLEXUNET_LIBTORCH: holds no lib/libtorch_cuda.so"
export FLEXUNET_LIBTORCH

cmake --preset cuda -DFLEXUNET_WERROR=ON
cmake --build --preset cuda -j"$(nproc)"
# Some linkers drop a library that is only reached through another; then no GPU would be found.
for program in build/cuda/bin/flexunet-*; do
  readelf -d "$program" |
    awk '/NEEDED.*libtorch_cpu/ { cpu = 1 } /NEEDED.*libtorch_cuda/ { cuda = 1 }
         END { exit cpu && !cuda }' ||
    fail "$program: is not linked with libtorch_cuda.so"
done
exec ctest --preset cuda -j"$(nproc)"
