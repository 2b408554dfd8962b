// The recommended, Relay and operation rules of graphql-eslint. Each exception has its reason; there is no other.
import { fileURLToPath } from "node:url";

import graphql from "@graphql-eslint/eslint-plugin";

const root = fileURLToPath(new URL("..", import.meta.url));
const { "flat/schema-recommended": schema, "flat/schema-relay": relay } = graphql.configs;
const operations = graphql.configs["flat/operations-recommended"];

// Of the TypeScript itself, nothing is linted here: tsc reads it.
const typescript = { parseForESLint: () => ({ ast: EMPTY, scopeManager: null, visitorKeys: {} }) };
const EMPTY = { type: "Program", body: [], tokens: [], comments: [], range: [0, 0], loc: { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } } };

const languageOptions = {
  parser: graphql.parser,
  parserOptions: {
    graphQLConfig: { schema: `${root}schema.graphql`, documents: `${root}examples/*/src/**/*.{graphql,ts,tsx}` },
  },
};

const NO_IDENTITY = {
  // A page, its rows' frames, an answer and an error are made by the request; they have no id to be found again by.
  suffixes: ["Connection", "Edge", "Payload", "Error"],
  // Values: two with the same fields are the same. A change has its cursor, and the id of the thing that changed.
  types: ["Change", "PageInfo", "Money", "Evidence", "CustomField", "StreamState", "RawRecordVersion", "WritePlanField",
    "RuleMeasure",
    // What an explanation says is made by the request.
    "MatchExplanation", "RecordExplanation", "RecordComparison", "ComparisonStep", "ChainLink", "Opposition",
    "MappingRules"],
};

const EXCEPTIONS = [
  // `Connection` is the glossary's word for a link to one system; Relay's rules take any name that ends so for a page.
  { rules: ["relay-arguments"], line: /: \[?Connection!?\]?!?( @|$)/ },
  { rules: ["relay-connection-types"], line: /^type Connection implements/ },
  // Values, as above, that come in pages because there may be many.
  { rules: ["relay-edge-types"], line: /^type (StreamState|RawRecordVersion|WritePlanField|Change)Edge {$/ },
  // The log of changes only grows and is read in one direction: on from where one stopped, which is `since`.
  { rules: ["relay-arguments"], line: /^  changes\($/ },
  // strawberry cannot describe a directive's arguments; what the directive means is described.
  { rules: ["require-description"], line: /^directive @(cost|listSize|requiresScopes)\(/ },
];

let lines = [];
const processor = {
  meta: { name: "exceptions" },
  preprocess(text) {
    lines = text.split("\n");
    return [text];
  },
  postprocess([messages]) {
    return messages.filter(
      ({ ruleId, line }) =>
        !EXCEPTIONS.some((each) => each.rules.includes(ruleId?.split("/")[1]) && each.line.test(lines[line - 1])),
    );
  },
};

export default [
  { plugins: { "@graphql-eslint": graphql }, linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["schema.graphql"],
    languageOptions,
    processor,
    rules: {
      ...schema.rules,
      ...relay.rules,
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: NO_IDENTITY }],
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          rootField: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      // Connections have `nodes` beside `edges`, for clients that page without cursors of single rows.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
    },
  },
  // Operations stand in the clients' TypeScript; each is linted as a file of its own.
  {
    files: ["examples/*/src/*.{ts,tsx}"],
    languageOptions: { parser: typescript },
    processor: graphql.processor,
  },
  { files: ["examples/*/src/**/*.graphql"], languageOptions, rules: operations.rules },
  {
    // Relay names an operation for its module, and by its kind.
    files: ["examples/relay/**/*.graphql"],
    rules: {
      "@graphql-eslint/naming-convention": "off",
      // relay-compiler checks directives and variables itself, by its own rules, and adds ids where they are missing.
      "@graphql-eslint/known-directives": "off",
      "@graphql-eslint/no-undefined-variables": "off",
      "@graphql-eslint/require-selections": "off",
    },
  },
];
