"""Of several nodes one relays to an external Centrifugo, and another takes over when it stops."""

import pytest
from centrifugo_support import create_group, eventually
from centrifugo_support import send as send_from
from test_relay import FakeCentrifugo


@pytest.fixture
def fake():
    server = FakeCentrifugo()
    yield server
    server.shutdown()
    server.server_close()


def test_one_node_relays_what_all_write_and_another_goes_on(start_cluster, fake):
    cluster = start_cluster(2, "--centrifugo-api", fake.api, "--centrifugo-key", "relay-key")
    tenant = cluster.tenant()
    chat = create_group(tenant, "alice", "bob")
    channel = f"chat:{chat}"
    texts = [f"message {number}" for number in range(20)]
    for number, text in enumerate(texts):
        send_from(tenant.at(number % 2), "alice", chat, text)
    # The one without the lease tries again every ten seconds.
    eventually(lambda: len(fake.contents(channel)) == len(texts), 15)
    assert fake.contents(channel) == texts
    assert len(fake.keys) == len(fake.published)
    cluster[0].stop()
    more = [f"later {number}" for number in range(10)]
    for text in more:
        send_from(tenant.at(1), "alice", chat, text)
    eventually(lambda: fake.contents(channel)[20:] == more, 25)
    cluster[0].restart()
    tenant.close()
