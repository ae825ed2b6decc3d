#!/usr/bin/env bash
# The long forms of the tests of interrupted and failing trainings: 200 kills, every file operation.
# long_forms.sh [BUILD_FOLDER]; some 15 minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tests="${1:-build/release}/tests"
FLEXUNET_KILLS=200 "$tests/kill_tests"
FLEXUNET_LONG_TESTS=1 "$tests/file_faults_tests"
