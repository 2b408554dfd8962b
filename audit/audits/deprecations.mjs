// The deprecation policy, checked by graphql-inspector's diff against the schema of the last release:
// what clients may use stays, unless the last release said that it would go, and that day has come.
import { readFileSync } from "node:fs";

import { buildSchema } from "graphql";

import { told } from "./hub.mjs";
import { findings } from "./policy.mjs";

const schema = (file) => buildSchema(readFileSync(new URL(file, import.meta.url), "utf8"));

told(await findings(schema("../released.graphql"), schema("../../schema.graphql"), new Date()));
