#!/usr/bin/env python3
"""Searches of threads beside the plain full-text queries of messages that they rest on, in one run.

Makes a database of that many messages in threads of 25, has it indexed, and asks. For each kind of query: how many
threads are found, and beside the search of threads (ranked or sorted, with the exact number of what is found, for a
caller who may read most of the channels) the FTS5 query of its words over the messages: its newest ten, and all that
match, which any exact number would take. "work" is the processor time of the search alone. Milliseconds.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import tempfile


def print_indexing(line: dict) -> None:
    print(f"{line['indexing']}: {line['messages']:,} messages, {line['per_second']:,.0f} a second, "
          f"{line['work_us_each']:.0f} µs of processors each; search.db {line['megabytes']} MB", flush=True)


def print_query(line: dict) -> None:
    def pair(name: str) -> str:
        has_words = line["all_p50_ms"] > 0
        return f"{line[name + '_p50_ms']:8.2f} {line[name + '_p99_ms']:8.2f}" if has_words else " " * 17
    print(f"{line['query']:30} {line['found']:7} {line['p50_ms']:8.2f} {line['p99_ms']:8.2f} {line['work_p99_ms']:8.2f}"
          f"  {pair('newest')}  {pair('all')}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--directory", type=pathlib.Path,
                        help="where the database is made, or was by an earlier run; default: a temporary one")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=300, help="queries of each kind")
    parser.add_argument("--only", default="", help="the kinds of queries with this in their name")
    options = parser.parse_args()
    directory = options.directory or pathlib.Path(tempfile.mkdtemp(prefix="parlance-bench-"))
    command = [options.build / "bench" / "bench_search", directory, str(options.messages), str(options.rounds)]
    try:
        process = subprocess.Popen(command + ([options.only] if options.only else []), stdout=subprocess.PIPE, text=True)
        for text in process.stdout:
            line = json.loads(text)
            if "indexing" in line:
                print_indexing(line)
            elif "first_query_ms" in line:
                print(f"the first query of a tenant, which reads its table: {line['first_query_ms']:.0f} ms\n")
                print(f"{'':30} {'':7} {'threads':>26}  {'newest messages':>17}  {'all messages':>17}")
                print(f"{'':30} {'found':>7} {'p50':>8} {'p99':>8} {'work p99':>8}" + f"  {'p50':>8} {'p99':>8}" * 2)
            else:
                print_query(line)
        if process.wait() != 0:
            raise SystemExit(process.returncode)
    finally:
        if not options.directory:
            shutil.rmtree(directory)


if __name__ == "__main__":
    main()
