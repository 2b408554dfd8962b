// PostGraphile 5 as its documentation advises for production (https://postgraphile.org/postgraphile/5/production):
// NODE_ENV=production, no GraphiQL, no watching, no subscriptions, a pool, prepared statements (its default, kept per
// connection). `outputDataAsString` spares it building an object only to stringify it.
// The database is named by the usual PG… variables. With TOKEN and ORGANIZATION, who presents the token sees with that
// organization's eyes, by row-level security; without them, everybody sees everything.

import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { grafserv } from "postgraphile/grafserv/node";

const { PORT, POOL, TOKEN, ORGANIZATION } = process.env;

const settings = new Map([
  [`Bearer ${TOKEN}`, { role: "hub_benchmark_viewer", "hub.organization_id": ORGANIZATION }],
]);
const nobody = { role: "hub_benchmark_viewer", "hub.organization_id": "" };

function context(request) {
  return { pgSettings: settings.get(request.node?.req.headers.authorization) ?? nobody };
}

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      poolConfig: { max: Number(POOL) },
      schemas: ["public", "hub_benchmark"],
      pubsub: false,
    }),
  ],
  schema: { defaultBehavior: "-insert -update -delete" },
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
  grafast: { explain: false, ...(TOKEN && { context }) },
};

const server = createServer();
server.on("error", (error) => {
  throw error;
});
const served = postgraphile(preset).createServ(grafserv);
await served.addTo(server);
server.listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
