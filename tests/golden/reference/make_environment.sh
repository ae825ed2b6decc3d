#!/usr/bin/env bash
# Makes the Python environment for the scripts beside it:
#   make_environment.sh [FOLDER]      (default: build/reference in the repository)
# Needs Python 3.10 with its venv module, as python3.10 or as PYTHON says.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="${1:-$here/../../../build/reference}"

"${PYTHON:-python3.10}" -m venv "$folder"
"$folder/bin/pip" install --requirement "$here/requirements.txt"
echo "made: source $(cd "$folder" && pwd)/bin/activate"
