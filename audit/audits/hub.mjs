// What every audit shares: where the hub is, who asks, and how a result is told.
export const url = process.env.HUB_URL;
export const headers = { authorization: `Bearer ${process.env.HUB_KEY}` };

export const fetchAsUs = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...headers, ...init.headers } });

/** Posts a document; the parsed answer. */
export async function ask(query, variables = {}) {
  const response = await fetchAsUs(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Each check is [what must be, whether it is, what was seen]; the last line printed is the result. */
export function told(checks) {
  const findings = checks.filter(([, holds]) => !holds);
  for (const [must, , seen] of findings) {
    console.log(`FOUND ${must}${seen === undefined ? "" : `; seen: ${typeof seen === "string" ? seen : JSON.stringify(seen)}`}`);
  }
  console.log(`${checks.length - findings.length} of ${checks.length} hold`);
  process.exit(findings.length ? 1 : 0);
}
