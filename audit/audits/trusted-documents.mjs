// Trusted documents: the manifests that Apollo's tool and graphql-codegen write, pushed, and run by their ids with keys
// that run nothing else.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { Client, fetchExchange } from "@urql/core";

import { told, url } from "./hub.mjs";

const { HUB_COMMAND, HUB_KEY_APOLLO, HUB_KEY_URQL } = process.env;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "hub-audit-"));

const operations = here("../trusted/operations.graphql");
const manifests = { apollo: join(folder, "apollo.json"), urql: here("../../examples/urql/src/hub/persisted-documents.json") };
const config = join(folder, "config.json");
writeFileSync(config, JSON.stringify({ documents: [operations], output: manifests.apollo }));
run(here("../node_modules/.bin/generate-persisted-query-manifest"), ["--config", config]);
if (!existsSync(manifests.urql)) run(here("../../examples/urql/node_modules/.bin/graphql-codegen"), [], here("../../examples/urql"));
for (const [app, manifest] of Object.entries(manifests)) execFileSync(HUB_COMMAND, ["documents", "push", "--app", app, manifest]);

/** A script of npm's, with this node. */
function run(script, words, cwd) {
  execFileSync(process.execPath, [script, ...words], { cwd });
}

/** fetch with a key, and what was sent by it: the body, or the parameters of the URL. */
function fetching(key) {
  const sent = [];
  const fetched = (input, init = {}) => {
    sent.push(init.body ? JSON.parse(init.body) : Object.fromEntries(new URL(input).searchParams));
    return fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
  };
  return [fetched, sent];
}

const [apolloFetch, apolloSent] = fetching(HUB_KEY_APOLLO);
const loadManifest = () => JSON.parse(readFileSync(manifests.apollo, "utf8"));
const apollo = new ApolloClient({
  link: new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest })).concat(
    new HttpLink({ uri: url, fetch: apolloFetch }),
  ),
  cache: new InMemoryCache(),
});
const query = gql(readFileSync(operations, "utf8"));
const byHash = await apollo.query({ query, variables: { first: 3 } });

const apq = new ApolloClient({
  // An app that was not pushed: it sends a hash of its own, and on a refusal the text.
  link: new PersistedQueryLink({ generateHash: () => "0".repeat(64) }).concat(new HttpLink({ uri: url, fetch: apolloFetch })),
  cache: new InMemoryCache(),
});
const asText = await apq.query({ query: gql`query Other { accounts(first: 1) { nodes { id } } }`, errorPolicy: "all" });

const [urqlFetch, urqlSent] = fetching(HUB_KEY_URQL);
const urql = new Client({ url, exchanges: [fetchExchange], fetch: urqlFetch, preferGetMethod: false });
const [dealsId] = Object.entries(JSON.parse(readFileSync(manifests.urql, "utf8"))).find(([, text]) => text.includes("query OpenDeals"));
// As it is left in an app that is built: an id, and no text. urql's build for development wants the text, too.
process.env.NODE_ENV = "production";
const byId = (documentId) => ({ kind: "Document", definitions: [], documentId });
const posted = await urql.query(byId(dealsId), { first: 3 });
const gotten = await urql.query(byId(dealsId), { first: 3 }, { preferGetMethod: "force" });
const unknown = await urql.query(byId(`sha256:${"0".repeat(64)}`), {});
const foreign = await urql.query(byId(`sha256:${loadManifest().operations[0].id}`), { first: 3 });
const texts = [...apolloSent.slice(0, 1), ...urqlSent].filter(({ query }) => query !== undefined);

const codes = (errors) => errors?.map(({ extensions }) => extensions?.code).join();
const codesOf = ({ error }) => (CombinedGraphQLErrors.is(error) ? codes(error.errors) : codes(error?.graphQLErrors) ?? String(error));
told([
  ["Apollo's hash runs what its manifest says", byHash.data?.accounts.nodes.length === 3, byHash],
  ["urql's documentId runs what codegen's manifest says", posted.data?.opportunities.nodes.length === 3, posted.error?.message],
  ["by GET too", gotten.data?.opportunities.nodes.length === 3, gotten.error?.message],
  ["no text was sent for that", texts.length === 0, texts],
  ["who falls back to sending the text is refused", codesOf(asText) === "FORBIDDEN", codesOf(asText)],
  ["an id that was not pushed is not found", codesOf(unknown) === "PERSISTED_QUERY_NOT_FOUND", codesOf(unknown)],
  ["nor is another app's", codesOf(foreign) === "PERSISTED_QUERY_NOT_FOUND", codesOf(foreign)],
]);
