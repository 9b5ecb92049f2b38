"""What the measuring scripts share: a release server with a data directory of its own."""

import json
import os
import pathlib
import subprocess
import urllib.request


class Server:
    """A release server on a free port with a data directory of its own."""

    def __init__(self, binary: pathlib.Path, directory: pathlib.Path):
        environment = dict(os.environ, PARLANCE_MASTER_KEY="bench")
        self.process = subprocess.Popen(
            [binary, "serve", "--listen", "127.0.0.1:0", "--data", directory, "--log-level", "warning"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout:
            if line.startswith("listening on http://"):
                self.url = line.split()[-1]
                break
        else:
            raise SystemExit("the server did not start")
        self.port = int(self.url.rsplit(":", 1)[1])

    def post(self, path: str, body: dict, headers: dict) -> dict:
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers},
            method="POST",
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def resident_bytes(self) -> int:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def metric(self, name: str) -> float:
        with urllib.request.urlopen(self.url + "/metrics") as reply:
            lines = reply.read().decode().splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(name + " ")))

    def new_tenant(self) -> dict:
        """Headers of Alice in a tenant without limits."""
        tenant = self.post("/admin/tenants", {"name": "bench", "rate_limit": 0}, {"X-Master-Key": "bench"})
        return {"X-API-Key": tenant["api_key"], "X-User-Id": "alice"}


def write_headers(path: pathlib.Path, headers: dict) -> pathlib.Path:
    path.write_text("".join(f"{name}: {value}\r\n" for name, value in headers.items()))
    return path
