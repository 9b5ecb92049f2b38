#!/usr/bin/env bash
# From a bare checkout to a running server: installs what is missing, builds what has changed, and starts.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  cat << 'TEXT'
usage: scripts/run.sh [OPTION…]

Starts build/release/parlance serve --quickstart on 127.0.0.1:8080 with its data in ./data. On the first start it prints
an API key and a curl session. Options are passed on and win over these; build/release/parlance serve --help lists them.
TEXT
  exit 0
fi

scripts/install_packages.sh
scripts/build.sh release parlance

has_option() {
  local option=$1
  shift
  for argument in "$@"; do
    if [[ $argument == "$option" || $argument == "$option="* ]]; then return 0; fi
  done
  return 1
}

defaults=()
has_option --listen "$@" || defaults+=(--listen 127.0.0.1:8080)
has_option --data "$@" || defaults+=(--data ./data)
exec build/release/parlance serve --quickstart "${defaults[@]}" "$@"
