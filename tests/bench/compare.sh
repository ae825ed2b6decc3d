#!/usr/bin/env bash
# Compares FlexUNet with PyTorch, Keras, OpenVINO and ONNX Runtime on the same network, batch and
# threads; see README.md.
#   compare.sh [--rounds N] [--network 256|knee] [--threads N]
# Builds what is missing, and installs the peers from PyPI into build/bench/venv (6 GB) the first
# time. Exits 1 when a bar is missed; the last line names those.
set -euo pipefail
# shellcheck source=tests/bench/peers.sh
source "$(dirname "${BASH_SOURCE[0]}")/peers.sh"

install_peers
build_programs flexunet_step flexunet-convert flexunet-inspect
compare_with_peers compare.py "$@"
