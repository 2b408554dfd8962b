import { graphql, useLazyLoadQuery, usePaginationFragment } from "react-relay";

import type { Accounts_list$key } from "./__generated__/Accounts_list.graphql";
import type { AccountsPageQuery } from "./__generated__/AccountsPageQuery.graphql";
import type { AccountsQuery } from "./__generated__/AccountsQuery.graphql";

const PAGE = 10;

/** All accounts by name, a page at a time. */
export function Accounts({ onChoose }: { onChoose: (id: string) => void }) {
  const query = useLazyLoadQuery<AccountsQuery>(
    graphql`
      query AccountsQuery($first: Int!) {
        ...Accounts_list @arguments(first: $first)
      }
    `,
    { first: PAGE },
  );
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<AccountsPageQuery, Accounts_list$key>(
    graphql`
      fragment Accounts_list on Query
      @refetchable(queryName: "AccountsPageQuery")
      @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
        accounts(first: $first, after: $after, orderBy: [{ field: NAME }]) @connection(key: "Accounts_accounts") {
          totalCount
          edges {
            node {
              id
              name
              domain
            }
          }
        }
      }
    `,
    query,
  );
  const { edges, totalCount } = data.accounts;
  return (
    <section>
      <h1>Accounts</h1>
      <p>
        {edges.length} of {totalCount}
      </p>
      <ul>
        {edges.map(({ node }) => (
          <li key={node.id}>
            <button onClick={() => onChoose(node.id)}>{node.name}</button> {node.domain}
          </li>
        ))}
      </ul>
      {hasNext && (
        <button onClick={() => loadNext(PAGE)} disabled={isLoadingNext}>
          More
        </button>
      )}
    </section>
  );
}
