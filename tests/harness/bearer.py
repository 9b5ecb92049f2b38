"""A user with a token of its own."""

from .tenant import Tenant


class Bearer:
    """Made by POST /admin/tokens; `fields` go into the body."""

    def __init__(self, tenant: Tenant, user: str, **fields):
        reply = tenant.as_backend().post("/admin/tokens", json={"user_id": user, **fields})
        assert reply.status_code == 201, reply.text
        self.tenant = tenant
        self.id: str = reply.json()["id"]
        self.token: str = reply.json()["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def revoke(self) -> None:
        reply = self.tenant.as_backend().delete(f"/admin/tokens/{self.id}")
        assert reply.status_code in (200, 204), reply.text
