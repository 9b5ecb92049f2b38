#!/usr/bin/env python3
"""Event streams: the memory of an idle one, and fan-out to many beside the raw limit, in one run.

Memory: the server's resident size with all streams open, less the size before, over their number. Fan-out: messages are
sent by 4 connections while 1,000 streams of one chat are read; then the same number of bare sockets gets frames of the
same size by plain writes. Medians of several rounds. Standard library only.
"""

import argparse
import json
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile

from harness import Server, write_headers

TEXT = "A message of the usual length, about a hundred bytes, that everybody in the chat is waiting to read, now."


def open_streams(build: pathlib.Path, server: Server, path: str, headers: pathlib.Path, count: int, seconds: float):
    process = subprocess.Popen(
        [build / "bench" / "bench_sse_load", str(server.port), path, headers, str(count), str(seconds), "event: add"],
        stdout=subprocess.PIPE, text=True,
    )
    if json.loads(process.stdout.readline())["open"] != count:
        raise SystemExit("not all streams were opened")
    return process


def chat_of(server: Server, headers: dict) -> str:
    space = server.post("/v1/spaces", {"name": "bench"}, headers)["space"]
    return f"/v1/spaces/{space['id']}/chats/{space['chat_id']}"


def measure_memory(build: pathlib.Path, scratch: pathlib.Path, count: int) -> float:
    server = Server(build / "parlance", scratch / "server")
    try:
        headers = server.new_tenant()
        chat = chat_of(server, headers)
        file = write_headers(scratch / "headers", headers)
        open_streams(build, server, f"{chat}/subscribe?limit=1", file, 100, 1).wait()
        before = server.resident_bytes()
        process = open_streams(build, server, f"{chat}/subscribe?limit=1", file, count, 3)
        after = server.resident_bytes()
        process.wait()
        return (after - before) / count
    finally:
        server.stop()
        shutil.rmtree(scratch / "server")


def measure_fanout(build: pathlib.Path, scratch: pathlib.Path, count: int, seconds: float, senders: int) -> float:
    server = Server(build / "parlance", scratch / "server")
    try:
        headers = server.new_tenant()
        chat = chat_of(server, headers)
        file = write_headers(scratch / "headers", headers)
        (scratch / "body").write_text(json.dumps({"text": TEXT}))
        (scratch / "paths").write_text(f"{chat}/messages\n")
        process = open_streams(build, server, f"{chat}/subscribe?limit=1", file, count, seconds)
        subprocess.run(
            [build / "bench" / "bench_http_load", str(server.port), scratch / "paths", scratch / "body", file,
             str(senders), str(seconds), "201"],
            check=True, capture_output=True,
        )
        result = json.loads(process.stdout.readline())
        if result["closed_early"]:
            raise SystemExit("a stream was closed while it was read")
        return result["per_second"]
    finally:
        server.stop()
        shutil.rmtree(scratch / "server")


def measure_raw(build: pathlib.Path, count: int, seconds: float) -> float:
    output = subprocess.run(
        [build / "bench" / "bench_raw_fanout", str(count), "700", "1", str(seconds)],
        check=True, capture_output=True, text=True,
    ).stdout
    return float(output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--scratch", type=pathlib.Path, help="where the databases go; default: a temporary directory")
    parser.add_argument("--idle", type=int, default=10_000, help="idle streams")
    parser.add_argument("--subscribers", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="parlance-bench-", dir=options.scratch))
    try:
        memory = measure_memory(options.build, scratch, options.idle)
        print(f"{options.idle} idle streams: {memory / 1024:.2f} KB each", flush=True)
        for senders in (1, 4, 16):
            raw, served = [], []
            for _ in range(options.rounds):
                raw.append(measure_raw(options.build, options.subscribers, options.seconds))
                served.append(measure_fanout(options.build, scratch, options.subscribers, options.seconds, senders))
            limit, rate = statistics.median(raw), statistics.median(served)
            print(f"{options.subscribers} subscribers, {senders} senders: {rate:.0f} deliveries/s,"
                  f" one frame to a write {limit:.0f}/s, ratio {rate / limit:.2f}", flush=True)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
