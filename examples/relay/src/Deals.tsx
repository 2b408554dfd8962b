import { graphql, usePaginationFragment } from "react-relay";

import type { Deals_account$key } from "./__generated__/Deals_account.graphql";
import type { DealsPageQuery } from "./__generated__/DealsPageQuery.graphql";

/** An account's deals, the largest first. Further pages are read by `node`, without the account's other fields. */
export function Deals({ account }: { account: Deals_account$key }) {
  const { data, hasNext, loadNext, refetch } = usePaginationFragment<DealsPageQuery, Deals_account$key>(
    graphql`
      fragment Deals_account on Account
      @refetchable(queryName: "DealsPageQuery")
      @argumentDefinitions(first: { type: "Int", defaultValue: 5 }, after: { type: "String" }) {
        opportunities(first: $first, after: $after, orderBy: [{ field: AMOUNT, direction: DESC }])
          @connection(key: "Deals_opportunities") {
          edges {
            node {
              id
              name
              stage
              amount {
                amount
                currency
              }
            }
          }
        }
      }
    `,
    account,
  );
  return (
    <section>
      <h3>Deals</h3>
      <ul>
        {data.opportunities.edges.map(({ node }) => (
          <li key={node.id}>
            {node.name}, {node.stage}: {node.amount ? `${node.amount.amount} ${node.amount.currency ?? ""}` : "no amount"}
          </li>
        ))}
      </ul>
      {hasNext && <button onClick={() => loadNext(5)}>More deals</button>}
      <button onClick={() => refetch({}, { fetchPolicy: "network-only" })}>Refresh</button>
    </section>
  );
}
