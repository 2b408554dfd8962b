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

/** The code that a connection is closed with after these messages, or the first message that passes `until`. */
function spoken(messages, { protocol = "graphql-transport-ws", options = {}, until = () => false } = {}) {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl, protocol, options);
    const timer = setTimeout(() => end("nothing in 15 s"), 15_000);
    const end = (outcome) => {
      clearTimeout(timer);
      socket.terminate();
      resolve(outcome);
    };
    socket.on("open", () => messages.forEach((each) => socket.send(typeof each === "string" ? each : JSON.stringify(each))));
    socket.on("message", (data, isBinary) => {
      const message = JSON.parse(data);
      if (until(message, isBinary)) end(message);
    });
    socket.on("unexpected-response", (_, response) => end(response.statusCode));
    socket.on("close", (code) => end(code));
    socket.on("error", (error) => end(error.message));
  });
}

const INIT = { type: "connection_init", payload: connectionParams };
const { changed } = await documents();
const subscribe = (id) => ({ id, type: "subscribe", payload: { query: changed } });
const afterAck = (first, ...rest) =>
  new Promise((resolve) => {
    const socket = new WebSocket(socketUrl, "graphql-transport-ws");
    socket.on("open", () => socket.send(JSON.stringify(INIT)));
    socket.once("message", () => [first, ...rest].forEach((each) => socket.send(JSON.stringify(each))));
    const timer = setTimeout(() => resolve("nothing in 15 s"), 15_000);
    socket.on("close", (code) => (clearTimeout(timer), resolve(code)));
  });

const stranger = await spoken([{ type: "connection_init" }]);
const CASES = [
  ["what is no message is answered with 4400", await spoken(["{"]), 4400],
  ["to subscribe before the acknowledgement is answered with 4401", await spoken([subscribe("1")]), 4401],
  ["a client without a key is closed with 4401 or 4403", [4401, 4403].includes(stranger) ? "refused" : stranger, "refused"],
  ["a second subscription of the same id is answered with 4409", await afterAck(subscribe("1"), subscribe("1")), 4409],
  ["a second initialisation is answered with 4429", await spoken([INIT, INIT]), 4429],
  ["a ping is answered with a pong, in text", (await spoken([INIT, { type: "ping" }], { until: ({ type }, isBinary) => type === "pong" && !isBinary })).type, "pong"],
  ["the legacy protocol is not spoken", [4406, 400, 403, 426].includes(await spoken([], { protocol: "graphql-ws" })), true],
  ["an invalid document is an error message", (await spokenAfterAck("{ nothing }"))?.type, "error"],
];

function spokenAfterAck(query) {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl, "graphql-transport-ws");
    socket.on("open", () => socket.send(JSON.stringify(INIT)));
    socket.on("message", (data) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }));
      if (message.id !== "1") return;
      socket.terminate();
      resolve(message);
    });
    socket.on("close", (code) => resolve({ type: code }));
  });
}

const opened = async () => {
  while (!subscribed) await new Promise((resolve) => setTimeout(resolve, 50));
};
const told_ = await followed((document) => client.iterate(document), opened);
await client.dispose();
told([...told_, ...CASES.map(([must, seen, expected]) => [must, seen === expected, seen])]);
