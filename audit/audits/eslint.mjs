// graphql-eslint over the schema and the examples' operations; eslint.config.js has the rules and the exceptions.
import { fileURLToPath } from "node:url";

import { ESLint } from "eslint";

import { told } from "./hub.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const eslint = new ESLint({ cwd: root, overrideConfigFile: `${root}audit/eslint.config.js` });
const results = await eslint.lintFiles(["schema.graphql", "examples/*/src/*.{ts,tsx}"]);
const checks = results.flatMap(({ filePath, messages }) =>
  messages.length === 0
    ? [[filePath.slice(root.length), true]]
    : messages.map(({ line, ruleId, message }) => [`${filePath.slice(root.length)}:${line} ${ruleId}: ${message}`, false]),
);
told(checks);
