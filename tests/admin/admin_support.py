"""What the administration tests share."""

import json
import time
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import jwt

ISSUER = "https://issuer.test"
AUDIENCE = "parlance"


def assert_error(reply, status, code, field=None):
    assert reply.status_code == status, (reply.status_code, reply.text)
    error = reply.json()["error"]
    assert error["code"] == code, error
    assert error["message"]
    assert error.get("field") == field, error


def claims(subject="ada", **more):
    return {"sub": subject, "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 300} | more


def signed(key, algorithm, subject="ada", key_id=None, **more):
    return jwt.encode(claims(subject, **more), key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def bearer(server, token):
    return httpx.get(f"{server.url}/rooms", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=10)


@contextmanager
def serving_json(document):
    """A server on a free port that answers every GET with `document`, and counts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served.requests += 1
            body = json.dumps(served.document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Served:
        def __init__(self):
            self.document = document
            self.requests = 0
            self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            self.url = f"http://127.0.0.1:{self.server.server_port}/keys.json"

    served = Served()
    thread = threading.Thread(target=served.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        served.server.server_close()
        thread.join()
