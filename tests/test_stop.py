"""A stop does not wait for other servers."""

import socket
import time

import httpx

from harness.tenant import Tenant


def forget_waiting(listener):
    listener.settimeout(0.1)
    try:
        while True:
            listener.accept()[0].close()
    except TimeoutError:
        listener.settimeout(10)


def test_sigterm_does_not_wait_for_links_that_hang(start_server):
    server = start_server("--unfurl-allow-private", "true")
    tenant = Tenant.create(server)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        bob = tenant.as_user("bob")
        room = bob.post("/rooms", json={"type": "group", "members": ["ann", "bob"]}).json()["room_id"]
        for number in range(8):
            links = " ".join(f"http://127.0.0.1:{port}/{number}-{link}" for link in range(3))
            assert bob.post(f"/rooms/{room}/messages", json={"content": links}).status_code == 201
        listener.settimeout(10)
        waiting, _ = listener.accept()  # The first is being looked at.
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 8
        waiting.close()
        forget_waiting(listener)
        # What was cut off is made again, at once.
        server.restart()
        again, _ = listener.accept()
        again.close()
    assert httpx.get(f"{server.url}/health", trust_env=False).status_code == 200
    tenant.close()
