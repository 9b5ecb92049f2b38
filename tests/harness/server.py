"""A real server process on a scratch directory."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

MASTER_KEY = "test-master-key"
START_SECONDS = 30
STOP_SECONDS = 30

LISTENING = re.compile(r"^listening on (http://\S+)", re.MULTILINE)
SANITIZER_REPORT = re.compile(r"ERROR: \w*Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: \w*Sanitizer")


class ServerDidNotStart(Exception):
    """The process ended or stayed silent before it was ready; the message holds its output."""


class Server:
    """`parlance serve` with its data in `folder`. It survives stop() and kill(): restart() runs it on the same data.

    `url` and `ws_url` have no slash at the end. `arguments` come after the harness's own, `environment` on top of an
    environment without any PARLANCE_ variable of the caller.
    """

    def __init__(self, binary: Path, folder: Path, database: str | None, arguments=(), environment=None):
        self.binary = binary
        self.folder = folder
        self.database = database
        self.arguments = [str(argument) for argument in arguments]
        self.environment = environment or {}
        self.url = ""
        self.process: subprocess.Popen | None = None
        self._runs = 0
        self._listen = "127.0.0.1:0"

    @property
    def ws_url(self) -> str:
        return "ws" + self.url.removeprefix("http")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> "Server":
        """Returns once the server has said where it listens."""
        assert not self.is_running()
        self._runs += 1
        with self._output("stdout").open("w") as stdout, self._output("stderr").open("w") as stderr:
            self.process = subprocess.Popen(self._command(), env=self._environment(), stdout=stdout, stderr=stderr)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            ready = LISTENING.search(self._output("stdout").read_text())
            if ready:
                self.url = ready.group(1).rstrip("/")
                return self
            if self.process.poll() is not None:
                raise ServerDidNotStart(f"exit code {self.process.returncode}\n{self.log}")
            time.sleep(0.02)
        self.kill()
        raise ServerDidNotStart(f"not ready after {START_SECONDS} s\n{self.log}")

    def stop(self) -> int:
        """SIGTERM, which drains; the exit code, asserted to be 0 and without a sanitizer report."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running {STOP_SECONDS} s after SIGTERM\n{self.log}") from None
        self.assert_clean()
        assert code == 0, f"exit code {code} after SIGTERM\n{self.log}"
        return code

    def kill(self) -> None:
        """SIGKILL: what a power cut looks like to the data."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.assert_clean()

    def restart(self) -> "Server":
        """Starts again on the same data and the same port; stops first where it still runs."""
        if self.is_running():
            self.stop()
        self._listen = self.url.removeprefix("http://")
        return self.start()

    def finish(self) -> None:
        """The end of every test: a server that still runs stops cleanly, one that crashed is an error."""
        if self.is_running():
            self.stop()
        elif self.process is not None and self.process.returncode not in (0, -signal.SIGKILL):
            raise AssertionError(f"the server had ended with exit code {self.process.returncode}\n{self.log}")

    def assert_clean(self) -> None:
        assert not SANITIZER_REPORT.search(self.log), self.log

    @property
    def log(self) -> str:
        """Standard output and standard error of the current run, in this order."""
        files = (self._output(name) for name in ("stdout", "stderr"))
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def _output(self, name: str) -> Path:
        return self.folder / f"run-{self._runs}.{name}"

    def _command(self) -> list[str]:
        command = [str(self.binary), "serve", "--listen", self._listen, "--data", str(self.data)]
        if self.database:
            command += ["--database", self.database]
        return command + self.arguments

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PARLANCE_")}
        own["PARLANCE_MASTER_KEY"] = MASTER_KEY
        own.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
        return own | {name: str(value) for name, value in self.environment.items()}
