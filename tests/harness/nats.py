"""A nats-server of a test's own, on a free loopback port, which it keeps over stop() and start()."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PATHS = ("/usr/sbin/nats-server", "/usr/bin/nats-server")


class NatsServer:
    def __init__(self, folder: Path, *arguments: str):
        self.folder = folder
        self.arguments = arguments
        self.port = _free_port()
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> "NatsServer":
        """Returns once it answers."""
        assert self.process is None
        command = [_program(), "-a", "127.0.0.1", "-p", str(self.port), *self.arguments]
        with (self.folder / "nats.log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                    if connection.recv(4) == b"INFO":
                        return self
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise AssertionError("nats-server does not answer\n" + (self.folder / "nats.log").read_text())

    def hang(self) -> None:
        """It keeps its connections and does nothing, until resume()."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """At once, as in a crash."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None


def _program() -> str:
    found = shutil.which("nats-server") or next((path for path in PATHS if Path(path).is_file()), None)
    assert found, "nats-server is not installed: scripts/install_packages.sh --tests"
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
