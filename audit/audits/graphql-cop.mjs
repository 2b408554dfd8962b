// The checks of graphql-cop, which is on GitHub only, restated: https://github.com/dolevf/graphql-cop.
// What it counts as a finding for everybody, we refuse to strangers, or bound for those who hold a key.
import { fetchAsUs, told, url } from "./hub.mjs";

const LONGEST = 1000; // milliseconds for a document that is refused, on a busy machine

async function post(body, { from = fetchAsUs, type = "application/json" } = {}) {
  const started = performance.now();
  const response = await from(url, {
    method: "POST",
    headers: { "content-type": type, accept: "application/graphql-response+json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const answer = JSON.parse((await response.text()) || "{}");
  return { status: response.status, answer, took: performance.now() - started };
}

const query = (text, options) => post({ query: text }, options);
const times = (count, text) => Array.from({ length: count }, (_, at) => text(at)).join(" ");
const isRefused = ({ answer, took }) => answer.errors?.length > 0 && answer.data === undefined && took < LONGEST;
const seen = ({ status, answer, took }) => `${status} ${JSON.stringify(answer).slice(0, 150)} in ${Math.round(took)} ms`;
const refused = (must, outcome) => [`${must} is refused`, isRefused(outcome), seen(outcome)];

const circular = `query cop { __schema { types { ${"fields { type { ".repeat(5)} name ${"} }".repeat(5)} } } }`;
const directives = await query(`query cop { __typename ${times(50, () => "@aa")} }`);
const duplicates = await query(`query cop { ${times(500, () => "__typename")} }`);
const stranger = await query("query cop { __schema { directives { name } } }", { from: fetch });
const guess = await query("query cop { accountz { id } }", { from: fetch });
const broken = await query("qwerty cop { abc }");
const traced = await query("query cop { __typename }");
const form = await post("query=query+cop+%7B+__typename+%7D", { type: "application/x-www-form-urlencoded" });
const batch = await post(Array.from({ length: 10 }, () => ({ query: "query cop { __typename }" })));
const got = await fetchAsUs(`${url}?query=${encodeURIComponent("mutation cop { __typename }")}`);
const gotAsForm = await fetchAsUs(`${url}?query=${encodeURIComponent("query cop { __typename }")}`, {
  headers: { "content-type": "text/plain" },
});
const page = await fetch(url, { headers: { accept: "text/html" } });
const policy = page.headers.get("content-security-policy") ?? "";

told([
  refused("a hundred aliases of one field", await query(`query cop { ${times(101, (at) => `alias${at}: __typename`)} }`)),
  refused("a batch of operations", batch),
  refused("fifty directives at one place", directives),
  ["and is told in few words", directives.answer.errors?.length < 10, directives.answer.errors?.length],
  refused("introspection in circles", await query(circular)),
  ["introspection is not for strangers", stranger.status === 401 && stranger.answer.data === undefined, seen(stranger)],
  ["field names are not suggested to strangers", !JSON.stringify(guess.answer).includes("Did you mean"), seen(guess)],
  ["a mutation by GET is refused", got.status === 405 && got.headers.get("allow") === "POST", got.status],
  ["a GET that a form could send is refused", gotAsForm.status === 415, gotAsForm.status],
  ["a POST that a form could send is refused", form.status === 415, seen(form)],
  ["the page for people runs no script from elsewhere or in line", /script-src 'self'(;|$)/.test(policy) && /frame-ancestors 'none'/.test(policy), policy],
  ["no traces are told", traced.answer.extensions?.tracing === undefined, seen(traced)],
  ["no exception is told", !/exception|stacktrace|Traceback/i.test(JSON.stringify(broken.answer)), seen(broken)],
  ["a field named five hundred times is read once, or refused", duplicates.took < LONGEST && (isRefused(duplicates) || Object.keys(duplicates.answer.data ?? {}).length === 1), seen(duplicates)],
]);
