#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own, named by PARLANCE_TEST_POSTGRES; ends it afterwards.
set -uo pipefail

if [ $# -eq 0 ] || [ "$1" = --help ] || [ "$1" = -h ]; then
  echo "usage: scripts/with_postgres.sh COMMAND [ARGUMENT…]"
  exit 0
fi

source "$(dirname "$0")/postgres.sh"
trap stop_postgres EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start_postgres || exit 1
"$@"
