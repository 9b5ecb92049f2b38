"""Attachments in a bucket: clients put and get by URLs of the store's own.

The store is the npm s3rver, behind a gate that checks every signature, which s3rver does not.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import time
import urllib.parse
from pathlib import Path

import httpx
import pytest
from conversations_support import assert_error, call, create, messages, refuse, send, wait_until
from harness.server import MASTER_KEY, Server, ServerDidNotStart
from harness.tenant import Tenant
from s3_gate import Gate

HERE = Path(__file__).parent / "s3"
BUCKET = "chat-files"
KEY = "S3RVER"  # the one key that s3rver knows


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    """The gate to an S3 server with an empty bucket, and the folder that it keeps its objects in."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    folder = tmp_path_factory.mktemp("s3")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    objects = folder / "objects"
    command = ["node", "node_modules/s3rver/bin/s3rver.js", "-d", str(objects), "-a", "127.0.0.1", "-p", str(port)]
    log = (folder / "log").open("w")
    for name in (BUCKET, "blob-test"):
        command += ["--configure-bucket", name]
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    for _ in range(200):
        if socket.socket().connect_ex(("127.0.0.1", port)) == 0:
            break
        time.sleep(0.05)
    gate = Gate(f"http://127.0.0.1:{port}", KEY)
    yield gate, objects / BUCKET
    gate.close()
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def server(start_server, bucket):
    flags = ["--s3-endpoint", bucket[0].url, "--s3-bucket", BUCKET, "--s3-access-key", KEY]
    return start_server(*flags, PARLANCE_S3_SECRET_KEY=KEY)


@pytest.fixture
def alice(tenant):
    return tenant.as_user("alice")


@pytest.fixture
def bob(tenant):
    return tenant.as_user("bob")


@pytest.fixture
def group(alice):
    return create(alice, "group", ["bob"])["id"]


def ticket_of(client, conversation, size, kind="text/plain"):
    body = {"conversationId": conversation, "fileName": "notes ä.txt", "contentType": kind, "size": size}
    return call(client, "/chat/attachments/upload-ticket", body)


def put(ticket, content, **headers):
    return httpx.put(ticket["uploadUrl"], content=content, headers=ticket["headers"] | headers, timeout=10, trust_env=False)


def objects_in(bucket):
    """Keys of what the bucket holds."""
    suffix = "._S3rver_object"
    return [str(path.relative_to(bucket[1]))[: -len(suffix)] for path in bucket[1].rglob("*" + suffix)]


def test_a_client_puts_into_the_bucket_and_gets_from_it(bucket, alice, bob, group):
    content = b"hello, bucket"
    digest = hashlib.sha256(content).hexdigest()
    ticket = ticket_of(alice, group, len(content))
    assert ticket["uploadUrl"].startswith(f"{bucket[0].url}/{BUCKET}/incoming/uploads/")
    assert ticket["method"] == "PUT" and ticket["headers"] == {"Content-Type": "text/plain"}
    assert put(ticket, content).status_code == 200
    body = {"uploadId": ticket["uploadId"], "sha256": digest}
    attachment = call(alice, "/chat/attachments/finalize", body)["attachment"]
    assert attachment["size"] == len(content) and attachment["url"].startswith("/chat/attachments/")
    assert f"blobs/{digest[:2]}/{digest[2:]}" in objects_in(bucket)
    assert not any(key.startswith("incoming/") for key in objects_in(bucket)), "what was taken in is cleared away"
    sent = send(alice, group, "here", attachmentIds=[attachment["id"]])
    assert messages(bob, group)["data"] == [sent]
    redirect = bob.get(attachment["url"])
    assert redirect.status_code == 307 and redirect.headers["cache-control"] == "no-store"
    got = httpx.get(redirect.headers["location"], timeout=10, trust_env=False)
    assert got.status_code == 200 and got.content == content, got.text
    assert got.headers["content-type"] == "text/plain"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    part = httpx.get(redirect.headers["location"], headers={"Range": "bytes=0-4"}, timeout=10, trust_env=False)
    assert (part.status_code, part.content) == (206, b"hello")
    assert bucket[0].refused == [], "everything was signed"


def test_only_what_was_signed_is_taken(alice, group):
    ticket = ticket_of(alice, group, 5)
    assert put(ticket, b"hello", **{"Content-Type": "image/png"}).status_code == 403
    assert put(ticket, b"more than five").status_code == 403
    parts = urllib.parse.urlsplit(ticket["uploadUrl"])
    query = dict(urllib.parse.parse_qsl(parts.query)) | {"X-Amz-Expires": "604800"}
    longer = {**ticket, "uploadUrl": urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))}
    assert put(longer, b"hello").status_code == 403
    elsewhere = {**ticket, "uploadUrl": ticket["uploadUrl"].replace("/incoming/uploads/", "/incoming/uploads/9")}
    assert put(elsewhere, b"hello").status_code == 403
    assert put(ticket, b"hello").status_code == 200


