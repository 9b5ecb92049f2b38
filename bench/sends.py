#!/usr/bin/env python3
"""Durable sends beside the raw limit, in one run.

For each number of connections: the rows of a send by plain SQLite, as many to a commit (at most 64), then
POST /rooms/{id}/messages against a fresh server on the same disk, alternating; medians of several rounds and their
ratio. Then plain SQLite once more, with as many to a commit as the server had: what is left of that ratio is the cost
of HTTP, permissions and the index of words; the rest is that some of the connections are always on their way.

Both sides write to one of many rooms at random, as a chat server does: a message then changes pages that no other of
its batch changes. With a single room ("--rooms 1") all of a batch lies on the same few pages, and plain SQLite is
limited by little else than the disk. Standard library only.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile

from harness import Server, write_headers

TEXT = (
    "Two hundred bytes of text stand for a chat message of the usual length: a sentence or two, a question, perhaps an "
    "answer, and now and then a link to something that somebody else has already posted in the room."
)


def measure_sends(build: pathlib.Path, scratch: pathlib.Path, rooms: int, connections: int, seconds: float) -> dict:
    server = Server(build / "parlance", scratch / "server")
    try:
        headers = server.new_tenant()
        paths = [
            "/rooms/" + server.post("/rooms", {"type": "group", "members": ["alice", "bob"]}, headers)["room_id"]
            + "/messages"
            for _ in range(rooms)
        ]
        (scratch / "paths").write_text("".join(path + "\n" for path in paths))
        (scratch / "body").write_text(json.dumps({"content": TEXT}))
        write_headers(scratch / "headers", headers)
        output = subprocess.run(
            [build / "bench" / "bench_http_load", str(server.port), scratch / "paths", scratch / "body",
             scratch / "headers", str(connections), str(seconds), "201"],
            check=True, capture_output=True, text=True,
        ).stdout
        batch = server.metric("parlance_lane_batch_size_sum") / server.metric("parlance_lane_batch_size_count")
        return {"batch": batch, **json.loads(output)}
    finally:
        server.stop()
        shutil.rmtree(scratch / "server")


def measure_raw(build: pathlib.Path, scratch: pathlib.Path, rooms: int, batch: int, seconds: float) -> float:
    output = subprocess.run(
        [build / "bench" / "bench_raw_commit", scratch / "raw", str(batch), str(seconds), str(rooms)],
        check=True, capture_output=True, text=True,
    ).stdout
    shutil.rmtree(scratch / "raw")
    return float(output)


def compare(options: argparse.Namespace, scratch: pathlib.Path, rooms: int, connections: int) -> None:
    raw, sends = [], []
    for _ in range(options.rounds):
        raw.append(measure_raw(options.build, scratch, rooms, min(connections, 64), options.seconds))
        sends.append(measure_sends(options.build, scratch, rooms, connections, options.seconds))
    run = {key: statistics.median(each[key] for each in sends) for key in sends[0]}
    limit = statistics.median(raw)
    batch = max(1, round(run["batch"]))
    limit_at_batch = measure_raw(options.build, scratch, rooms, batch, options.seconds)
    rate = run["per_second"]
    print(
        f"{rooms:5} {connections:11} {limit:7.0f} {rate:9.0f} {rate / limit:7.2f} {batch:7} {limit_at_batch:13.0f}"
        f" {rate / limit_at_batch:7.2f} {run['p50_ms']:8.2f} {run['p99_ms']:8.2f}"
        f" {sum(each['failures'] for each in sends):10.0f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--scratch", type=pathlib.Path, help="where the databases go; default: a temporary directory")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rooms", type=int, nargs="+", default=[1000, 1])
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64, 256])
    options = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="parlance-bench-", dir=options.scratch))
    print("rooms connections   raw/s   sends/s   ratio   batch   raw/s at it   ratio   p50 ms   p99 ms   failures", flush=True)
    try:
        for rooms in options.rooms:
            for connections in options.connections:
                compare(options, scratch, rooms, connections)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
