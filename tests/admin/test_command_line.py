"""The command line: it opens the database directly, with or without a server."""

import json
import os
import socket
import sqlite3
import subprocess

import httpx
import pytest
from harness.database import create_database, drop_database
from harness.server import Server, ServerDidNotStart


@pytest.fixture
def run(binary, tmp_path):
    """run(*arguments, **environment) → the finished process, in an empty directory."""

    def run_command(*arguments, **environment):
        own = {name: value for name, value in os.environ.items() if not name.startswith("PARLANCE_")}
        command = [binary, *[str(argument) for argument in arguments]]
        done = subprocess.run(
            command, cwd=tmp_path, env=own | environment, capture_output=True, text=True, timeout=60
        )
        assert "Sanitizer" not in done.stderr, done.stderr
        return done

    return run_command


def succeeded(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


def parsed(done):
    return [json.loads(line) for line in succeeded(done).splitlines()]


def refused(done, code, *words):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if " info " not in line]
    for word in words:
        assert word in done.stderr, done.stderr
    return lines


def test_tenants(run):
    [made] = parsed(run("tenant", "create", "acme", "--hostname", "acme", "--rate-limit", "5"))
    assert made["api_key"].startswith("sk_")
    assert (made["hostname"], made["rate_limit"]) == ("acme", 5)
    [listed] = parsed(run("tenant", "list"))
    assert listed == {name: value for name, value in made.items() if name != "api_key"}
    assert parsed(run("tenant", "show", "acme")) == parsed(run("tenant", "show", made["tenant_id"])) == [listed]
    [changed] = parsed(run("tenant", "update", "acme", "--rate-limit", "0", "--name", "Acme & Sons"))
    assert (changed["rate_limit"], changed["name"]) == (0, "Acme & Sons")
    for verb in (["tenant", "key"], ["key", "create"]):
        assert succeeded(run(*verb, made["org_id"])).startswith("sk_")
    refused(run("tenant", "delete", "Acme & Sons"), 1, "--yes")
    succeeded(run("tenant", "delete", "Acme & Sons", "--yes"))
    assert succeeded(run("tenant", "list")) == ""
    refused(run("tenant", "show", "acme"), 1, "parlance tenant list")


def test_people(run):
    succeeded(run("tenant", "create", "acme"))
    [user] = parsed(run("user", "put", "acme", "ada", "--name", "Ada", "--role", "owner"))
    assert (user["user_id"], user["name"], user["role"]) == ("ada", "Ada", "owner")
    assert parsed(run("user", "show", "acme", "ada")) == [user]
    [token] = parsed(run("token", "create", "acme", "bob", "--expires-in", "60"))
    assert token["token"].startswith("pt_")
    assert token["expires_at"]
    assert sorted(each["user_id"] for each in parsed(run("user", "list", "acme"))) == ["ada", "bob"]
    succeeded(run("token", "revoke", "acme", token["id"]))
    refused(run("token", "revoke", "acme", token["id"]), 1)
    [space] = parsed(run("space", "create", "acme", "Tax"))
    succeeded(run("space", "member", "acme", space["space_id"], "ada", "--role", "owner"))
    succeeded(run("space", "member", "acme", space["space_id"], "bob"))
    succeeded(run("space", "member", "acme", space["space_id"], "bob", "--remove"))
    refused(run("space", "member", "acme", "999", "bob"), 1)
    refused(run("user", "show", "acme", "nobody"), 1)
    refused(run("user", "put", "acme", "ada", "--role", "king"), 2, "--role")


def test_keys_made_here_work_on_a_running_server(binary, run, tmp_path):
    server = Server(binary, tmp_path, None).start()
    made = parsed(run("tenant", "create", "acme", "--data", server.data))[0]
    headers = {"X-API-Key": made["api_key"], "X-User-Id": "ada"}
    assert httpx.get(f"{server.url}/rooms", headers=headers, trust_env=False).status_code == 200
    server.stop()


def test_migrate(run):
    plan = succeeded(run("migrate", "--plan"))
    assert "CREATE TABLE" in plan
    assert "migrations run" in succeeded(run("migrate"))
    assert succeeded(run("migrate", "--plan")) == ""


def test_every_command_explains_itself(run):
    for command in (
        [],
        ["serve"],
        ["tenant"],
        ["tenant", "create"],
        ["tenant", "list"],
        ["tenant", "show"],
        ["tenant", "update"],
        ["tenant", "delete"],
        ["tenant", "key"],
        ["key", "create"],
        ["token", "create"],
        ["token", "revoke"],
        ["user", "put"],
        ["user", "show"],
        ["user", "list"],
        ["space", "create"],
        ["space", "member"],
        ["migrate"],
        ["config", "check"],
        ["config", "print"],
        ["version"],
    ):
        assert "--help" in succeeded(run(*command, "--help")), command
    assert "PARLANCE_RETRY_BASE_MS" in succeeded(run("serve", "--help"))
    assert succeeded(run("version")).strip() == succeeded(run("--version")).strip()


