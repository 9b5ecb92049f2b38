"""PUT /admin/jwt: tokens of the tenant's own issuer, made by PyJWT."""

import time

import jwt
import pytest
from admin_support import AUDIENCE, ISSUER, assert_error, bearer, claims, serving_json, signed
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

SECRET = "a shared secret that is long enough for every digest, sixty-four bytes or more"
RSA_KEY = rsa.generate_private_key(65537, 2048)
KEYS = {
    "RS256": RSA_KEY,
    "RS384": RSA_KEY,
    "RS512": RSA_KEY,
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--jwks-allow-private")


def public_pem(key):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def public_jwk(key, key_id):
    kinds = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    kind = next((kinds[each] for each in kinds if isinstance(key, each)), OKPAlgorithm)
    return kind.to_jwk(key.public_key(), as_dict=True) | {"kid": key_id, "use": "sig"}


def trust(tenant, **issuer):
    """The tenant's issuer; each test has one of its own, since all tenants share one server."""
    body = {"issuer": f"{ISSUER}/{tenant.tenant_id}", "audience": AUDIENCE} | issuer
    reply = tenant.as_backend().put("/admin/jwt", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def token_for(tenant, key, algorithm, **more):
    return signed(key, algorithm, **({"iss": f"{ISSUER}/{tenant.tenant_id}"} | more))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_shared_secret(server, tenant, algorithm):
    shown = trust(tenant, algorithm=algorithm, secret=SECRET)
    assert "secret" not in shown
    assert bearer(server, token_for(tenant, SECRET, algorithm)).status_code == 200
    assert bearer(server, token_for(tenant, SECRET + "!", algorithm)).status_code == 401


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_public_key(server, tenant, algorithm):
    trust(tenant, algorithm=algorithm, public_key=public_pem(KEYS[algorithm]))
    assert bearer(server, token_for(tenant, KEYS[algorithm], algorithm)).status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES384", "ES512", "EdDSA"])
def test_a_key_set(server, tenant, algorithm):
    with serving_json({"keys": [public_jwk(KEYS[algorithm], "one")]}) as served:
        trust(tenant, algorithm=algorithm, jwks_url=served.url)
        for subject in ("ada", "bob", "cleo"):
            token = token_for(tenant, KEYS[algorithm], algorithm, key_id="one", subject=subject)
            assert bearer(server, token).status_code == 200
        assert served.requests == 1


def test_an_unknown_key_id_does_not_hammer_the_issuer(server, tenant):
    with serving_json({"keys": [public_jwk(KEYS["ES256"], "one")]}) as served:
        trust(tenant, algorithm="ES256", jwks_url=served.url)
        for number in range(5):
            token = token_for(tenant, KEYS["ES256"], "ES256", key_id=f"unknown-{number}")
            assert bearer(server, token).status_code == 401
        assert served.requests == 1


def test_the_subject_is_the_user(server, tenant):
    trust(tenant, algorithm="HS256", secret=SECRET)
    token = token_for(tenant, SECRET, "HS256", subject="grace", name="Grace H.", email="grace@example.org")
    assert bearer(server, token).status_code == 200
    user = tenant.as_backend().put("/admin/users/grace", json={}).json()
    assert (user["name"], user["email"]) == ("Grace H.", "grace@example.org")


def test_an_address_that_is_taken_does_not_lock_its_owner_out(server, tenant):
    trust(tenant, algorithm="HS256", secret=SECRET)
    tenant.as_backend().put("/admin/users/first", json={"email": "one@example.org"})
    token = token_for(tenant, SECRET, "HS256", subject="second", email="one@example.org")
    assert bearer(server, token).status_code == 200
    assert tenant.as_backend().put("/admin/users/second", json={}).json()["email"] == ""


@pytest.mark.parametrize(
    "change",
    [
        {"exp": int(time.time()) - 120},
        {"nbf": int(time.time()) + 300},
        {"iss": "https://somebody.else"},
        {"aud": "another"},
        {"sub": ""},
        {"sub": "a" * 256},
    ],
)
def test_wrong_claims(server, tenant, change):
    trust(tenant, algorithm="HS256", secret=SECRET)
    good = claims(iss=f"{ISSUER}/{tenant.tenant_id}")
    assert bearer(server, jwt.encode(good | {"jti": str(change)}, SECRET, "HS256")).status_code == 200
    assert bearer(server, jwt.encode(good | change, SECRET, "HS256")).status_code == 401


def test_a_minute_of_leeway(server, tenant):
    trust(tenant, algorithm="HS256", secret=SECRET)
    token = token_for(tenant, SECRET, "HS256", exp=int(time.time()) - 30)
    assert bearer(server, token).status_code == 200


def test_no_algorithm_but_the_tenants_own(server, tenant):
    pem = public_pem(KEYS["RS256"])
    trust(tenant, algorithm="RS256", public_key=pem)
    issuer = {"iss": f"{ISSUER}/{tenant.tenant_id}"}
    unsigned = jwt.encode(claims(**issuer), None, algorithm="none")
    assert bearer(server, unsigned).status_code == 401
    header, payload, _ = jwt.encode(claims(**issuer), "x" * 64, "HS256").split(".")
    import base64
    import hashlib
    import hmac

    mac = hmac.new(pem.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    confused = f"{header}.{payload}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    assert bearer(server, confused).status_code == 401
    assert bearer(server, token_for(tenant, KEYS["RS256"], "RS512")).status_code == 401


def test_tampering(server, tenant):
    trust(tenant, algorithm="HS256", secret=SECRET)
    header, _, signature = token_for(tenant, SECRET, "HS256").split(".")
    other = jwt.encode(claims("root", iss=f"{ISSUER}/{tenant.tenant_id}"), "y" * 64, "HS256").split(".")[1]
    assert bearer(server, f"{header}.{other}.{signature}").status_code == 401


def test_a_tenant_is_found_by_audience_where_it_names_no_issuer(server, tenant):
    tenant.as_backend().put(
        "/admin/jwt", json={"algorithm": "HS256", "secret": SECRET, "audience": tenant.tenant_id}
    )
    assert bearer(server, jwt.encode(claims(aud=tenant.tenant_id), SECRET, "HS256")).status_code == 200


def test_the_signature_decides_between_tenants_of_one_issuer(server, tenant, other_tenant):
    shared = f"{ISSUER}/shared-{tenant.tenant_id}"
    trust(tenant, algorithm="HS256", secret=SECRET, issuer=shared)
    trust(other_tenant, algorithm="HS256", secret=SECRET[::-1], issuer=shared)
    for owner, secret in ((tenant, SECRET), (other_tenant, SECRET[::-1])):
        token = jwt.encode(claims("unique-user", iss=shared), secret, "HS256")
        assert bearer(server, token).status_code == 200
        assert owner.as_user("unique-user").get("/rooms").status_code == 200


def test_a_removed_issuer_is_trusted_no_more(server, tenant):
    trust(tenant, algorithm="HS256", secret=SECRET)
    token = token_for(tenant, SECRET, "HS256")
    assert bearer(server, token).status_code == 200
    assert tenant.as_backend().delete("/admin/jwt").status_code == 204
    assert bearer(server, token).status_code == 401


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "algorithm"),
        ({"algorithm": "none"}, "algorithm"),
        ({"algorithm": "HS256"}, "secret"),
        ({"algorithm": "HS256", "secret": ""}, "secret"),
        ({"algorithm": "HS256", "secret": "x", "jwks_url": "https://example.org"}, "jwks_url"),
        ({"algorithm": "RS256"}, "jwks_url"),
        ({"algorithm": "RS256", "secret": "x"}, "secret"),
        ({"algorithm": "RS256", "jwks_url": "ftp://example.org"}, "jwks_url"),
        ({"algorithm": "RS256", "public_key": "nonsense"}, "public_key"),
        ({"algorithm": "RS256", "public_key": public_pem(KEYS["ES256"])}, "public_key"),
        ({"algorithm": "ES384", "public_key": public_pem(KEYS["ES256"])}, "public_key"),
    ],
)
def test_bad_settings_name_their_field(tenant, body, field):
    assert_error(tenant.as_backend().put("/admin/jwt", json=body), 400, "invalid_argument", field)
