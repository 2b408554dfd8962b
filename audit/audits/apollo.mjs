// Apollo Client: query, error, mutation, pages merged by relayStylePagination, unions told apart by __typename.
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

import { fetchAsUs, told, url } from "./hub.mjs";

const types = [];
const client = new ApolloClient({
  link: new HttpLink({
    uri: url,
    fetch: async (...asked) => {
      const response = await fetchAsUs(...asked);
      types.push(response.headers.get("content-type"));
      return response;
    },
  }),
  cache: new InMemoryCache({
    possibleTypes: { UserError: ["BusyError", "InvalidInputError", "NotFoundError", "SourceFailedError"] },
    typePolicies: { Query: { fields: { accounts: relayStylePagination(["filter", "orderBy"]) } } },
  }),
});

const PAGE = gql`
  query Page($after: String) {
    accounts(first: 5, after: $after, orderBy: [{ field: NAME }]) {
      totalCount
      edges { cursor node { id name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;
const SYNC = gql`
  mutation Sync($input: RunSyncInput!) {
    runSync(input: $input) {
      ... on RunSyncPayload { syncRuns { id state } }
      ... on UserError { code message path }
    }
  }
`;

const seen = new Promise((resolve) => {
  const pages = client.watchQuery({ query: PAGE });
  const lengths = [];
  pages.subscribe(({ data, dataState }) => {
    if (dataState !== "complete") return;
    lengths.push(data.accounts.edges.length);
    if (lengths.length === 1) pages.fetchMore({ variables: { after: data.accounts.pageInfo.endCursor } });
    if (lengths.at(-1) > 5) resolve({ lengths, ids: data.accounts.edges.map(({ node }) => node.id) });
  });
});
const { lengths, ids } = await seen;

const invalid = await client.query({ query: gql`query Invalid { nothing }`, errorPolicy: "all" });
const failed = await client.query({ query: gql`query Failed { node(id: "nonsense") { id } }`, errorPolicy: "all" });
const account = ids[0];
const refused = await client.mutate({ mutation: SYNC, variables: { input: { connectionId: account } }, errorPolicy: "all" });
const lists = await client.query({ query: gql`query Lists { connections(first: 100) { nodes { id connector } } }` });
const list = lists.data.connections.nodes.find(({ connector }) => connector === "file");
const synced = await client.mutate({ mutation: SYNC, variables: { input: { connectionId: list.id } } });

const codes = ({ error }) => (CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions?.code) : error?.name);
told([
  ["a query is answered, and a second page merged into the first", lengths.at(-1) === 10 && new Set(ids).size === 10, lengths],
  ["an invalid document is a GraphQL error with a code", codes(invalid)?.[0] === "GRAPHQL_VALIDATION_FAILED", codes(invalid)],
  ["an error of a field is a GraphQL error with a code", codes(failed)?.[0] === "BAD_USER_INPUT", codes(failed)],
  ["an id of another type is refused", codes(refused)?.[0] === "BAD_USER_INPUT" || refused.data?.runSync.code !== undefined, refused],
  ["a mutation answers", ["RunSyncPayload", "BusyError"].includes(synced.data?.runSync.__typename), synced.data],
  ["it gets the media type of GraphQL over HTTP", types.every((type) => type.startsWith("application/graphql-response+json")), types],
]);