def test_finalize_looks_at_what_has_come(alice, group):
    ticket = ticket_of(alice, group, 5)
    body = {"uploadId": ticket["uploadId"]}
    refuse(alice, "/chat/attachments/finalize", body, 409, "conflict")
    assert put(ticket, b"hello").status_code == 200
    refuse(alice, "/chat/attachments/finalize", {**body, "sha256": "0" * 64}, 400, "invalid_argument", "sha256")
    assert call(alice, "/chat/attachments/finalize", body)["attachment"]["size"] == 5
    lying = ticket_of(alice, group, 5, "image/png")
    assert put(lying, b"hello").status_code == 200
    refuse(alice, "/chat/attachments/finalize", {"uploadId": lying["uploadId"]}, 400, "invalid_argument", "contentType")


def test_equal_contents_are_one_object(bucket, alice, group):
    content = b"the same twice"
    ids = set()
    for _ in range(2):
        ticket = ticket_of(alice, group, len(content))
        assert put(ticket, content).status_code == 200
        done = call(alice, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"]})
        ids.add(done["attachment"]["id"])
    digest = hashlib.sha256(content).hexdigest()
    assert len(ids) == 2 and objects_in(bucket).count(f"blobs/{digest[:2]}/{digest[2:]}") == 1


def test_a_large_file_passes_through(alice, group):
    content = bytes(range(256)) * 20_000
    ticket = ticket_of(alice, group, len(content), "application/octet-stream")
    assert put(ticket, content).status_code == 200
    attachment = call(alice, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"]})["attachment"]
    got = alice.get(attachment["url"])
    assert httpx.get(got.headers["location"], timeout=30, trust_env=False).content == content


def test_the_store_keeps_the_contract_of_blob_stores(binary, bucket):
    unit_tests = binary.parent / "files_test"
    if not unit_tests.exists():
        pytest.skip("files_test is not built")
    environment = {**os.environ, "PARLANCE_TEST_S3": bucket[0].url}
    command = [str(unit_tests), "--gtest_filter=S3BlobStoreTest.*"]
    bucket[0].refused.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "PASSED" in done.stdout and "SKIPPED" not in done.stdout, done.stdout + done.stderr
    assert bucket[0].refused == []


def test_contents_leave_the_bucket_with_what_referred_to_them(start_server, bucket):
    """Last in this bucket: it takes what it does not know for lost."""
    bucket[0].refused.clear()
    flags = ["--s3-endpoint", bucket[0].url, "--s3-bucket", BUCKET, "--s3-access-key", KEY]
    often = ["--unused-file-ms", 3000, "--file-collection-ms", 200]
    server = start_server(*flags, *often, PARLANCE_S3_SECRET_KEY=KEY)
    tenant = Tenant.create(server)
    alice = tenant.as_user("alice")
    group = create(alice, "group")["id"]
    keys = []
    for content in (b"never sent", b"sent"):
        ticket = ticket_of(alice, group, len(content))
        assert put(ticket, content).status_code == 200
        attachment = call(alice, "/chat/attachments/finalize", {"uploadId": ticket["uploadId"]})["attachment"]
        digest = hashlib.sha256(content).hexdigest()
        keys.append(f"blobs/{digest[:2]}/{digest[2:]}")
    never_sent, sent = keys
    send(alice, group, "here", attachmentIds=[attachment["id"]])
    wait_until(lambda: never_sent not in objects_in(bucket))
    assert sent in objects_in(bucket)
    url = f"{server.url}/admin/tenants/{tenant.tenant_id}"
    assert httpx.delete(url, headers={"X-Master-Key": MASTER_KEY}, timeout=10, trust_env=False).status_code == 204
    wait_until(lambda: sent not in objects_in(bucket))
    assert bucket[0].refused == [], "everything was signed"
    tenant.close()


def test_a_store_that_is_away_is_unavailable(start_server):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    flags = ["--s3-endpoint", f"http://127.0.0.1:{port}", "--s3-bucket", BUCKET, "--s3-access-key", KEY]
    tenant = Tenant.create(start_server(*flags, PARLANCE_S3_SECRET_KEY=KEY))
    alice = tenant.as_user("alice")
    ticket = ticket_of(alice, create(alice, "group")["id"], 5)
    reply = alice.post("/chat/attachments/finalize", json={"uploadId": ticket["uploadId"]})
    assert_error(reply, 503, "unavailable")
    tenant.close()


def test_a_bucket_without_its_key_does_not_start(binary, tmp_path):
    with pytest.raises(ServerDidNotStart, match="s3_bucket is missing"):
        Server(binary, tmp_path, None, ["--s3-endpoint", "http://127.0.0.1:1"]).start()
