"""A tenant of its own for a test, and clients that act for its users."""

import itertools

import httpx

from .server import MASTER_KEY, Server

_numbers = itertools.count(1)


class Tenant:
    """Made by POST /admin/tenants. Its clients follow no redirects and wait 10 s at most."""

    def __init__(self, server: Server, reply: dict):
        self.server = server
        self.tenant_id: str = reply["tenant_id"]
        self.org_id: str = reply["org_id"]
        self.api_key: str = reply["api_key"]
        self.name: str = reply["name"]
        self._clients: list[httpx.Client] = []

    @classmethod
    def create(cls, server: Server, **fields) -> "Tenant":
        """`fields` go into the body; without rate_limit there is none, so that tests do not wait."""
        body = {"name": f"tenant {next(_numbers)}", "rate_limit": 0} | fields
        reply = httpx.post(f"{server.url}/admin/tenants", json=body, headers={"X-Master-Key": MASTER_KEY}, timeout=10)
        assert reply.status_code == 201, reply.text
        return cls(server, reply.json())

    def headers(self, user: str | None = None) -> dict[str, str]:
        headers = {"X-API-Key": self.api_key}
        if user is not None:
            headers["X-User-Id"] = user
        return headers

    def as_user(self, user: str) -> httpx.Client:
        """A backend acting for `user`, who is created on first use."""
        return self._client(self.headers(user))

    def as_backend(self) -> httpx.Client:
        """The tenant's key without a user."""
        return self._client(self.headers())

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _client(self, headers: dict[str, str]) -> httpx.Client:
        client = httpx.Client(base_url=self.server.url, headers=headers, timeout=10, trust_env=False)
        self._clients.append(client)
        return client
