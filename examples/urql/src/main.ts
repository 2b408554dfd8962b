import { client } from "./client";
import { openDeals } from "./deals";
import { sync } from "./sync";

const hub = client(process.env.HUB_URL ?? "http://127.0.0.1:8000/graphql", process.env.HUB_KEY);

const [connection] = process.argv.slice(2);
if (connection) console.log(await sync(hub, connection));

let count = 0;
for await (const deal of openDeals(hub)) {
  count += 1;
  const amount = deal.amount ? `${deal.amount.amount} ${deal.amount.currency ?? ""}` : "no amount";
  console.log(`${deal.closeDate ?? "no date   "}  ${deal.accounts.nodes[0]?.name ?? "?"}: ${deal.name}, ${deal.stage}, ${amount}`);
}
console.log(`${count} open deals`);
