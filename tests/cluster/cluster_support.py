"""Nodes, and what the tests of several of them share."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from harness.database import create_database, drop_database
from harness.nats import NatsServer
from harness.server import Server
from harness.tenant import Tenant


class NodeTenant(Tenant):
    """A tenant as seen from one node; `at(1)` is the same at another."""

    def __init__(self, cluster, node, reply):
        super().__init__(cluster[node], reply)
        self.cluster = cluster
        self._reply = reply
        self._others = {}

    def at(self, node) -> "NodeTenant":
        if node not in self._others:
            self._others[node] = NodeTenant(self.cluster, node, self._reply)
        return self._others[node]

    def close(self):
        for other in self._others.values():
            other.close()
        super().close()


class Cluster:
    def __init__(self, binary: Path, folder: Path, nodes: int, arguments=(), environment=None, nats=None, bus=None):
        """`nats`: not a server of its own; `bus`: how the nodes call it."""
        self.owns_nats = nats is None
        self.nats = nats or NatsServer(folder)
        self.database = create_database()
        self.nodes = []
        for index in range(nodes):
            home = folder / f"node-{index}"
            home.mkdir()
            with_bus = ["--bus", bus or self.nats.url, *arguments]
            self.nodes.append(Server(binary, home, self.database, with_bus, environment))

    def __getitem__(self, index: int) -> Server:
        return self.nodes[index]

    def start(self) -> "Cluster":
        if self.nats.process is None:
            self.nats.start()
        for node in self.nodes:
            node.start()
        self.wait_for_peers(len(self.nodes) - 1)
        return self

    def tenant(self) -> NodeTenant:
        made = Tenant.create(self[0])
        names = ("tenant_id", "org_id", "api_key", "name")
        return NodeTenant(self, 0, {name: getattr(made, name) for name in names})

    def metric(self, node: int, name: str) -> float:
        text = httpx.get(self[node].url + "/metrics", timeout=10, trust_env=False).text
        found = re.search(rf"^{name}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE)
        assert found, f"{name} is not in /metrics"
        return float(found.group(1))

    def wait_for_bus(self, is_connected=True, nodes=None, timeout=15.0):
        for node in nodes if nodes is not None else range(len(self.nodes)):
            wait_until(lambda n=node: self.metric(n, "parlance_bus_connected") == float(is_connected), timeout)

    def wait_for_peers(self, count, nodes=None, timeout=20.0):
        for node in nodes if nodes is not None else range(len(self.nodes)):
            wait_until(lambda n=node: self.metric(n, "parlance_bus_peers") == count, timeout)

    def finish(self) -> list[str]:
        problems = []
        for node in self.nodes:
            try:
                node.finish()
            except AssertionError as problem:
                problems.append(str(problem))
        if self.owns_nats:
            self.nats.stop()
        drop_database(self.database)
        return problems


def wait_until(condition, timeout=10.0):
    deadline = time.monotonic() + timeout
    while True:
        outcome = condition()
        if outcome:
            return outcome
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def run_sql(tenant, statement):
    command = ["psql", "-X", "-t", "-A", "-c", statement, tenant.cluster.database]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
