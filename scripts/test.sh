#!/usr/bin/env bash
# Installs, builds, lints and runs every test on both engines. The last line is always "N passed, M failed".
set -uo pipefail
cd "$(dirname "$0")/.."

quick=false
for argument in "$@"; do
  case "$argument" in
    --quick) quick=true ;;
    --help | -h)
      echo "usage: scripts/test.sh [--quick]"
      echo "  --quick  without the lint and the fuzz targets"
      exit 0
      ;;
    *)
      echo "unknown option $argument; see --help" >&2
      exit 2
      ;;
  esac
done

results=build/test-results
broken_steps=0
result_files=()

heading() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# step NAME COMMAND…: a step that breaks counts as one failure.
step() {
  heading "$1"
  "${@:2}" && return 0
  echo "step failed: $1"
  broken_steps=$((broken_steps + 1))
  return 1
}

# tests NAME FILE COMMAND…: a command that writes a JUnit file, whose cases count; breaking without a failed case counts too.
tests() {
  local name=$1 file=$2 status failed
  heading "$name"
  rm -f "$file"
  "${@:3}"
  status=$?
  result_files+=("$file")
  read -r _ failed _ < <(python3 tools/count_results.py "$file" 2> /dev/null)
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "step failed: $name (exit code $status)"
    broken_steps=$((broken_steps + 1))
  fi
}

finish() {
  local status=$? passed failed skipped
  trap - EXIT INT TERM
  [ -z "$postgres_tests" ] || kill "$postgres_tests" 2> /dev/null
  stop_postgres
  heading "result"
  read -r passed failed skipped <<< "$(python3 tools/count_results.py "${result_files[@]}")"
  if [ "$status" -ne 0 ] && [ "$broken_steps" -eq 0 ]; then broken_steps=1; fi
  failed=$((${failed:-0} + broken_steps))
  echo "skipped: ${skipped:-0}"
  echo "${passed:-0} passed, $failed failed"
  exit $((failed > 0))
}

make_venv() {
  local venv=build/venv wanted=tests/requirements.txt
  if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv" || return 1
    "$venv/bin/pip" install -q --disable-pip-version-check -r "$wanted" || return 1
    cp "$wanted" "$venv/requirements.txt"
  fi
}

over_the_wire() {
  PARLANCE_TEST_ENGINE=$1 build/venv/bin/python -m pytest tests --junitxml "$results/$2.xml"
}

# The wire tests wait more than they compute, so both engines have their turn at the same time; what PostgreSQL's says is
# shown when it is its turn.
postgres_tests=
start_postgres_tests() {
  rm -f "$results"/wire-postgres*
  over_the_wire postgres wire-postgres-running > "$results/wire-postgres.log" 2>&1 &
  postgres_tests=$!
}

finish_postgres_tests() {
  local status
  wait "$postgres_tests"
  status=$?
  postgres_tests=
  cat "$results/wire-postgres.log"
  mv "$results/wire-postgres-running.xml" "$results/wire-postgres.xml"
  return "$status"
}

source scripts/postgres.sh
trap finish EXIT
trap 'echo interrupted; exit 130' INT
trap 'echo terminated; exit 143' TERM
mkdir -p "$results"

step "packages" scripts/install_packages.sh --tests || exit 1
step "build" scripts/build.sh debug || exit 1
$quick || step "lint" scripts/lint.sh
step "PostgreSQL" start_postgres || exit 1
ctest_options=(--parallel 2 --output-on-failure --no-tests=error --output-junit "$PWD/$results/ctest.xml")
if $quick; then ctest_options+=(-LE fuzz); fi
tests "unit and storage tests" "$results/ctest.xml" ctest --test-dir build/debug "${ctest_options[@]}"
step "python environment" make_venv || exit 1
start_postgres_tests
tests "over the wire, SQLite" "$results/wire-sqlite.xml" over_the_wire sqlite wire-sqlite
tests "over the wire, PostgreSQL" "$results/wire-postgres.xml" finish_postgres_tests
exit 0
