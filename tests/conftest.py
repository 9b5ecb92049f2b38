"""Fixtures of all over-the-wire tests: the real binary, on a scratch directory, on the engine of PARLANCE_TEST_ENGINE.

PARLANCE_BINARY names another binary than build/debug/parlance. By hand, on PostgreSQL:
    PARLANCE_TEST_ENGINE=postgres scripts/with_postgres.sh build/venv/bin/python -m pytest tests
"""

import os
import sys
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness.database import create_database, drop_database, engine as engine_name
from harness.server import MASTER_KEY, Server
from harness.tenant import Tenant

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def binary() -> Path:
    path = Path(os.environ.get("PARLANCE_BINARY", ROOT / "build" / "debug" / "parlance")).resolve()
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def engine() -> str:
    """`sqlite` or `postgres`."""
    return engine_name()


@pytest.fixture(scope="module")
def start_server(binary, tmp_path_factory):
    """`start_server(*arguments, **environment)`: a server of the test's own, with a database of its own.

    All are stopped at the end of the module, and must then exit with 0 and without a sanitizer report.
    """
    servers: list[Server] = []

    def start(*arguments, **environment) -> Server:
        folder = tmp_path_factory.mktemp("server")
        server = Server(binary, folder, create_database(), arguments, environment)
        servers.append(server)
        return server.start()

    yield start
    problems = []
    for server in servers:
        try:
            server.finish()
        except AssertionError as problem:
            problems.append(str(problem))
        finally:
            drop_database(server.database)
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def server(start_server) -> Server:
    """One server for all tests of a module. A test that stops or kills it must restart() it."""
    return start_server()


@pytest.fixture
def tenant(server):
    """A new tenant for each test, without a rate limit."""
    tenant = Tenant.create(server)
    yield tenant
    tenant.close()


@pytest.fixture
def other_tenant(server):
    """A stranger, for tests of isolation."""
    tenant = Tenant.create(server)
    yield tenant
    tenant.close()


@pytest.fixture
def master(server):
    """A client with the master key."""
    with httpx.Client(
        base_url=server.url, headers={"X-Master-Key": MASTER_KEY}, timeout=10, trust_env=False
    ) as client:
        yield client
