#!/usr/bin/env bash
# Builds release with the benchmarks and runs them. Numbers are for comparing within one run on one machine.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  echo "usage: scripts/bench.sh [ARGUMENT…]"
  echo "  ARGUMENT  is passed on to bench/sends.py"
  exit 0
fi

scripts/install_packages.sh
scripts/build.sh release
exec python3 bench/sends.py "$@"
