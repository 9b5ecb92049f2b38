"""What the Snapbooks tests share."""

import sqlite3
import subprocess
import time

HIDDEN = "[code hidden]"
RESULT_ONLY = "```coderesult\n[code hidden]\n```"
APPROVAL = "```approvecodeaction\n```"


def action(code, before=""):
    return f"{before}```codeaction\n{code}\n```"


def user_id(tenant, user):
    """The integer id of a user, who is made where there is none."""
    reply = tenant.as_backend().put(f"/admin/users/{user}", json={})
    assert reply.status_code == 200, reply.text
    return reply.json()["id"]


def account(tenant, name, *users, role="editor"):
    members = [{"user_id": user, "role": role} for user in users]
    reply = tenant.as_backend().post("/admin/spaces", json={"name": name, "members": members})
    assert reply.status_code == 201, reply.text
    return reply.json()["space_id"]


def set_policy(tenant, needs_approval):
    reply = tenant.as_backend().put("/admin/action-policy", json={"needs_approval": needs_approval})
    assert reply.status_code == 200, reply.text


def create_thread(client, **fields):
    reply = client.post("/chat/threads", json=fields)
    assert reply.status_code == 201, reply.text
    return reply.json()


def post(client, thread, message, **more):
    reply = client.post(f"/chat/threads/{thread}/messages", json={"message": message, **more})
    assert reply.status_code == 201, reply.text
    return reply.json()


def read(client, thread):
    reply = client.get(f"/chat/threads/{thread}")
    assert reply.status_code == 200, reply.text
    return reply.json()


def messages(client, thread):
    return read(client, thread)["messages"]


def objects(tenant, kind):
    reply = tenant.as_backend().get(f"/admin/objects/{kind}")
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


def ids(client, **query):
    """Ids of the threads that a list gives, in its order."""
    reply = client.get("/api/v2/chat/threads", params=query)
    assert reply.status_code == 200, reply.text
    return [thread["id"] for thread in reply.json()["data"]]


def assert_error(reply, status, code=None, field=None):
    assert reply.status_code == status, (reply.status_code, reply.text)
    error = reply.json()["error"]
    assert error["message"]
    if code:
        assert error["code"] == code, error
    assert error.get("field") == field, error


def wait_until(condition, timeout=15.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def run_sql(server, statement):
    """Changes the server's database behind its back: what else only time would do."""
    if server.database:
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, server.database]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return
    database = sqlite3.connect(server.data / "parlance.db", timeout=10)
    with database:
        database.execute(statement)
    database.close()
