// A browser's EventSource, as npm has it: prints each event as a line of JSON. Arguments: URL, key, user, and the
// names of the events to listen for.
import { EventSource } from "eventsource";

const [url, key, user, ...names] = process.argv.slice(2);
const source = new EventSource(url, {
  fetch: (input, init) =>
    fetch(input, { ...init, headers: { ...init.headers, "X-API-Key": key, "X-User-Id": user } }),
});

for (const name of names) {
  source.addEventListener(name, (event) => {
    console.log(JSON.stringify({ name, id: event.lastEventId, data: event.data }));
  });
}
source.addEventListener("open", () => console.log(JSON.stringify({ name: "open" })));
