"""Several nodes over one PostgreSQL database, joined by a nats-server. On SQLite there is nothing to collect here: a
file belongs to one process (test_process.py holds the server to saying so)."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# The dialects' own clients.
sys.path += [str(HERE.parent / name) for name in ("chatapi", "anytype", "centrifugo", "structchat", "snapbooks")]

from cluster_support import Cluster
from harness.database import engine as engine_name

if engine_name() == "sqlite":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="module")
def start_cluster(binary, tmp_path_factory):
    """`start_cluster(nodes, *arguments, **environment)`; every node that still runs must end cleanly."""
    clusters: list[Cluster] = []

    def start(nodes=2, *arguments, nats=None, bus=None, **environment) -> Cluster:
        cluster = Cluster(binary, tmp_path_factory.mktemp("cluster"), nodes, arguments, environment, nats, bus)
        clusters.append(cluster)
        return cluster.start()

    yield start
    problems = [problem for cluster in clusters for problem in cluster.finish()]
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def cluster(start_cluster):
    """Two nodes for all tests of a module."""
    return start_cluster(2)


@pytest.fixture
def tenant(cluster):
    tenant = cluster.tenant()
    yield tenant
    tenant.close()
