#!/usr/bin/env bash
# Configures a preset where that has not been done, and builds it; ninja decides what is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -eq 0 ] || [ "$1" = --help ] || [ "$1" = -h ]; then
  echo "usage: scripts/build.sh PRESET [TARGET…]"
  echo "  PRESET  debug (ASan and UBSan), release or tsan; TARGET defaults to everything"
  exit 0
fi

preset=$1
shift
build=build/$preset
[ -f "$build/build.ninja" ] || cmake --preset "$preset" --log-level=NOTICE
export NINJA_STATUS='[%f/%t, %es] '
exec ninja -C "$build" "$@"
