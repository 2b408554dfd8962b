import assert from "node:assert/strict";
import { test } from "node:test";

import { buildSchema } from "graphql";

import { findings } from "./policy.mjs";

const TODAY = new Date("2026-11-22");
const IN_TIME = '@deprecated(reason: "Use b. Removal after 2027-06-01.")';
const DUE = '@deprecated(reason: "Use b. Removal after 2026-11-01.")';

const query = (fields, rest = "") => buildSchema(`type Query { b: Int ${fields} } ${rest}`);
const CASES = [
  ["nothing changes", query("a: Int"), query("a: Int"), true],
  ["a field is added", query(""), query("a: Int"), true],
  ["a field is removed unannounced", query("a: Int"), query(""), false],
  ["a field is removed before its day", query(`a: Int ${IN_TIME}`), query(""), false],
  ["a field is removed after its day", query(`a: Int ${DUE}`), query(""), true],
  ["an argument is removed unannounced", query("a(x: Int): Int"), query("a: Int"), false],
  ["an argument is removed after its day", query(`a(x: Int ${DUE}): Int`), query("a: Int"), true],
  ["an argument becomes mandatory", query("a(x: Int): Int"), query("a(x: Int!): Int"), false],
  ["a field of a type changes its own", query("a: Int"), query("a: String"), false],
  ["a value is removed unannounced", query("a: E", "enum E { X Y }"), query("a: E", "enum E { X }"), false],
  ["a type goes with the field that led to it", query(`a: T ${DUE}`, "type T { x: Int }"), query(""), true],
  ["a type goes while a field still led to it", query(`a: T ${DUE} c: T`, "type T { x: Int }"), query(`a: Int`), false],
  ["a deprecation gives months of notice", query("a: Int"), query(`a: Int ${IN_TIME}`), true],
  ["a deprecation gives too little notice", query("a: Int"), query(`a: Int ${DUE}`), false],
  ["a deprecation grows old", query(`a: Int ${DUE}`), query(`a: Int ${DUE}`), true],
  ["a day comes nearer", query(`a: Int ${IN_TIME}`), query(`a: Int ${DUE}`), false],
  ["a deprecation names no day", query("a: Int"), query('a: Int @deprecated(reason: "Use b.")'), false],
];

for (const [name, released, next, holds] of CASES) {
  test(`${name}: ${holds ? "allowed" : "refused"}`, async () => {
    const checks = await findings(released, next, TODAY);
    assert.equal(checks.every(([, kept]) => kept), holds, JSON.stringify(checks));
  });
}
