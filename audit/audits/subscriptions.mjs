// What the audits of subscriptions share: documents for what the schema can follow, and something to happen.
import { appendFileSync } from "node:fs";

import { buildClientSchema, getIntrospectionQuery, getNamedType, isAbstractType, isLeafType, isNonNullType } from "graphql";

import { ask, told } from "./hub.mjs";

const { HUB_LIST, HUB_LIST_CONNECTION } = process.env;

/** A subscription to each of what must be there to follow: `{ changed: "subscription { … }", syncProgress: … }`. */
export async function documents() {
  const schema = buildClientSchema((await ask(getIntrospectionQuery())).data);
  const fields = schema.getSubscriptionType()?.getFields() ?? {};
  const missing = ["changed", "syncProgress"].filter((name) => !fields[name]);
  if (missing.length) told(missing.map((name) => [`there is a subscription ${name}`, false]));
  return Object.fromEntries(
    Object.values(fields).map(({ name, type }) => [name, `subscription { ${name} ${selection(getNamedType(type), 2)} }`]),
  );
}

/** Every field that needs no argument, to some depth; written for one type, so that it reads whatever comes. */
function selection(type, depth) {
  if (isLeafType(type)) return "";
  if (isAbstractType(type)) return "{ __typename }";
  const fields = Object.values(type.getFields())
    .filter(({ type, args }) => !args.some((arg) => isNonNullType(arg.type) || arg.name === "first"))
    .filter(({ type }) => isLeafType(getNamedType(type)) || depth > 1)
    .map((field) => `${field.name} ${selection(getNamedType(field.type), depth - 1)}`);
  return `{ __typename ${fields.join(" ")} }`;
}

/** A new row in a partner's list, and a sync of it: a run goes on, and a record is new. */
export async function stir() {
  const number = Date.now();
  appendFileSync(HUB_LIST, `S-${number};Neue Firma ${number};;;;Berlin;Germany;;7;Prospect\n`);
  const { data } = await ask("{ connections(first: 100) { nodes { id name } } }");
  const connection = data.connections.nodes.find(({ name }) => name === HUB_LIST_CONNECTION);
  const answer = await ask(
    "mutation Sync($input: RunSyncInput!) { runSync(input: $input) { __typename ... on UserError { message } } }",
    { input: { connectionId: connection.id, full: true } },
  );
  const result = answer.data?.runSync;
  if (result?.__typename !== "RunSyncPayload") throw new Error(`no sync: ${JSON.stringify(answer)}`);
}

/** The first event that is as wanted; rejects when none comes in time. */
export async function first(events, isWanted, seconds = 30) {
  const timer = setTimeout(() => events.return(), seconds * 1000);
  try {
    for await (const event of events) {
      if (event.errors) throw new Error(JSON.stringify(event.errors));
      if (isWanted(event.data)) return event.data;
    }
    throw new Error(`nothing in ${seconds} s`);
  } finally {
    clearTimeout(timer);
  }
}

/** Follows both, makes something happen, and sees both told. `iterate` opens one subscription of a client. */
export async function followed(iterate, opened) {
  const texts = await documents();
  const wanted = {
    syncProgress: (data) => data.syncProgress.state === "SUCCEEDED",
    changed: (data) => data.changed !== null,
  };
  const waiting = Object.entries(wanted).map(async ([name, isWanted]) => {
    try {
      const data = await first(iterate({ query: texts[name] }), isWanted);
      return [`${name} tells what happens`, true, data];
    } catch (error) {
      return [`${name} tells what happens`, false, String(error.message ?? JSON.stringify(error))];
    }
  });
  await opened();
  await stir();
  return Promise.all(waiting);
}
