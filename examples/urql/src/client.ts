import { Client, fetchExchange } from "@urql/core";

/** A client of the hub at `url`; on a hub other than the demo, `key` is an API key. */
export function client(url: string, key?: string): Client {
  const headers: HeadersInit = key ? { Authorization: `Bearer ${key}` } : {};
  return new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers } });
}
