#!/usr/bin/env bash
# Compares whole trainings by FlexUNet, Keras and PyTorch, from the first epoch to the last; see
# README.md.
#   compare_run.sh [--rounds N] [--config phantom|crystal] [--threads N] [--epochs N]
# Builds what is missing, and installs the peers from PyPI into build/bench/venv (6 GB) the first
# time. Exits 1 when a bar is missed; the last line names those.
set -euo pipefail
# shellcheck source=tests/bench/peers.sh
source "$(dirname "${BASH_SOURCE[0]}")/peers.sh"

install_peers
build_programs flexunet-train flexunet-evaluate flexunet-inspect flexunet-phantom \
  flexunet-generate flexunet-split
compare_with_peers compare_run.py "$@"
