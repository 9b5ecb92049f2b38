"""The life of the process: contract "Process" of the administration interface."""

import socket
import subprocess

import httpx
import pytest

from harness.tenant import Tenant


def test_is_ready_when_it_says_so(start_server):
    server = start_server()
    assert httpx.get(f"{server.url}/health", trust_env=False).status_code == 200


def test_sigterm_exits_with_zero_also_with_an_open_connection(start_server):
    server = start_server()
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))):
        assert server.stop() == 0


def test_data_survives_a_kill(start_server):
    server = start_server()
    tenant = Tenant.create(server)
    server.kill()
    server.restart()
    reply = tenant.as_backend().post("/admin/tokens", json={"user_id": "alice"})
    assert reply.status_code == 201, reply.text
    tenant.close()


@pytest.mark.parametrize("arguments", [["serve", "--listen", "nonsense"], ["serve", "--no-such-option"], ["frobnicate"]])
def test_refuses_a_bad_command_line(binary, tmp_path, arguments):
    done = subprocess.run([binary, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    assert done.stderr.strip()
    assert "Sanitizer" not in done.stderr
