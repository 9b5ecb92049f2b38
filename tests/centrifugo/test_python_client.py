"""PyPI's centrifuge-python, unmodified, over WebSocket."""

import asyncio

from centrifuge import Client, ClientEventHandler, SubscriptionEventHandler
from centrifugo_support import connection_token, create_group, send, subscribe_token
from harness.tenant import Tenant


class Recorder(SubscriptionEventHandler):
    def __init__(self):
        self.subscribed = asyncio.Queue()
        self.publications = asyncio.Queue()

    async def on_subscribed(self, context):
        await self.subscribed.put(context)

    async def on_publication(self, context):
        await self.publications.put(context.pub)

    async def message(self):
        while True:
            publication = await asyncio.wait_for(self.publications.get(), 20)
            if publication.data["type"] == "message.created":
                return publication.data["data"]["content"]


def make_client(server, tenant, user, group):
    async def get_token():
        return await asyncio.to_thread(connection_token, tenant, user)

    async def get_subscription_token(channel):
        return await asyncio.to_thread(subscribe_token, tenant, user, group)

    client = Client(
        server.ws_url + "/connection/websocket",
        events=ClientEventHandler(),
        get_token=get_token,
        min_reconnect_delay=0.05,
        max_reconnect_delay=0.5,
    )
    recorder = Recorder()
    subscription = client.new_subscription(f"chat:{group}", recorder, get_token=get_subscription_token)
    return client, subscription, recorder


def test_it_subscribes_receives_asks_and_calls(server, tenant):
    group = create_group(tenant, "alice", "bob")

    async def run():
        client, subscription, recorder = make_client(server, tenant, "alice", group)
        await client.connect()
        await subscription.subscribe()
        await asyncio.wait_for(recorder.subscribed.get(), 20)
        await asyncio.to_thread(send, tenant, "bob", group, "hello")
        assert await recorder.message() == "hello"

        presence = await subscription.presence()
        assert [info.user for info in presence.clients.values()] == ["alice"]
        stats = await subscription.presence_stats()
        assert (stats.num_clients, stats.num_users) == (1, 1)
        history = await subscription.history(limit=1, reverse=True)
        assert history.publications[0].data["data"]["content"] == "hello"
        reply = await client.rpc("send-message", {"conversationId": group, "content": "by rpc"})
        assert reply.data["content"] == "by rpc"
        assert await recorder.message() == "by rpc"
        await client.disconnect()

    asyncio.run(run())


def test_it_recovers_after_a_restart(start_server):
    server = start_server()
    tenant = Tenant.create(server)
    group = create_group(tenant, "alice", "bob")

    async def run():
        client, subscription, recorder = make_client(server, tenant, "alice", group)
        await client.connect()
        await subscription.subscribe()
        await asyncio.wait_for(recorder.subscribed.get(), 20)
        for number in range(3):
            await asyncio.to_thread(send, tenant, "bob", group, f"before {number}")
        await asyncio.to_thread(server.restart)
        for number in range(3):
            await asyncio.to_thread(send, tenant, "bob", group, f"after {number}")
        again = await asyncio.wait_for(recorder.subscribed.get(), 20)
        assert again.was_recovering and again.recovered
        assert [await recorder.message() for _ in range(6)] == [
            f"{when} {number}" for when in ("before", "after") for number in range(3)
        ]
        await client.disconnect()

    asyncio.run(run())
    tenant.close()
