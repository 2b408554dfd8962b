import type { Client } from "@urql/core";

import { graphql } from "./hub";

const Connections = graphql(`
  query Connections {
    connections(first: 100) {
      nodes {
        id
        name
        state
      }
    }
  }
`);

const Sync = graphql(`
  mutation Sync($input: RunSyncInput!) {
    runSync(input: $input) {
      __typename
      ... on RunSyncPayload {
        syncRuns {
          id
          stream
          state
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`);

/** Starts a sync of the connection of this name; what happened, in words. */
export async function sync(hub: Client, name: string): Promise<string> {
  const { data: known } = await hub.query(Connections, {});
  const connection = known?.connections.nodes.find((each) => each.name === name);
  if (!connection) return `There is no connection ${name}.`;
  const { data, error } = await hub.mutation(Sync, { input: { connectionId: connection.id } });
  if (!data) throw error;
  const answer = data.runSync;
  // Expected failures are data: the compiler knows what else there may be.
  return answer.__typename === "RunSyncPayload"
    ? `${name}: ${answer.syncRuns.map((run) => `${run.stream} ${run.state}`).join(", ")}`
    : `${name}: ${answer.code}, ${answer.message}`;
}
