"""Codes that only trouble below causes: a database that takes no writes, a log that has lost events, a client that asks
faster than it is answered, a tenant that is gone. Each is provoked for real."""

import json
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import httpx
import pytest
from centrifugo_support import RawClient, connection_token, create_group, eventually, send
from harness.server import MASTER_KEY
from harness.tenant import Tenant


@pytest.fixture
def stage(start_server):
    """A server and a tenant of the test's own, for what it breaks."""
    server = start_server("--drain-timeout-ms", 1000)
    tenant = Tenant.create(server)
    yield server, tenant
    tenant.close()


def run_sql(server, statement):
    if server.database is None:
        with closing(sqlite3.connect(server.data / "parlance.db", timeout=10)) as database, database:
            return database.execute(statement).rowcount
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, server.database]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return None


@contextmanager
def held_by_another(server):
    """Whoever writes a message waits for another process."""
    if server.database is None:
        with closing(sqlite3.connect(server.data / "parlance.db", isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            yield
            database.execute("ROLLBACK")
        return
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", server.database]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdin.write("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE; SELECT 'held';\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()


@contextmanager
def out_of_reach(server):
    """Nothing can be written: SQLite is held for longer than anybody waits, PostgreSQL takes no connections."""
    if server.database is None:
        with held_by_another(server):
            yield
        return
    name = server.database.rsplit("/", 1)[1].split("?")[0]
    others = server.database.replace(f"/{name}", "/postgres")

    def run(statement):
        subprocess.run(["psql", "-X", "-q", "-c", statement, others], check=True, capture_output=True, timeout=30)

    run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    yield
    run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_100_and_it_is_temporary(stage):
    server, tenant = stage
    group = create_group(tenant, "alice", "bob")
    with RawClient(server) as client:
        client.connect(connection_token(tenant, "alice"))
        message = {"method": "send-message", "data": {"conversationId": group, "content": "x", "clientMsgId": "once"}}
        with out_of_reach(server):
            reply = client.request("rpc", message, timeout=40)
            assert reply["error"] == {"code": 100, "message": "internal server error", "temporary": True}
        eventually(lambda: "rpc" in client.request("rpc", message, timeout=40), timeout=30)
    alice = tenant.as_user("alice")
    eventually(lambda: alice.post("/chat/messages/list", json={"conversationId": group}).status_code == 200)
    listed = alice.post("/chat/messages/list", json={"conversationId": group}).json()
    assert [entry["content"] for entry in listed["data"]] == ["x"]


def test_3004_where_a_one_way_client_cannot_be_served(stage):
    server, tenant = stage
    token = connection_token(tenant, "newcomer")
    with out_of_reach(server):
        with httpx.stream(
            "POST", f"{server.url}/connection/uni_sse", json={"token": token}, timeout=40, trust_env=False
        ) as reply:
            lines = [line for line in reply.iter_lines() if line.startswith("data: ")]
    assert json.loads(lines[-1].removeprefix("data: "))["disconnect"]["code"] == 3004


def lose_events(server, condition):
    """As if five events had been written and lost."""
    run_sql(server, f"UPDATE conversations SET last_offset = last_offset + 5 WHERE {condition}")


def test_2500_where_a_channel_has_lost_events(stage):
    server, tenant = stage
    group = create_group(tenant, "alice", "bob")
    chat = f"chat:{group}"
    with RawClient(server) as client:
        client.connect(connection_token(tenant, "alice"))
        before = client.result("subscribe", {"channel": chat})
        lose_events(server, f"id = {group}")
        send(tenant, "bob", group, "behind the gap")
        assert client.push("unsubscribe", chat) == {"code": 2500, "reason": "insufficient state"}
        again = client.result(
            "subscribe", {"channel": chat, "recover": True, "epoch": before["epoch"], "offset": before["offset"]}
        )
        assert "recovered" not in again and again["was_recovering"] is True
        send(tenant, "bob", group, "live again")
        assert client.event(chat, "message.created")["content"] == "live again"


def test_3010_where_the_users_own_channel_has_lost_events(stage):
    server, tenant = stage
    with RawClient(server) as client:
        client.connect(connection_token(tenant, "alice"))
        lose_events(server, "unique_key LIKE 'user:%'")
        create_group(tenant, "bob", "alice")
        assert client.closing() == (3010, "insufficient state")


def test_3013_where_a_client_asks_faster_than_it_is_answered(stage):
    """Over WebSocket a message waits in the network for those before it; what comes by emulation waits here."""
    server, tenant = stage
    group = create_group(tenant, "alice", "bob")
    connect = json.dumps({"id": 1, "connect": {"token": connection_token(tenant, "alice")}})
    with httpx.stream("POST", f"{server.url}/connection/sse", content=connect, timeout=40, trust_env=False) as stream:
        lines = (json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: "))
        begun = next(lines)["connect"]
        with held_by_another(server), httpx.Client(base_url=server.url, trust_env=False, timeout=20) as client:
            for number in range(80):
                message = {"conversationId": group, "content": "waits"}
                ask = json.dumps({"id": 2 + number, "rpc": {"method": "send-message", "data": message}})
                body = {"session": begun["session"], "node": begun["node"], "data": ask}
                if client.post("/emulation", json=body).status_code != 204:
                    break
        pushes = [line["push"]["disconnect"] for line in lines if "disconnect" in line.get("push", {})]
    assert pushes == [{"code": 3013, "reason": "too many requests"}]
    # What had begun is finished; what waited behind it is not begun any more.
    alice = tenant.as_user("alice")
    listed = lambda: alice.post("/chat/messages/list", json={"conversationId": group}).json()["data"]
    eventually(lambda: len(listed()) == 1)


def test_3507_where_the_tenant_is_gone(stage):
    server, tenant = stage
    other = Tenant.create(server)
    client = RawClient(server)
    client.connect(connection_token(tenant, "alice"))
    spared = RawClient(server)
    spared.connect(connection_token(other, "alice"))
    path = f"{server.url}/admin/tenants/{tenant.tenant_id}"
    master = {"X-Master-Key": MASTER_KEY}
    assert httpx.patch(path, json={"name": "renamed"}, headers=master, timeout=30).status_code == 200
    assert client.settle() == [], "a change is no end"
    assert httpx.delete(path, headers=master, timeout=30).status_code in (200, 204)
    assert client.closing() == (3507, "permission denied")
    assert spared.settle() == []
    spared.socket.close()
    other.close()


def test_pages_of_one_connection_are_never_read_at_once(stage):
    """Commands run one after the other, so that 113 (concurrent pagination) has no cause."""
    server, tenant = stage
    group = create_group(tenant, "alice", "bob")
    for number in range(4):
        send(tenant, "bob", group, f"m{number}")
    with RawClient(server) as client:
        client.connect(connection_token(tenant, "alice"))
        position = client.result("subscribe", {"channel": f"chat:{group}"})
        since = {"epoch": position["epoch"], "offset": 0}
        page = {"channel": f"chat:{group}", "limit": 2, "since": since}
        client.write(*({"id": 50 + n, "history": page} for n in range(10)))
        pages = [client.reply(50 + n)["history"]["publications"] for n in range(10)]
        assert pages[0] and all(page == pages[0] for page in pages)
