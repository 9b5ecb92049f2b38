"""PostgreSQL databases for tests, one per server, through psql."""

import os
import subprocess
import uuid
from urllib.parse import urlsplit, urlunsplit


def engine() -> str:
    """`sqlite` or `postgres`, from PARLANCE_TEST_ENGINE."""
    name = os.environ.get("PARLANCE_TEST_ENGINE", "sqlite")
    assert name in ("sqlite", "postgres"), f"PARLANCE_TEST_ENGINE={name}"
    return name


def create_database() -> str | None:
    """The URL of a new, empty database; None where the engine is SQLite."""
    if engine() == "sqlite":
        return None
    name = "wire_" + uuid.uuid4().hex
    _psql(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(_server_url())._replace(path=f"/{name}"))


def drop_database(url: str | None) -> None:
    if url is not None:
        _psql(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')


def _server_url() -> str:
    url = os.environ.get("PARLANCE_TEST_POSTGRES")
    assert url, "PARLANCE_TEST_ENGINE=postgres needs PARLANCE_TEST_POSTGRES; scripts/with_postgres.sh sets it"
    return url


def _psql(statement: str) -> None:
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, _server_url()]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
