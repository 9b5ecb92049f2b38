"""A gate before s3rver, which does not look at signatures: checks Signature Version 4 of every request, then passes it on.

Written from the specification alone, so that it and the server under test cannot share a mistake.
"""

import datetime
import hashlib
import hmac
import http.server
import threading
import urllib.parse

import httpx

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret: str, method: str, path: str, query: list, headers: list, payload: str, stamp: str, scope: str) -> str:
    """What the signature of these parts must be; `headers` are the signed ones, `query` lacks the signature itself."""
    quote = lambda text: urllib.parse.quote(text, safe="-._~")
    lines = [
        method,
        urllib.parse.quote(path, safe="/-._~"),
        "&".join(f"{quote(name)}={quote(value)}" for name, value in sorted(query)),
        *(f"{name}:{' '.join(value.split())}" for name, value in sorted(headers)),
        "",
        ";".join(name for name, _ in sorted(headers)),
        payload,
    ]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return _hmac(key, "\n".join(["AWS4-HMAC-SHA256", stamp, scope, digest])).hex()


class Gate:
    """`url` is where to call; `refused` holds the method and path of every request that was not signed as it came."""

    def __init__(self, backend: str, secret: str):
        self.refused: list[str] = []
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not gate.is_signed(self.command, self.path, self.headers, body, secret):
                    gate.refused.append(f"{self.command} {self.path}")
                    return self.answer(403, {}, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
                headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
                with httpx.Client(trust_env=False, timeout=30) as client:
                    reply = client.request(self.command, backend + self.path, content=body, headers=headers)
                self.answer(reply.status_code, reply.headers, reply.content)

            def answer(self, status, headers, content):
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                length = headers.get("content-length", "0") if self.command == "HEAD" else str(len(content))
                if status != 204:
                    self.send_header("Content-Length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_PUT = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def is_signed(method, target, headers, body, secret) -> bool:
        parts = urllib.parse.urlsplit(target)
        path = urllib.parse.unquote(parts.path)
        query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
        asked = dict(query)
        if "X-Amz-Signature" in asked:
            began = datetime.datetime.strptime(asked["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
            if began + datetime.timedelta(seconds=int(asked["X-Amz-Expires"])) < datetime.datetime.now(datetime.UTC):
                return False
            query = [pair for pair in query if pair[0] != "X-Amz-Signature"]
            names, stamp = asked["X-Amz-SignedHeaders"], asked["X-Amz-Date"]
            scope, given, payload = asked["X-Amz-Credential"].split("/", 1)[1], asked["X-Amz-Signature"], "UNSIGNED-PAYLOAD"
        else:
            fields = dict(part.split("=", 1) for part in headers["Authorization"].split(" ", 1)[1].split(","))
            names, stamp = fields["SignedHeaders"], headers["x-amz-date"]
            scope, given, payload = fields["Credential"].split("/", 1)[1], fields["Signature"], headers["x-amz-content-sha256"]
            if payload != hashlib.sha256(body).hexdigest():
                return False
        signed = [(name, headers.get(name, "")) for name in names.split(";")]
        return hmac.compare_digest(given, signature(secret, method, path, query, signed, payload, stamp, scope))
