"""What watches over the process: probes, metrics, documentation."""

import httpx


def get(server, path):
    return httpx.get(f"{server.url}{path}", trust_env=False, timeout=10)


def test_livez_and_readyz(server):
    assert get(server, "/livez").text == "ok\n"
    assert get(server, "/readyz").json() == {"ready": True, "database": True, "draining": False}


def test_metrics(server, tenant):
    tenant.as_user("ada").get("/rooms")
    reply = get(server, "/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    for name in (
        'parlance_http_requests_total{code="200",method="GET",route="/rooms"}',
        "parlance_lane_batch_size_bucket",
        "parlance_lane_commit_seconds_sum",
        "parlance_lane_commands_total",
        "parlance_uptime_seconds",
    ):
        assert name in reply.text, name


def test_every_route_is_documented(server):
    document = get(server, "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert {"createTenant", "createToken", "putUser", "putIssuer", "createRoom"} <= set(names)
    assert set(document["components"]["securitySchemes"]) == {"tenantKey", "actingUser", "userToken", "masterKey"}
    assert document["paths"]["/livez"]["get"]["security"] == []


def test_docs_load_nothing_from_elsewhere(server):
    page = get(server, "/docs")
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]
    for sign in ('src="http', 'href="http', "//cdn"):
        assert sign not in page.text
