#!/usr/bin/env bash
# Format, clang-tidy and source rules. The debug build must exist: its compile database and precompiled headers are used.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  echo "usage: scripts/lint.sh [PATH-PREFIX…]"
  echo "  PATH-PREFIX  give clang-tidy only these sources, such as src/http/"
  exit 0
fi

broken=0
echo "clang-format"
find src bench fuzz -name '*.h' -o -name '*.cc' | sort | xargs clang-format-19 --dry-run -Werror || broken=1
echo "source rules"
python3 tools/check_source.py || broken=1
echo "clang-tidy"
python3 tools/run_tidy.py "$@" || broken=1
exit $broken
