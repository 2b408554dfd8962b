import { diff } from "@graphql-inspector/core";
import { getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";

const MONTHS = 6;
const REASON = /^Use .+\. Removal after (\d{4}-\d{2}-\d{2})\.$/s;

/** What the policy says of going from the released schema to the next, as checks. */
export async function findings(released, next, today) {
  const before = members(released);
  const after = members(next);
  const broken = (await diff(released, next)).filter(
    ({ criticality, type }) => criticality.level === "BREAKING" && !type.startsWith("DIRECTIVE_USAGE"),
  );
  return [
    ...broken.map(({ path, message }) => [`${message}: only after its deprecation ran out`, isDue(path, before, today)]),
    ...[...after].filter(([, { deprecationReason }]) => deprecationReason).map((entry) => announced(entry, before, today)),
    [`${after.size} fields, arguments and values keep their promises`, true],
  ];
}

/** Everything that can be deprecated, by its path, such as `Account.records.first`. */
function members(schema) {
  const found = new Map();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (isEnumType(type)) for (const value of type.getValues()) found.set(`${type.name}.${value.name}`, value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      found.set(`${type.name}.${field.name}`, field);
      for (const argument of field.args ?? []) found.set(`${type.name}.${field.name}.${argument.name}`, argument);
    }
  }
  return found;
}

/** Whether what stood at the path in the release, or all that led to it, was to be gone by now. */
function isDue(path, before, today) {
  const parts = path.split(".");
  if (parts.length > 1) {
    return parts.some((_, index) => hasRunOut(before.get(parts.slice(0, index + 1).join(".")), today));
  }
  const leading = [...before.values()].filter((member) => member.type && getNamedType(member.type).name === path);
  return leading.length > 0 && leading.every((member) => hasRunOut(member, today));
}

const lastDay = (member) => REASON.exec(member?.deprecationReason ?? "")?.[1];

const hasRunOut = (member, today) => lastDay(member) !== undefined && new Date(lastDay(member)) < today;

/** A deprecation names what to use instead and a day; that day is months away, and never comes nearer. */
function announced([path, member], before, today) {
  const day = lastDay(member);
  if (!day) return [`${path}: the reason reads "Use …. Removal after 2027-06-01."`, false, member.deprecationReason];
  const earliest = lastDay(before.get(path)) ?? monthsFrom(today);
  return [`${path}: is not removed before ${earliest}`, day >= earliest, day];
}

function monthsFrom(today) {
  const day = new Date(today);
  day.setUTCMonth(day.getUTCMonth() + MONTHS);
  return day.toISOString().slice(0, 10);
}
