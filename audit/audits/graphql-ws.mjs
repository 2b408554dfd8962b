// graphql-ws, the client of graphql-transport-ws, and the protocol's own words sent by hand.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { headers, told, url } from "./hub.mjs";
import { documents, followed } from "./subscriptions.mjs";

const socketUrl = url.replace(/^http/, "ws");
const connectionParams = headers;

let subscribed = 0;
const client = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams,
  retryAttempts: 0,
  on: { message: (message) => (subscribed += message.type === "connection_ack") },
});

/** What comes of these messages: the first answer that passes `until`, or the code that the connection is closed with.
 *  `then` is sent once the connection is acknowledged. */
function spoken(messages, { then = [], protocol = "graphql-transport-ws", until = () => false } = {}) {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl, protocol);
    const say = (words) => words.forEach((each) => socket.send(typeof each === "string" ? each : JSON.stringify(each)));
    const timer = setTimeout(() => end("nothing in 15 s"), 15_000);
    const end = (outcome) => {
      clearTimeout(timer);
      socket.terminate();
      resolve(outcome);
    };
    socket.on("open", () => say(messages));
    socket.on("message", (data, isBinary) => {
      const message = JSON.parse(data);
      if (until(message, isBinary)) return end(message);
      if (message.type === "connection_ack") say(then);
    });
    socket.on("close", (code) => end(code));
    socket.on("error", (error) => end(error.message));
  });
}

const INIT = { type: "connection_init", payload: connectionParams };
const { changed } = await documents();
const subscribe = (id, query = changed) => ({ id, type: "subscribe", payload: { query } });
const isText = (type) => (message, isBinary) => message.type === type && !isBinary;

const legacy = await spoken([INIT], { protocol: "graphql-ws", until: () => true });
const ping = await spoken([INIT, { type: "ping" }], { until: isText("pong") });
const invalid = await spoken([INIT], { then: [subscribe("1", "{ nothing }")], until: isText("error") });
const stranger = await spoken([{ type: "connection_init" }]);

const CASES = [
  ["what is no message is answered with 4400", await spoken(["{"]), 4400],
  ["to subscribe before the acknowledgement is answered with 4401", await spoken([subscribe("1")]), 4401],
  ["a client without a key is closed with 4401 or 4403", [4401, 4403].includes(stranger) ? 4403 : stranger, 4403],
  ["a second subscription of the same id is answered with 4409", await spoken([INIT], { then: [subscribe("1"), subscribe("1")] }), 4409],
  ["a second initialisation is answered with 4429", await spoken([INIT, INIT]), 4429],
  ["a ping is answered with a pong, in text", ping.type, "pong"],
  ["an invalid document is an error message, in text", invalid.type, "error"],
  ["the legacy protocol is not spoken", typeof legacy, typeof legacy === "number" ? "number" : "string"],
];

const opened = async () => {
  while (!subscribed) await new Promise((resolve) => setTimeout(resolve, 50));
};
const follows = await followed((document) => client.iterate(document), opened);
await client.dispose();
told([...follows, ...CASES.map(([must, seen, expected]) => [must, seen === expected, seen])]);
