#!/usr/bin/env bash
# Installs what is missing, builds everything with warnings as errors and runs all tests.
# A LibTorch of your own: CMAKE_PREFIX_PATH=<folder with include/ and lib/> scripts/test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh --with-fuzzing
cmake --preset release -DFLEXUNET_WERROR=ON
cmake --build --preset release -j"$(nproc)"
exec ctest --preset release -j"$(nproc)"
