// What load.lua is for wrk, for machines without it: node load.mjs URL CLIENTS SECONDS FILE

import { readFileSync } from "node:fs";
import autocannon from "autocannon";

const [url, clients, seconds, file] = process.argv.slice(2);
const [head, bodies] = readFileSync(file, "utf8").split("\n\n", 2);
const headers = Object.fromEntries(head.split("\n").map((line) => line.split(": ")));
const requests = bodies
  .trim()
  .split("\n")
  .map((body) => ({ method: "POST", headers, body }));
const told = await autocannon({ url, connections: Number(clients), duration: Number(seconds), requests });
console.log(
  JSON.stringify({
    requests: told.requests.total,
    seconds: told.duration,
    bytes: told.throughput.total,
    failed: told.errors + told.timeouts + told.non2xx,
    p50: told.latency.p50,
    p99: told.latency.p99,
  }),
);
