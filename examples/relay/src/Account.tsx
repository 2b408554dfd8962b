import { graphql, useLazyLoadQuery } from "react-relay";

import { Deals } from "./Deals";
import type { AccountQuery } from "./__generated__/AccountQuery.graphql";

/** One account: what each connection says about it, and its deals. */
export function Account({ id }: { id: string }) {
  const { node } = useLazyLoadQuery<AccountQuery>(
    graphql`
      query AccountQuery($id: ID!) {
        node(id: $id) {
          __typename
          ... on Account {
            name
            records(first: 20) {
              nodes {
                id
                name
                connection {
                  id
                  name
                }
              }
            }
            ...Deals_account @alias(as: "deals")
          }
        }
      }
    `,
    { id },
  );
  if (node?.__typename !== "Account") return <p>There is no such account.</p>;
  return (
    <article>
      <h2>{node.name}</h2>
      <ul>
        {node.records.nodes.map((record) => (
          <li key={record.id}>
            {record.connection.name} calls it {record.name ?? "by no name"}
          </li>
        ))}
      </ul>
      {node.deals && <Deals account={node.deals} />}
    </article>
  );
}
