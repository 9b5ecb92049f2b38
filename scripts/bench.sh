#!/usr/bin/env bash
# Builds release with the measuring tools and runs them. Numbers are for comparing within one run on one idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  --help | -h)
    echo "usage: scripts/bench.sh [sends|streams|search] [ARGUMENT…]"
    echo "  sends    durable sends at 1, 16, 64 and 256 connections beside plain SQLite, to 1,000 rooms and to one (the default)"
    echo "  streams  memory of idle event streams, and fan-out beside bare sockets"
    echo "  search   searches of threads at 1,000,000 messages beside plain full-text queries, and the rate of indexing"
    echo "  ARGUMENT is passed on; see bench/sends.py --help, and so on"
    exit 0
    ;;
  sends | streams | search)
    what=$1
    shift
    ;;
  *) what=sends ;;
esac

scripts/install_packages.sh
scripts/build.sh release
exec python3 "bench/$what.py" "$@"
