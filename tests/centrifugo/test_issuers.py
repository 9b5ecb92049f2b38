"""Connection and subscription tokens of the tenant's own issuer, by each kind of key that it may publish as a key set."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from centrifugo_support import RawClient, create_group
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

MAKERS = {
    "RS256": (lambda: rsa.generate_private_key(65537, 2048), RSAAlgorithm),
    "RS512": (lambda: rsa.generate_private_key(65537, 2048), RSAAlgorithm),
    "ES256": (lambda: ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "ES384": (lambda: ec.generate_private_key(ec.SECP384R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate, OKPAlgorithm),
}


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--jwks-allow-private")


@pytest.fixture
def issuer(tenant, algorithm):
    """Publishes its key; `sign(**claims)` makes tokens."""
    make, kind = MAKERS[algorithm]
    key = make()
    document = {"keys": [kind.to_jwk(key.public_key(), as_dict=True) | {"kid": "one", "use": "sig"}]}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    published = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=published.serve_forever, daemon=True).start()
    name = f"https://issuer.example/{tenant.tenant_id}"
    trusted = {"algorithm": algorithm, "jwks_url": f"http://127.0.0.1:{published.server_port}/keys.json", "issuer": name}
    assert tenant.as_backend().put("/admin/jwt", json=trusted).status_code == 200

    def sign(signing_key=key, **claims):
        content = {"iss": name, "exp": int(time.time()) + 60, **claims}
        return jwt.encode(content, signing_key, algorithm=algorithm, headers={"kid": "one"})

    yield sign
    published.shutdown()
    published.server_close()


@pytest.mark.parametrize("algorithm", MAKERS)
def test_a_key_set_signs_connections_and_subscriptions(server, tenant, algorithm, issuer):
    chat = f"chat:{create_group(tenant, 'bob', 'carol')}"
    with RawClient(server) as client:
        assert client.connect(issuer(sub="alice"))["client"]
        # Alice is not in the group; her backend's word lets her in.
        assert client.error("subscribe", {"channel": chat})["code"] == 103
        client.result("subscribe", {"channel": chat, "token": issuer(sub="alice", channel=chat)})
    with RawClient(server) as client:
        client.write({"id": 1, "connect": {"token": issuer(MAKERS[algorithm][0](), sub="alice")}})
        assert client.closing()[0] == 3500
