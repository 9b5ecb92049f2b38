"""What the nodes and NATS expect of each other: credentials, TLS, limits, other installations."""

import subprocess

import httpx
import pytest
from chatapi_support import Socket, create_room, send
from harness.nats import NatsServer
from harness.server import Server, ServerDidNotStart


@pytest.fixture
def start_nats(tmp_path):
    servers = []

    def start(*arguments):
        servers.append(NatsServer(tmp_path, *arguments))
        return servers[-1].start()

    yield start
    for server in servers:
        server.stop()


def assert_joined(cluster):
    """A message at one node is live at the other."""
    tenant = cluster.tenant()
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    before = cluster.metric(1, "parlance_bus_losses_total")
    with Socket(cluster[1], tenant.at(1), "bob") as bob:
        send(tenant.as_user("alice"), room, "hello")
        assert bob.expect("message", timeout=2)["content"] == "hello"
    assert cluster.metric(1, "parlance_bus_losses_total") == before
    tenant.close()


def test_a_password(start_cluster, start_nats):
    nats = start_nats("--user", "parlance", "--pass", "secret")
    bus = nats.url.replace("//", "//parlance:secret@")
    cluster = start_cluster(2, nats=nats, bus=bus)
    assert_joined(cluster)
    assert "secret" not in cluster[0].log


def test_a_wrong_password_leaves_a_node_alone_but_serving(start_cluster, start_nats):
    nats = start_nats("--user", "parlance", "--pass", "secret")
    cluster = start_cluster(1, nats=nats, bus=nats.url.replace("//", "//parlance:wrong@"))
    cluster.wait_for_bus(False)
    ready = httpx.get(cluster[0].url + "/readyz", trust_env=False)
    assert (ready.status_code, ready.json()["bus"]) == (200, False)
    assert "the bus is not connected" in cluster[0].log


def test_tls(start_cluster, start_nats, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *names]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    nats = start_nats("--tls", "--tlscert", str(certificate), "--tlskey", str(key))
    bus = f"tls://localhost:{nats.port}?ca={certificate}"
    assert_joined(start_cluster(2, nats=nats, bus=bus))
    stranger = start_cluster(1, nats=nats, bus=f"tls://localhost:{nats.port}")
    stranger.wait_for_bus(False)


def test_events_that_are_too_large_for_the_bus_are_read_in_the_log(start_cluster, start_nats, tmp_path):
    config = tmp_path / "nats.conf"
    config.write_text("max_payload: 8192\n")
    cluster = start_cluster(2, nats=start_nats("-c", str(config)))
    tenant = cluster.tenant()
    room = create_room(tenant.as_user("alice"), "group", ["bob"])
    with Socket(cluster[1], tenant.at(1), "bob") as bob:
        bob.settle()
        for text in ("x" * 60_000, "short", "y" * 20_000):
            send(tenant.as_user("alice"), room, text)
        texts = [bob.expect("message", timeout=2)["content"] for _ in range(3)]
        assert [text[:5] for text in texts] == ["xxxxx", "short", "yyyyy"]
        assert [len(text) for text in texts] == [60_000, 5, 20_000]
    cluster.wait_for_bus(True)
    tenant.close()


def test_installations_on_one_nats_do_not_mix(start_cluster):
    first = start_cluster(2)
    second = start_cluster(2, nats=first.nats)
    first.wait_for_peers(1)
    second.wait_for_peers(1)


def test_a_bus_that_makes_no_sense_is_an_error(binary, tmp_path, start_cluster):
    database = start_cluster(1).database
    for bus in ("redis://127.0.0.1:6379", "nats://", "nats://127.0.0.1:99999", "tls://h?what=1"):
        with pytest.raises(ServerDidNotStart, match="bus must be nats://"):
            Server(binary, tmp_path, database, ["--bus", bus]).start()