@pytest.mark.parametrize("arguments", [[], ["tenant"], ["frobnicate"], ["tenant", "create"], ["serve", "--what"]])
def test_wrong_calls_exit_with_2(run, arguments):
    refused(run(*arguments), 2)


def test_config_sources_and_secrets(run, tmp_path):
    (tmp_path / "key").write_text("master-secret\n")
    (tmp_path / "parlance.toml").write_text('read_threads = 3\n[retry]\nbase_ms = 50\nmax_attempts = 2\n')
    printed = succeeded(
        run(
            "config",
            "print",
            "--config",
            "parlance.toml",
            "--retry-max-attempts",
            "9",
            PARLANCE_RETRY_BASE_MS="70",
            PARLANCE_MASTER_KEY_FILE="key",
        )
    )
    for line in (
        "read_threads = 3  # parlance.toml",
        "retry_base_ms = 70  # PARLANCE_RETRY_BASE_MS",
        "retry_max_attempts = 9  # --retry-max-attempts",
        'master_key = "********"  # PARLANCE_MASTER_KEY_FILE',
        'listen = "127.0.0.1:8080"  # default',
    ):
        assert line in printed, printed
    assert "master-secret" not in printed
    assert succeeded(run("config", "check", PARLANCE_CONFIG="parlance.toml"))


def test_config_mistakes_name_what_was_meant(run, tmp_path):
    (tmp_path / "typo.toml").write_text("retry_base = 50\n")
    (tmp_path / "broken.toml").write_text("retry_base_ms = \n")
    refused(run("config", "check", "--config", "typo.toml"), 1, "retry_base_ms", "typo.toml")
    refused(run("config", "check", "--config", "broken.toml"), 1, "broken.toml:1")
    refused(run("config", "check", "--config", "absent.toml"), 1, "absent.toml")
    refused(run("config", "check", PARLANCE_MASTERKEY="x"), 1, "PARLANCE_MASTER_KEY")
    refused(run("config", "check", "--read-threads", "0"), 1, "read_threads", "1")
    refused(run("config", "check", "--listen", "nonsense"), 1, "HOST:PORT")
    refused(run("config", "check", "--tls-cert", "x.pem"), 1, "tls_key")


def test_mistakes_in_commands_and_addresses_name_themselves(run, tmp_path):
    refused(run("frobnicate"), 2, '"frobnicate" is no command of parlance', "--help")
    refused(run("tenant", "frob"), 2, '"frob" is no command of parlance tenant')
    refused(run("serve", "--listen", "host.invalid:1"), 1, "host.invalid", "IPv4")
    (tmp_path / "key.pem").write_text("nonsense")
    refused(run("serve", "--tls-cert", "absent.pem", "--tls-key", "key.pem"), 1, "absent.pem cannot be read")
    refused(run("serve", "--tls-cert", "key.pem", "--tls-key", "key.pem"), 1, "TLS certificate and key")
    assert "Default: 4 [PARLANCE_READ_THREADS]" in succeeded(run("serve", "--help"))


def test_a_taken_port_says_what_to_do(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        lines = refused(run("serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}"), 1, "--listen")
        assert len(lines) == 1, lines


def test_a_data_directory_that_cannot_be_written_says_what_to_do(run):
    lines = refused(run("serve", "--listen", "127.0.0.1:0", "--data", "/proc/nowhere"), 1, "--data")
    assert len(lines) == 1, lines


@pytest.fixture
def database():
    """The URL of an empty database where the engine is PostgreSQL, else None: SQLite in ./data."""
    url = create_database()
    yield url
    drop_database(url)


def test_a_newer_database_is_left_alone(run, tmp_path, database):
    """Neither the server nor any command touches what a newer program has migrated; each says what to do."""
    location = ["--database", database] if database else []
    succeeded(run("migrate", *location))
    from_the_future = "INSERT INTO schema_migration (version, name, applied_at) VALUES (9999, 'future', 0)"
    if database:
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", from_the_future, database], check=True)
    else:
        with sqlite3.connect(tmp_path / "data" / "parlance.db") as connection:
            connection.execute(from_the_future)
    for command in (["serve", "--listen", "127.0.0.1:0"], ["migrate"], ["migrate", "--plan"], ["tenant", "list"]):
        lines = refused(run(*command, *location), 1, "schema version 9999", "run a newer parlance", "backup")
        assert len(lines) == 1, lines


def test_quickstart_prints_a_session_that_works(binary, tmp_path):
    server = Server(binary, tmp_path, None, ["--quickstart"]).start()
    output = server.log
    session = output[output.index("KEY=") :].split("\n\n")[0]
    done = subprocess.run(["bash", "-ec", session], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert "Hello, Grace!" in done.stdout
    key = output[output.index("KEY=sk_") + 4 :].split()[0]
    server.restart()
    assert key not in server.log
    assert "parlance tenant key default" in server.log
    server.stop()


def test_a_server_that_cannot_start_does_not_say_it_listens(binary, tmp_path):
    with pytest.raises(ServerDidNotStart):
        Server(binary, tmp_path, None, ["--bus", "nonsense"]).start()
