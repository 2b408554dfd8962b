// The official audit of GraphQL over HTTP: all 61 must be OK, as JSON and as application/graphql-response+json.
import { serverAudits } from "graphql-http";

import { fetchAsUs, told, url } from "./hub.mjs";

const results = await Promise.all(serverAudits({ url, fetchFn: fetchAsUs }).map((audit) => audit.fn()));
told(
  await Promise.all(
    results.map(async ({ id, name, status, reason, response }) => [
      `${id} ${name}`,
      status === "ok",
      status === "ok" ? undefined : `${reason}: ${response.status} ${response.headers.get("content-type")} ${(await response.text()).slice(0, 200)}`,
    ]),
  ),
);
