// graphql-sse in distinct connections mode: one request, one stream.
import { createClient } from "graphql-sse";

import { fetchAsUs, told, url } from "./hub.mjs";
import { documents, followed } from "./subscriptions.mjs";

let streams = 0;
const client = createClient({
  url,
  retryAttempts: 0,
  fetchFn: async (...asked) => {
    const response = await fetchAsUs(...asked);
    streams += response.headers.get("content-type")?.startsWith("text/event-stream") ? 1 : 0;
    return response;
  },
});

const opened = async () => {
  const until = Date.now() + 15_000;
  while (streams < 2 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
};
const checks = await followed((document) => client.iterate(document), opened);
const query = await client.iterate({ query: "{ accounts(first: 2) { nodes { id } } }" }).next();
const { changed } = await documents();
const raw = await fetchAsUs(url, {
  method: "POST",
  headers: { "content-type": "application/json", accept: "text/event-stream" },
  body: JSON.stringify({ query: changed }),
  signal: AbortSignal.timeout(1000),
}).catch((error) => error);
client.dispose();
told([
  ...checks,
  ["a query is answered as a stream of one", query.value?.data?.accounts.nodes.length === 2, query.value],
  ["a stream is not stored by caches", raw.headers?.get("cache-control")?.includes("no-store"), raw.headers?.get("cache-control")],
]);
