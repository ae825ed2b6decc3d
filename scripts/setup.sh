#!/usr/bin/env bash
# Installs the packages of Debian or Ubuntu that FlexUNet needs and that are missing. Can be run at any
# time: with everything in place it changes nothing and needs neither a network nor root.
#   setup.sh [--with-fuzzing] [--with-benchmarks]
# installs what scripts/fuzz.sh and the benchmarks in tests/bench need as well. A LibTorch of your own,
# CMAKE_PREFIX_PATH=<folder with include/ and lib/>, is used in place of the package.
set -euo pipefail

packages=(
  # tools
  g++ cmake ninja-build ccache pkgconf
  # libraries
  libopencv-dev libpng-dev libjpeg-dev libtiff-dev libzip-dev zlib1g-dev libdeflate-dev libhdf5-dev libcairo2-dev libdcmtk-dev
  libnifti2-dev nlohmann-json3-dev libcli11-dev libfmt-dev libspdlog-dev libutfcpp-dev libutf8proc-dev libgtest-dev libinih-dev
  # the labels in curves and pictures of the network
  fonts-dejavu-core
)
# libopenblas0-openmp because LibTorch is half as fast with the reference BLAS.
[[ -e ${CMAKE_PREFIX_PATH:-}/lib/libtorch.so ]] || packages+=(libtorch-dev libopenblas0-openmp)

fail() {
  printf 'setup.sh: %s\n' "$@" >&2
  exit 2
}

for option in "$@"; do
  case $option in
    --with-fuzzing) packages+=(clang libclang-rt-dev) ;;
    --with-benchmarks) packages+=(libbenchmark-dev python3-venv) ;;
    *) fail "$option: no such option, choose --with-fuzzing or --with-benchmarks" ;;
  esac
done

command -v dpkg-query >/dev/null || fail \
  "this system has no dpkg, and setup.sh knows the packages of Debian (tried with 12 and 13) and Ubuntu." \
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
unknown=()
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 || unknown+=("$package")
done
if ((${#unknown[@]} > 0)); then
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && echo "$PRETTY_NAME")
  advice=("Did apt-get update reach a mirror? The names are those of Debian 12 and 13; Ubuntu has them"
    "in its component universe.")
  [[ " ${unknown[*]} " != *" libtorch-dev "* ]] || advice+=(
    "Without libtorch-dev: unpack LibTorch (C++, CPU) from https://pytorch.org/get-started/locally,"
    "then CMAKE_PREFIX_PATH=<its folder> scripts/quickstart.sh")
  fail "apt of $system knows no package ${unknown[*]}" "${advice[@]}"
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${missing[@]}" ||
  fail "apt-get could not install: ${missing[*]}"
