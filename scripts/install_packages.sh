#!/usr/bin/env bash
# Installs the Debian packages that are missing; does nothing, and needs no network, when none is.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  echo "usage: scripts/install_packages.sh [--tests] [--list]"
  echo "  --tests  also what the tests and the lint need (scripts/packages-test.txt)"
  echo "  --list   only print what is missing"
}

lists=(scripts/packages.txt)
only_list=false
for argument in "$@"; do
  case "$argument" in
    --tests) lists+=(scripts/packages-test.txt) ;;
    --list) only_list=true ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query > /dev/null; then
  echo "This is not a Debian system. Install the equivalents of the packages in ${lists[*]} yourself." >&2
  exit 1
fi

mapfile -t wanted < <(sed 's/#.*//' "${lists[@]}" | tr -s ' \t' '\n' | sed '/^$/d')
installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${wanted[@]}" 2> /dev/null | sed -n 's/^ii *//p' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<< "$installed" && continue
  # Packages of Node from elsewhere bring npm along, and do not go together with Debian's.
  if [ "$package" = npm ] && command -v npm > /dev/null; then continue; fi
  missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if $only_list; then
  printf '%s\n' "${missing[@]}"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null; then
    echo "These packages are missing, and without root or sudo they cannot be installed:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
