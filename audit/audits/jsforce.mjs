// jsforce reads every object of the sandbox's Salesforce by REST, page after page, and by Bulk API 2.0, and finds
// what simple-salesforce finds; it writes, and refreshes its session.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import jsforce from "jsforce";

import { told } from "./hub.mjs";

const VERSION = "67.0";
const BATCH = { "Sforce-Query-Options": "batchSize=200" };
const NOT_IN_BULK = ["PartnerRole"];
const NUMBERS = ["currency", "double", "percent", "int"];

const hub = process.env.HUB_COMMAND;
const sandbox = spawn(hub, ["sandbox", "--accounts", "400", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
const found = await served(sandbox)
  .then(({ salesforce }) => checks(salesforce))
  .finally(() => sandbox.kill());
told(found);

/** Where the sandbox listens, and what it asks of a client. */
function served(sandbox) {
  let printed = "";
  return new Promise((resolve, reject) => {
    sandbox.stdout.on("data", (chunk) => {
      printed += chunk;
      if (printed.trimEnd().endsWith("\n}")) resolve(JSON.parse(printed));
    });
    sandbox.on("exit", () => reject(new Error(`hub sandbox ended: ${printed}`)));
  });
}

async function checks(org) {
  const connection = new jsforce.Connection({ loginUrl: org.base_url, instanceUrl: org.base_url, version: VERSION });
  await connection.authorize({ grant_type: "client_credentials", client_id: org.client_id, client_secret: org.client_secret });
  connection.bulk2.pollInterval = 20;
  const { sobjects } = await connection.describeGlobal();
  const python = join(dirname(hub), "python");
  const arguments_ = ["salesforce/read.py", org.base_url, org.client_id, org.client_secret];
  const { stdout } = await promisify(execFile)(python, arguments_, { maxBuffer: 1e9 });
  const others = JSON.parse(stdout);
  const found = [];
  for (const { name } of sobjects) found.push(...(await read(connection, name, others[name])));
  return [...found, ...(await written(connection)), ...(await refreshed(org))];
}

/** Both ways give the same rows, and those that simple-salesforce got. */
async function read(connection, name, other) {
  const { fields } = await connection.sobject(name).describe();
  const plain = fields.filter(({ type }) => type !== "address");
  const soql = `SELECT ${plain.map((field) => field.name).join(",")} FROM ${name} ORDER BY Id`;
  const rest = await byRest(connection, soql);
  const ids = rest.map((row) => row.Id);
  const known = [`${name}: simple-salesforce reads the same rows by REST`, same(ids, other.rest), other.rest.length];
  if (NOT_IN_BULK.includes(name)) {
    const refusal = await byBulk(connection, soql).catch((error) => error);
    return [known, [`${name} is refused in bulk`, refusal.errorCode === "INVALIDENTITY", String(refusal)]];
  }
  const bulk = await byBulk(connection, soql);
  const differing = rest.findIndex((row, at) => plain.some((field) => spelled(row[field.name], field.type) !== bulk[at]?.[field.name]));
  return [
    known,
    [`${name}: simple-salesforce reads the same rows in bulk`, same(ids, other.bulk), other.bulk.length],
    [`${name}: as many rows in bulk as by REST`, bulk.length === rest.length, [bulk.length, rest.length]],
    [`${name}: every value is the same in bulk`, differing < 0, [rest[differing], bulk[differing]]],
  ];
}

function same(left, right) {
  return left.length === right.length && left.every((id, at) => id === right[at]);
}

async function byRest(connection, soql) {
  let page = await connection.query(soql, { headers: BATCH, scanAll: true });
  const rows = [...page.records];
  while (!page.done) {
    page = await connection.queryMore(page.nextRecordsUrl, { headers: BATCH });
    rows.push(...page.records);
  }
  return rows;
}

async function byBulk(connection, soql) {
  const stream = await connection.bulk2.query(soql, { scanAll: true, pollInterval: 20, pollTimeout: 60_000 });
  return stream.toArray();
}

/** A value of JSON as CSV has it. */
function spelled(value, type) {
  if (value === null) return "";
  if (type === "datetime") return value.replace("+0000", "Z");
  if (!NUMBERS.includes(type)) return String(value);
  return type === "int" ? String(value) : java(value);
}

/** A double as Java writes it. */
function java(value) {
  if (value !== 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-3)) {
    const [digits, exponent] = value.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

async function written(connection) {
  const [first, second] = (await connection.query("SELECT Id FROM Account LIMIT 2")).records;
  const accounts = connection.sobject("Account");
  const edits = [
    { Id: first.Id, Hub_Account_Id__c: "acc_1" },
    { Id: second.Id, Nonsense__c: "x" },
  ];
  const updates = await accounts.update(edits);
  const upserts = await accounts.upsert(
    [{ Hub_Account_Id__c: "acc_1", Hub_Overlapping_Partners__c: "A; B" }, { Hub_Account_Id__c: "acc_2", Name: "New" }],
    "Hub_Account_Id__c",
  );
  const [kept] = await accounts.find({ Hub_Account_Id__c: "acc_1" }, "Id, Hub_Overlapping_Partners__c");
  const gone = await accounts.destroy(upserts[1].id);
  const deleted = await accounts.deleted(new Date("2026-10-25T00:00:00Z"), new Date("2026-11-02T00:00:00Z"));
  return [
    ["rows are updated one by one", updates[0].success && !updates[1].success, updates],
    ["a wrong row is told of", updates[1].errors[0].statusCode === "INVALID_FIELD", updates[1]],
    ["rows are upserted by external id", upserts.every((each) => each.success), upserts],
    ["an upsert changes what is known", kept.Id === first.Id && kept.Hub_Overlapping_Partners__c === "A; B", kept],
    ["a deleted row is logged", gone.success && deleted.deletedRecords.some(({ id }) => id === upserts[1].id), gone],
  ];
}

/** A session that ended is made anew by the refresh token, which is another one then. */
async function refreshed(org) {
  const oauth2 = { loginUrl: org.base_url, clientId: org.client_id, clientSecret: org.client_secret };
  const options = { oauth2, instanceUrl: org.base_url, accessToken: "ended", refreshToken: org.refresh_token };
  const connection = new jsforce.Connection({ ...options, version: VERSION });
  const renewed = once(connection, "refresh");
  const { totalSize } = await connection.query("SELECT COUNT() FROM Account");
  const [token] = await renewed;
  const old = await new jsforce.OAuth2(oauth2).refreshToken(org.refresh_token).catch((error) => error);
  const after = await new jsforce.Connection({ instanceUrl: org.base_url, accessToken: token, version: VERSION })
    .query("SELECT COUNT() FROM Account")
    .catch((error) => error);
  return [
    ["a session is renewed", totalSize > 0, totalSize],
    ["an old refresh token is refused", old.name === "invalid_grant", String(old)],
    ["and takes the sessions along", after.errorCode === "INVALID_SESSION_ID", String(after)],
  ];
}
