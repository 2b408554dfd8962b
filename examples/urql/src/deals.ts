import type { Client, OperationResult } from "@urql/core";

import { graphql } from "./hub";
import type { OpenDealsQuery } from "./hub/graphql";

const OpenDeals = graphql(`
  query OpenDeals($first: Int!, $after: String) {
    opportunities(
      first: $first
      after: $after
      filter: { isClosed: { eq: false } }
      orderBy: [{ field: CLOSE_DATE }]
    ) {
      nodes {
        id
        name
        stage
        closeDate
        amount {
          amount
          currency
        }
        accounts(first: 1) {
          nodes {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type Deal = OpenDealsQuery["opportunities"]["nodes"][number];

/** Every open deal, the next to close first; pages are read as they are needed. */
export async function* openDeals(hub: Client): AsyncGenerator<Deal> {
  let after: string | null | undefined;
  let more = true;
  while (more) {
    const { data, error }: OperationResult<OpenDealsQuery> = await hub.query(OpenDeals, { first: 50, after });
    if (!data) throw error;
    yield* data.opportunities.nodes;
    after = data.opportunities.pageInfo.endCursor;
    more = data.opportunities.pageInfo.hasNextPage;
  }
}
