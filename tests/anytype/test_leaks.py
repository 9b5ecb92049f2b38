"""Clients that vanish leave nothing behind: no descriptor, no temporary file, no stream."""

import os
import socket
import time

import httpx
import pytest
from anytype_support import Chat, wait_until
from harness.tenant import Tenant


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--sse-ping-interval-ms", 1000)


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def temporary_files(server):
    return os.listdir(server.data / "files" / "tmp")


def open_streams(server):
    lines = httpx.get(server.url + "/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith('parlance_http_open_streams{kind="sse"}'))


def raw(server):
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def head(chat, method, path, *more):
    key = chat.tenant.api_key
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"X-API-Key: {key}", "X-User-Id: alice", *more, "", ""]
    return "\r\n".join(lines).encode()


# Connections of the test's own look-ups (metrics, keep-alive) that may stand when descriptors are counted.
PROBES = 2


def settled(server):
    """Descriptors once the connections of earlier calls have gone."""
    previous = -1
    while (count := descriptors(server)) != previous:
        previous = count
        time.sleep(0.3)
    return count


@pytest.fixture
def chat(server):
    tenant = Tenant.create(server)
    chat = Chat.main(tenant)
    chat.send("alice", "warm up")
    yield chat
    tenant.close()


def test_clients_that_vanish_in_the_middle_of_an_upload(chat, server):
    before = settled(server)
    uploads = []
    for _ in range(20):
        connection = raw(server)
        connection.sendall(head(chat, "POST", f"/v1/spaces/{chat.space}/files", "Content-Length: 1000000",
                                "Content-Type: multipart/form-data; boundary=b"))
        connection.sendall(b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 50_000)
        uploads.append(connection)
    wait_until(lambda: len(temporary_files(server)) == 20)
    assert descriptors(server) >= before + 40
    for connection in uploads:
        connection.close()
    wait_until(lambda: temporary_files(server) == [])
    wait_until(lambda: descriptors(server) <= before + PROBES, timeout=30)


def test_clients_that_vanish_in_the_middle_of_a_stream(chat, server):
    before = settled(server)
    streams = []
    for _ in range(50):
        connection = raw(server)
        connection.sendall(head(chat, "GET", chat.url + "/subscribe"))
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        streams.append(connection)
    assert descriptors(server) >= before + 50
    wait_until(lambda: open_streams(server) == 50)
    for connection in streams:
        connection.close()
    wait_until(lambda: descriptors(server) <= before + PROBES, timeout=30)
    wait_until(lambda: open_streams(server) == 0)


def test_a_reader_that_takes_nothing_is_let_go_and_resumes(chat, server):
    with chat.stream("alice") as events:
        last_id = events.next("initial").id
        connection = raw(server)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head(chat, "GET", chat.url + "/subscribe"))
        assert connection.recv(1024).startswith(b"HTTP/1.1 200")
        text = "x" * 60_000
        for number in range(120):
            chat.send("bob", f"{number} {text}")
        closes = wait_until(lambda: [line for line in httpx.get(server.url + "/metrics").text.splitlines()
                                     if "slow_reader" in line and "sse" in line and not line.endswith(" 0")], 30)
        assert closes
        connection.close()
        assert [events.next("add", 30).text.split()[0] for _ in range(120)] == [str(n) for n in range(120)]
    with chat.stream("alice", last_id=last_id) as events:
        assert [events.next("add", 30).text.split()[0] for _ in range(120)] == [str(n) for n in range(120)]
