#!/usr/bin/env python3
"""Runs clang-tidy over the compile database of one build directory, in parallel, and remembers what was clean.

A source is checked again only when something that its outcome depends on has changed: the source, a header of this
repository that it includes (directly or not), its compile command, .clang-tidy, or clang-tidy itself. The memory is a
folder of empty files named by hash, so removing it costs time and nothing else.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


@functools.cache
def includes(file: Path) -> tuple[Path, ...]:
    """The repository's own files that `file` includes directly."""
    found = []
    for target in INCLUDE.findall(file.read_text()):
        for folder in (ROOT / "src", file.parent):
            if (folder / target).is_file():
                found.append((folder / target).resolve())
                break
    return tuple(found)


@functools.cache
def digest(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def closure(source: Path) -> list[Path]:
    seen, pending = {source}, [source]
    while pending:
        for file in includes(pending.pop()):
            if file not in seen:
                seen.add(file)
                pending.append(file)
    return sorted(seen)


def key_of(entry: dict, common: bytes) -> str:
    state = hashlib.sha256(common)
    state.update(entry["command"].encode())
    for file in closure(Path(entry["file"])):
        state.update(str(file.relative_to(ROOT)).encode() + b"\0" + digest(file))
    return state.hexdigest()


def read_database(build: Path, only: list[str]) -> list[dict]:
    """One entry per source of the repository: the first, which is the layer's own (fuzz targets compile some again)."""
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        if not file.is_relative_to(ROOT) or file.is_relative_to(build) or not file.is_file():
            continue
        path = file.relative_to(ROOT).as_posix()
        if not only or any(path.startswith(prefix) for prefix in only):
            known = entries.setdefault(path, entry)
            if "-fsanitize=fuzzer" in known["command"]:
                entries[path] = entry
    return list(entries.values())


def check(tidy: str, database: Path, entry: dict) -> tuple[int, str]:
    command = [tidy, "--quiet", "-p", str(database), entry["file"]]
    done = subprocess.run(command, capture_output=True, text=True, cwd=entry["directory"], check=False)
    noise = re.compile(r"^(\d+ warnings?( and \d+ errors?)? generated|Suppressed |Use -header-filter).*\n", re.MULTILINE)
    return done.returncode, noise.sub("", done.stdout + done.stderr if done.returncode else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", help="check only paths with these prefixes, such as src/http/")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "debug")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "tidy-cache")
    parser.add_argument("--tidy", default="clang-tidy-19")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()

    entries = read_database(options.build.resolve(), options.only)
    clean = options.cache / "clean"
    clean.mkdir(parents=True, exist_ok=True)
    (options.cache / "compile_commands.json").write_text(json.dumps(entries))
    version = subprocess.run([options.tidy, "--version"], capture_output=True, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes() + (ROOT / "cmake" / "precompiled.h").read_bytes()
    keys = {entry["file"]: key_of(entry, common) for entry in entries}
    pending = [entry for entry in entries if not (clean / keys[entry["file"]]).exists()]

    started, failures = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        running = {pool.submit(check, options.tidy, options.cache, entry): entry for entry in pending}
        for count, future in enumerate(concurrent.futures.as_completed(running), 1):
            file = running[future]["file"]
            code, output = future.result()
            if code == 0:
                (clean / keys[file]).touch()
            else:
                failures += 1
                print(output, flush=True)
            if count % 20 == 0:
                print(f"clang-tidy: {count} of {len(pending)}", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print(f"clang-tidy: {len(entries)} sources, {len(pending)} checked in {seconds:.0f} s, {failures} with findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
