import { Environment, Network, RecordSource, Store, type GraphQLResponse } from "relay-runtime";

/** Relay's store and network for the hub at `url`; on a hub other than the demo, `key` is an API key. */
export function environment(url: string, key?: string): Environment {
  const headers: HeadersInit = {
    "Content-Type": "application/json",
    Accept: "application/graphql-response+json",
    ...(key && { Authorization: `Bearer ${key}` }),
  };
  const network = Network.create(async ({ text, name }, variables): Promise<GraphQLResponse> => {
    const body = JSON.stringify({ query: text, variables, operationName: name });
    return (await fetch(url, { method: "POST", headers, body })).json();
  });
  return new Environment({ network, store: new Store(new RecordSource()) });
}
