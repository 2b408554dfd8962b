// urql: query, error, mutation. It always accepts event streams too: an answer that is none must come as JSON.
import { Client, fetchExchange, gql } from "@urql/core";

import { fetchAsUs, told, url } from "./hub.mjs";

const exchanges = [];
const client = new Client({
  url,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetch: async (input, init) => {
    const response = await fetchAsUs(input, init);
    exchanges.push([new Headers(init.headers).get("accept"), response.headers.get("content-type")]);
    return response;
  },
});

const answered = await client.query(gql`query Few { accounts(first: 3) { nodes { id name } } }`, {});
const gotten = await client.query(gql`query Few { accounts(first: 3) { nodes { id name } } }`, {}, { preferGetMethod: "force" });
const invalid = await client.query(gql`query Invalid { nothing }`, {});
const failed = await client.query(gql`query Failed { node(id: "nonsense") { id } }`, {});
const mutated = await client.mutation(
  gql`
    mutation Sync($input: RunSyncInput!) {
      runSync(input: $input) {
        __typename
        ... on UserError { code }
      }
    }
  `,
  { input: { connectionId: answered.data?.accounts.nodes[0].id } },
);

const codes = ({ error }) => error?.graphQLErrors.map(({ extensions }) => extensions.code);
told([
  ["a query is answered", answered.data?.accounts.nodes.length === 3, answered.error],
  ["a query by GET is answered", gotten.data?.accounts.nodes.length === 3, gotten.error?.message],
  ["an invalid document is a GraphQL error with a code", codes(invalid)?.[0] === "GRAPHQL_VALIDATION_FAILED", invalid.error],
  ["an error of a field is a GraphQL error with a code", codes(failed)?.[0] === "BAD_USER_INPUT", failed.error],
  ["a mutation is answered or refused with a code", mutated.data?.runSync !== undefined || codes(mutated)?.[0] === "BAD_USER_INPUT", mutated.error],
  ["it did accept event streams", exchanges.every(([accept]) => accept.includes("text/event-stream")), exchanges],
  ["it was answered in JSON", exchanges.every(([, type]) => /^application\/(graphql-response\+)?json/.test(type)), exchanges],
]);
