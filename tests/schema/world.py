"""One rich, awkward ecosystem: what sources can send and people can type, in every column and relation.

It is the same each time it is made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Boolean, Date, DateTime, Integer, Numeric, String, Table, Text
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from hub import model
from hub.model import Base
from hub.schema.fields import TYPES, Node
from hub.schema.schema import CORE
from hub.store.paths import REDIRECTS, prefix_of

LONG = "long " * 800
NAMES = (
    "Acme", "acme", "ACME Inc.", "Ácme", "Zürich Ärzte", "100%", "a_b", "axb", "a/b", "back\\slash", "it's",
    'say "hi"', "", " ", "🎉 party", "👩‍👩‍👧 family", "שלום עולם", "\u202eoverride", "line\nbreak", "tab\there",
    "\x01\x1f\x7f control", "e\u0301 decomposed", "é composed", "İstanbul", "\u0131i", "ẞß", "</script>",
    "$1 %s %(x)s {0}", "'; drop table account; --", "null", "NaN", "\u2028", "\ufffd", "\U0001d518\U0001d52b", LONG,
)  # fmt: skip
DOMAINS = ("acme.example", "ACME.example", "xn--acm-dma.example", "b.example", "c.example", "%.example")
STREAMS = ("accounts", "contacts", "deals", "Deals", "a/b")
CONNECTORS = ("salesforce", "hubspot", "file")
CURRENCIES = ("EUR", "USD", "JPY", "usd")
KINDS = ("Customer", "customer", "Partner", "Renewal", "")
COUNTRIES = ("DE", "Deutschland", "Österreich", "US")
NUMBERS = (
    "0", "0.00", "1", "1.0", "1.50", "-1.50", "1200.50", "0.1", "0.3333333333333333333333333333", "-0.000000000000001",
    "99999999999999999999999999999999.99", "-1" + "0" * 60, "1" + "0" * 120 + ".5", "1e-20", "2147483648",
)  # fmt: skip
DAYS = ("0001-01-01", "1582-10-15", "1969-12-31", "2024-02-29", "2026-11-01", "2026-11-01", "9999-12-31")
INSTANTS = (
    "0001-01-01T00:00:00+00:00", "1969-12-31T23:59:59.999999+00:00", "2026-11-01T12:00:00+00:00",
    "2026-11-01T12:00:00.5+00:00", "2026-11-01T12:00:00.500100+00:00", "2026-11-01T12:00:00.000001+00:00",
    "2026-03-29T02:30:00+01:00", "9999-12-31T23:59:59.999999+00:00",
)  # fmt: skip
INTEGERS = ("0", "1", "-1", "7", "7", "2147483647", "-2147483648")
CUSTOM = (
    "{}",
    '{"b": 1, "B": 2, "a": {"y": [1, 1.10, null], "x": {}}, "ä": "ü", "_": true, "Z z": "🎉", "": 1e400, "é": 0.0010}',
    '{"Tier__c": "Gold", "tier__c": null, "n": -0, "big": 12345678901234567890123.450, "text": "a\\"b\\\\c\\n\\u0001"}',
    '{"key": "value", "value": [], "row": false, "10": 10, "9": 9}',
)
PAYLOADS = (
    '{"Id": "1"}',
    '{"a": 1, "a": 2, "b" :1.10 , "c": 1e400, "u": "\\u00e9é", "n": null}',
    " [1,  2,\n3] ",
    '"text"',
    "null",
    "12345678901234567890.000",
    '{"nul": "\\u0000", "lone": "\\ud800", "emoji": "🎉", "deep": [[[[{"": {}}]]]]}',
)  # fmt: skip
EVIDENCE = (
    "[]",
    '[{"feature": "domain", "left": "a", "right": "a", "bits": 9.5}]',
    """[{"feature": "name", "left": "", "right": "it's", "bits": -3},
        {"bits": 0.1, "left": "\\"", "right": "🎉", "feature": "név"},
        {"feature": "duns", "left": "1", "right": "1", "bits": 1.0000000000000002e-5}]""",
)  # fmt: skip
AMOUNTS = (
    "[]",
    '[{"amount": "1200.50", "currency": "EUR"}]',
    '[{"amount": "0.0000000001", "currency": null}, {"currency": "JPY", "amount": "99999999999999999999.99"}]',
)
EXTERNAL_IDS = {
    model.AccountRecord: "A",
    model.ContactRecord: "C",
    model.Opportunity: "O",
    model.SalesUser: "U",
    model.Product: "P",
    model.Pipeline: "L",
    model.Stage: "S",
    model.Ticket: "T",
    model.Lead: "E",
    model.RecordType: "T",
    model.ProgramRecord: "G",
    model.ProgramLevel: "V",
    model.FundBudget: "B",
    model.FundAllocation: "N",
    model.FundRequest: "Q",
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "domain": DOMAINS, "email": tuple(f"ada@{each}" for each in DOMAINS), "stream": STREAMS, "country": COUNTRIES,
    "currency": CURRENCIES, "kind": KINDS, "connector": CONNECTORS, "externalId": ("A1", "A2", "O1", "O3", "nothing"),
    "stage": ("s1", "s2", "S1", "Won"), "subject": ("subject 1", "subject 2", "it's"),
}  # fmt: skip
"""What texts there are, by the field that shows or filters them; NAMES for all others."""


def words(name: str) -> tuple[str, ...]:
    """What the texts of a field may be."""
    return WORDS.get(name, NAMES)


@dataclass(frozen=True, slots=True)
class World:
    """The ecosystem, as far as questions about it need to know."""

    url: str
    viewers: tuple[UUID, ...]
    ids: Mapping[str, tuple[str, ...]]
    """By the prefix of their type, as clients know them; those that were retired among them."""


ORGANIZATIONS = ("Home", "Partner", "Broken", "Subject only", "Stranger")
CONNECTIONS = ((0, 0), (0, 1), (0, 3), (1, 1), (1, 0), (2, 2))
"""Owner and subject of each, by their places."""
SIZES: Mapping[type[Base], int] = {
    model.SalesUser: 3, model.Product: 3, model.Pipeline: 2, model.Stage: 5, model.AccountRecord: 14,
    model.ContactRecord: 12, model.Opportunity: 12, model.ContactAccount: 16, model.OpportunityAccount: 18,
    model.OpportunityContact: 10, model.OpportunityPartner: 8, model.OpportunityLine: 12, model.StageChange: 12,
    model.Ticket: 8, model.TicketAccount: 12, model.TicketContact: 10, model.TicketOpportunity: 8,
    model.RecordType: 3, model.Lead: 12, model.AccountPartner: 8, model.ProgramRecord: 3, model.ProgramLevel: 4,
    model.ProgramMember: 8, model.FundBudget: 5, model.FundAllocation: 6, model.FundRequest: 8, model.FundClaim: 8,
}  # fmt: skip
"""Rows of each connection."""


@dataclass(slots=True)
class Maker:
    """Makes rows by chance."""

    connection: psycopg.Connection[Any]
    random: Random

    def many(self, kind: type[Base], count: int, **given: Any) -> list[dict[str, Any]]:
        """Rows of a model: each column by its type, or as given, be it by a function of the row's number."""
        table: Table = kind.__table__  # type: ignore[assignment]
        rows = [
            {
                column.key: _called(given[column.key], number) if column.key in given else self.value(column)
                for column in table.c
                if column.key in given or not column.foreign_keys
            }
            for number in range(1, count + 1)
        ]
        return self.put(kind, rows)

    def put(self, kind: type[Base], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Copies rows into the database."""
        if rows:
            names = list(rows[0])
            into = sql.SQL("copy {} ({}) from stdin").format(
                sql.Identifier(kind.__tablename__), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with self.connection.cursor().copy(into) as copy:
                for row in rows:
                    copy.write_row([row[name] for name in names])
        return rows

    def id(self) -> UUID:
        """A new one."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def value(self, column: Any) -> Any:
        """Something that the column may hold."""
        if column.key == "id":
            return self.id()
        if column.nullable and self.random.random() < (0.8 if column.key == "removal" else 0.3):
            return None
        return self.random.choice(_values(column))

    def profile(self) -> None:
        """A profile for each owner of a record that has none; many by the same name."""
        for thing, records, second in (("account", "account_record", "domain"), ("person", "contact_record", "email")):
            self.connection.execute(
                f"""
                insert into {thing}_profile (owner_id, id, name, {second}, is_removed, created_at)
                select connection.owner_id, record.{thing}_id,
                       (%s::text[])[1 + abs(hashtext(record.{thing}_id::text)) %% %s],
                       min(record.{second}), bool_and(record.removal is not null), min(record.observed_at)
                from {records} record join connection on connection.id = record.connection_id
                where record.{thing}_id is not null
                group by 1, 2
                on conflict do nothing
                """,
                (list(NAMES[:12]), 12),
            )


def _called(given: Any, number: int) -> Any:
    return given(number) if callable(given) else given


def _values(column: Any) -> tuple[Any, ...]:  # noqa: C901, PLR0911 - one line a type
    match column.type:
        case EnumType(enums=enums):
            return tuple(enums)
        case JSONB():
            return {"evidence": EVIDENCE, "amounts": AMOUNTS}.get(column.key, CUSTOM)
        case ARRAY():
            return ([], ["RESELLER"], ["TECHNOLOGY", "RESELLER"], ["MARKETPLACE", "INTEGRATOR", "MARKETPLACE"])
        case Numeric():
            return NUMBERS
        case Date():
            return DAYS
        case DateTime():
            return INSTANTS
        case Boolean():
            return (True, False)
        case Integer():
            return INTEGERS
        case String(length=3):
            return CURRENCIES
        case String() | Text():
            return words(column.key)
        case _:
            return PAYLOADS


def made(url: str) -> World:
    """Fills a migrated, empty database."""
    with psycopg.connect(url, autocommit=True) as connection:
        maker = Maker(connection, Random(3))  # noqa: S311 - not a secret
        organizations = _organizations(maker)
        connections = [_connection(maker, number, organizations) for number in range(len(CONNECTIONS))]
        accounts, people = [maker.id() for _ in range(30)], [maker.id() for _ in range(20)]
        maker.put(model.Account, [{"id": each} for each in accounts])
        maker.put(model.Person, [{"id": each} for each in people])
        for each in connections:
            filled(maker, each, accounts, people)
        _redirects(maker, organizations[:3], accounts, people)
        maker.profile()
        _matches(maker)
        _break(connection, connections[-1])
        viewers = (organizations[0], organizations[0], organizations[1], organizations[2], organizations[4])
        return World(url, viewers, dict(_ids(connection)))


def _organizations(maker: Maker) -> list[UUID]:
    ids = [maker.id() for _ in ORGANIZATIONS]
    for id_, name in zip(ids, ORGANIZATIONS, strict=True):
        maker.many(model.Organization, 1, id=id_, name=name, is_home=name == "Home")
    programs = [maker.id() for _ in range(4)]
    tiers = [maker.id() for _ in range(10)]
    for number, program in enumerate(programs):
        maker.many(model.Program, 1, id=program, organization_id=ids[number % 3], name=f"Program {number}")
    for number, tier in enumerate(tiers):
        maker.many(model.Tier, 1, id=tier, program_id=programs[number % 4], name=f"Tier {number}", rank=number - 3)
    for ours, theirs in ((0, 1), (1, 0), (0, 2), (2, 1), (4, 3)):
        tier = maker.random.choice([None, *tiers])
        maker.many(model.Partnership, 1, organization_id=ids[ours], partner_id=ids[theirs], tier_id=tier)
    return ids


def _connection(maker: Maker, number: int, organizations: list[UUID]) -> UUID:
    id_ = maker.id()
    owner, subject = (organizations[place] for place in CONNECTIONS[number])
    maker.many(
        model.Connection, 1, id=id_, name=f"{NAMES[number]} {number}", owner_id=owner, subject_id=subject,
        config="{}", credentials=b"sealed",
    )  # fmt: skip
    streams = iter(STREAMS)
    maker.many(model.StreamState, 3, connection_id=id_, stream=lambda _: next(streams), bookmark=None, fields=None)
    maker.many(model.SyncRun, 6, connection_id=id_, state=lambda run: "RUNNING" if run == 1 else "FAILED")
    maker.many(model.Issue, 8, connection_id=id_, subject=lambda issue: f"subject {issue}")
    one_of = {"field": lambda rule: f"Field_{rule}__c", "creates_rows": lambda rule: rule == 1}
    maker.many(model.WriteRule, 3, connection_id=id_, stream="accounts", **one_of)
    for _ in range(3):
        plan = maker.many(model.WritePlan, 1, connection_id=id_)[0]["id"]
        place = {"plan_id": plan, "stream": "accounts"}
        maker.many(model.WritePlanField, 3, **place, field=lambda field: f"Field_{field}__c")
        maker.many(model.WriteItem, 4, **place, connection_id=id_)
    return id_


def filled(maker: Maker, connection: UUID, accounts: list[UUID], people: list[UUID], mark: str = "") -> None:
    """What one connection says. External ids are the same in all connections: nothing may be mixed up by them."""
    raws = [maker.id() for _ in range(10)]
    for number, raw in enumerate(raws):
        maker.many(
            model.RawRecord, 1, id=raw, connection_id=connection, external_id=f"R{mark}{number}", digest=b"0" * 16
        )
        maker.many(model.RawRecordVersion, number % 4, raw_id=raw, version=lambda version: version)
    choice = maker.random.choice
    given: dict[str, Any] = {
        "connection_id": connection,
        "raw_id": lambda _: choice(raws),
        "account_id": lambda _: choice([None, *accounts, *accounts]),
        "person_id": lambda _: choice([None, *people, *people]),
        "name": lambda _: choice(NAMES),
        **{name: _named(maker.random, kind) for name, kind in _POINTERS.items()},
    }
    for kind, size in SIZES.items():
        prefix = EXTERNAL_IDS.get(kind, "X")
        columns = kind.__table__.c
        known = {name: value for name, value in given.items() if name in columns}
        if kind is model.Stage:
            known["name"] = lambda number: f"s{number % 4}"
        if issubclass(kind, model.Link):
            known |= {name: None for name in ("account_id", "removal") if name in columns}
        maker.many(kind, size, **known, external_id=lambda number, prefix=prefix: f"{prefix}{mark}{number}")


_POINTERS: Mapping[str, type[Base]] = {
    "account_external_id": model.AccountRecord,
    "parent_external_id": model.AccountRecord,
    "contact_external_id": model.ContactRecord,
    "opportunity_external_id": model.Opportunity,
    "owner_external_id": model.SalesUser,
    "product_external_id": model.Product,
    "pipeline_external_id": model.Pipeline,
    "stage_external_id": model.Stage,
    "record_type_external_id": model.RecordType,
    "partner_external_id": model.AccountRecord,
    "program_external_id": model.ProgramRecord,
    "level_external_id": model.ProgramLevel,
    "budget_external_id": model.FundBudget,
    "allocation_external_id": model.FundAllocation,
    "request_external_id": model.FundRequest,
    "converted_account_external_id": model.AccountRecord,
    "converted_contact_external_id": model.ContactRecord,
    "converted_opportunity_external_id": model.Opportunity,
}


def _named(random: Random, kind: type[Base]) -> Callable[[int], str]:
    """The external id of a row of the model, or, now and then, of none."""
    prefix = "s" if kind is model.Stage else EXTERNAL_IDS[kind]
    return lambda _: f"{prefix}{random.randint(0, SIZES[kind])}"


def _redirects(maker: Maker, organizations: list[UUID], accounts: list[UUID], people: list[UUID]) -> None:
    """Of some organizations; some know one retired id by different heirs, or where the other knows none."""
    for kind, survivors in ((model.AccountRedirect, accounts), (model.PersonRedirect, people)):
        (survivor,) = (column.key for column in kind.__table__.c if column.key in ("account_id", "person_id"))
        for each in survivors[::3]:
            retired = maker.id()
            owners = maker.random.sample(organizations, 2)
            heirs = (each, maker.random.choice(survivors))
            maker.put(
                kind,
                [
                    {"owner_id": owner, "retired_id": retired, survivor: heir, "retired_at": INSTANTS[2]}
                    for owner, heir in zip(owners, heirs, strict=True)
                ],
            )


def _matches(maker: Maker) -> None:
    pairs = maker.connection.execute(
        "select a.id, b.id from account_record a join account_record b on a.id < b.id"
    ).fetchall()
    chosen = iter(maker.random.sample(sorted(pairs, key=str), 120))
    lefts, rights = zip(*chosen, strict=True)
    maker.many(
        model.Match, 120, left_id=lambda n: lefts[n - 1], right_id=lambda n: rights[n - 1], decided_by="bits-3",
        score=lambda n: NUMBERS[n % 9],
    )  # fmt: skip
    maker.many(
        model.Decision, 60, left_id=lambda n: lefts[n // 2], right_id=lambda n: rights[n // 2],
        relation=None, from_id=None,
        reason=lambda n: NAMES[n % 30], withdrawn_at=lambda n: INSTANTS[n % 6] if n % 2 or n % 3 else None,
        withdrawn_by=lambda n: "key:hub_1" if n % 2 or n % 3 else None,
    )  # fmt: skip
    maker.connection.execute(
        "update decision set relation = 'BRAND_OF', from_id = right_id where verdict = 'RELATED' and reason < 'b'"
    )
    maker.connection.execute(
        "insert into review (id, match_id, amounts, stake, uncertainty, priority) "
        "select md5(id::text)::uuid, id, (%s::jsonb[])[1 + abs(hashtext(id::text)) %% %s], score, 0.5, score / 2 "
        "from match where verdict = 'UNSURE'",
        (list(AMOUNTS), len(AMOUNTS)),
    )
    maker.connection.execute(
        """
        insert into relation (
            id, kind, source, owner_id, from_id, to_id, from_record_id, to_record_id, decision_id, bits, reason
        )
        select md5(child.id::text)::uuid,
               (array['PARENT_OF', 'SUCCESSOR_OF', 'BRAND_OF', null])[1 + abs(hashtext(child.id::text)) % 4],
               'PERSON', connection.owner_id, parent.account_id, child.account_id, parent.id, child.id,
               (select id from decision where child.id in (left_id, right_id) order by id limit 1),
               case when child.name < 'a' then 7.25 end, child.name
        from account_record child
        join connection on connection.id = child.connection_id
        join account_record parent
          on parent.connection_id = child.connection_id and parent.external_id = child.parent_external_id
        where parent.account_id <> child.account_id
        on conflict do nothing
        """
    )
    maker.connection.execute(
        "insert into account (id) select distinct retired_id from account_redirect on conflict do nothing"
    )
    maker.connection.execute(
        """
        insert into account_membership (id, record_id, account_id, valid_from, valid_to)
        select md5(id::text)::uuid, id, account_id, observed_at, null from account_record where account_id is not null
        union all
        select md5(record.id::text || retired_id)::uuid, record.id, retired_id, observed_at, observed_at
        from account_record record join account_redirect redirect using (account_id)
        on conflict do nothing
        """
    )
    maker.connection.execute(
        """
        update account_profile member set head_id = head.id
        from (select distinct on (owner_id) owner_id, id from account_profile order by owner_id, id) head
        where head.owner_id = member.owner_id and head.id <> member.id and abs(hashtext(member.id::text)) % 3 = 0
        """
    )


def _break(connection: psycopg.Connection[Any], broken: UUID) -> None:
    """One connection's rows name payloads of another owner: what must be there is not there to be seen."""
    connection.execute(
        """
        update account_record set raw_id = (select id from raw_record where connection_id <> %(it)s limit 1)
        where connection_id = %(it)s and external_id in ('A3', 'A4')
        """,
        {"it": broken},
    )


def _ids(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind in _nodes():
        prefix = prefix_of(kind)
        ids = [row[0] for row in connection.execute(f"select distinct id from {kind.__tablename__}")]
        if kind in REDIRECTS:
            retired = REDIRECTS[kind][0]
            ids += [
                row[0] for row in connection.execute(f"select distinct retired_id from {retired.class_.__tablename__}")
            ]
        if ids:
            yield prefix, tuple(f"{prefix}{each}" for each in sorted(ids))


def _nodes() -> Iterable[type[Base]]:
    """The models whose rows have ids."""
    return [kind for kind, shown in TYPES.items() if issubclass(shown, Node) and shown.__name__ in CORE.type_map]
