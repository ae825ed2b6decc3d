#!/usr/bin/env bash
# Installs the Debian packages that FlexUNet needs and that are missing. Can be run at any time:
# with everything in place it changes nothing and needs neither a network nor root.
#   setup.sh [--with-fuzzing] [--with-benchmarks]
# installs what scripts/fuzz.sh and the benchmarks in tests/bench need as well.
set -euo pipefail

packages=(
  # tools
  g++ cmake ninja-build ccache pkgconf
  # libraries; libopenblas0-openmp because LibTorch is half as fast with the reference BLAS
  libtorch-dev libopenblas0-openmp libopencv-dev libpng-dev libzip-dev zlib1g-dev libdeflate-dev
  libhdf5-dev libcairo2-dev libdcmtk-dev libnifti2-dev nlohmann-json3-dev libcli11-dev libfmt-dev
  libspdlog-dev libgtest-dev
  # the labels in curves and pictures of the network
  fonts-dejavu-core
)

fail() {
  printf 'setup.sh: %s\n' "$@" >&2
  exit 2
}

for option in "$@"; do
  case $option in
    --with-fuzzing) packages+=(clang-14 libclang-rt-14-dev) ;;
    --with-benchmarks) packages+=(libbenchmark-dev python3-venv) ;;
    *) fail "$option: no such option, choose --with-fuzzing or --with-benchmarks" ;;
  esac
done

command -v dpkg-query >/dev/null || fail \
  "this system has no dpkg, and setup.sh knows Debian only (tried with Debian 12)." \
  "Install what the list below names by other means, then run cmake --preset release:" \
  "${packages[*]}"

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "setup.sh: all ${#packages[@]} packages are installed"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || fail \
    "missing packages: ${missing[*]}" \
    "Run setup.sh as root, or install sudo: apt-get install sudo"
  as_root=(sudo)
fi
echo "setup.sh: installing ${missing[*]}"
"${as_root[@]}" apt-get update || fail "apt-get update failed: is there a network, and a mirror?"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${missing[@]}" || fail \
  "apt-get could not install: ${missing[*]}" \
  "The package names are those of Debian 12 (bookworm)."
