// The npm client as it is, over one transport: prints what happens as lines of JSON. Arguments: transport (websocket,
// sse, http_stream), server URL, tenant's key, user, conversation. Tokens come from the server's own endpoints, one for
// each time that the client asks. A line on standard input is called as `rpc`: {"method", "data"}.
import { createInterface } from "node:readline";
import { Centrifuge } from "centrifuge";
import { EventSource } from "eventsource";
import WebSocket from "ws";

const [transport, url, key, user, conversation] = process.argv.slice(2);
const print = (name, fields = {}) => console.log(JSON.stringify({ name, ...fields }));

async function fetchToken(path, body) {
  const reply = await fetch(url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-API-Key": key, "X-User-Id": user },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
  print("token", { path });
  return (await reply.json()).token;
}

const endpoint = transport === "websocket" ? url.replace("http", "ws") : url;
const client = new Centrifuge([{ transport, endpoint: `${endpoint}/connection/${transport}` }], {
  websocket: WebSocket,
  eventsource: EventSource,
  fetch,
  readableStream: ReadableStream,
  emulationEndpoint: `${url}/emulation`,
  minReconnectDelay: 50,
  maxReconnectDelay: 500,
  token: process.env.FIRST_TOKEN ?? "",
  getToken: () => fetchToken("/realtime/connection-token", {}),
});
client.on("connected", (context) => print("connected", { transport: context.transport }));
client.on("connecting", (context) => print("connecting", { code: context.code, reason: context.reason }));
client.on("disconnected", (context) => print("disconnected", { code: context.code, reason: context.reason }));
client.on("error", (context) => print("error", { error: context.error }));
client.on("publication", (context) => print("personal", { channel: context.channel, data: context.data }));
client.on("subscribed", (context) => print("server_subscribed", { channel: context.channel, recovered: context.recovered }));

const subscription = client.newSubscription(`chat:${conversation}`, {
  token: process.env.FIRST_SUBSCRIPTION_TOKEN ?? "",
  getToken: () => fetchToken("/chat/subscribe-token", { conversationId: conversation }),
  minResubscribeDelay: 50,
  maxResubscribeDelay: 500,
});
subscription.on("subscribed", (context) =>
  print("subscribed", { recovered: context.recovered, wasRecovering: context.wasRecovering }));
subscription.on("unsubscribed", (context) => print("unsubscribed", { code: context.code, reason: context.reason }));
subscription.on("publication", (context) => print("publication", { offset: context.offset, data: context.data }));
subscription.on("error", (context) => print("subscription_error", { error: context.error }));

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { method, data } = JSON.parse(line);
  try {
    print("rpc", { data: (await client.rpc(method, data)).data });
  } catch (error) {
    print("rpc", { error: { code: error.code, message: error.message } });
  }
});

subscription.subscribe();
client.connect();
