"""What may happen to the rows of some connections: they come, change, go, and are mapped anew."""

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from hub import model
from hub.model import Base
from tests.schema.world import SIZES, Maker, filled

OWN_TABLES: tuple[type[Base], ...] = (
    *SIZES, model.Issue, model.SyncRun, model.StreamState, model.RawRecord,
    model.WriteRule, model.WritePlan, model.WriteItem,
)  # fmt: skip
KEPT = {
    "id", "connection_id", "raw_id", "account_id", "person_id", "external_id", "state", "stream", "payload", "digest",
    "subject", "field", "kind", "removal", "bookmark",
}  # fmt: skip
"""What stays as it is when a row changes: keys, and what may be only once."""


def happen(url: str, owners: tuple[UUID, ...], seed: int) -> None:
    """A few changes to rows that only connections of these owners hold."""
    random = Random(f"changes {seed}")  # noqa: S311 - not a secret
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("select id from connection where owner_id = any(%s) order by id", (list(owners),))
        own = [row[0] for row in found]
        connection.execute("select setseed(%s)", (random.random(),))
        maker = Maker(connection, random)
        for number in range(random.randint(1, 6)):
            random.choice(CHANGES)(maker, random.choice(own), f"{seed}-{number}")


def _come(maker: Maker, own: UUID, mark: str) -> None:
    """New rows, about accounts and people that others know too."""
    filled(maker, own, *_identities(maker), mark=mark)


def _change(maker: Maker, own: UUID, mark: str) -> None:
    kind = maker.random.choice(OWN_TABLES)
    columns = [each for each in kind.__table__.c if each.key not in KEPT and not each.foreign_keys]
    for column in maker.random.sample(columns, min(3, len(columns))):
        _update(maker, kind, own, column.key, maker.value(column))


def _leave(maker: Maker, own: UUID, mark: str) -> None:
    kind = maker.random.choice([each for each in OWN_TABLES if issubclass(each, model.Synced)])
    _update(maker, kind, own, "removal", maker.random.choice(["DELETED", "ARCHIVED", "MERGED", None]))


def _vanish(maker: Maker, own: UUID, mark: str) -> None:
    kind = maker.random.choice(OWN_TABLES[1:])
    query = sql.SQL("delete from {} where connection_id = %s and random() < 0.1")
    maker.connection.execute(query.format(sql.Identifier(kind.__tablename__)), (own,))


def _move(maker: Maker, own: UUID, mark: str) -> None:
    """To other accounts and people, those that others know among them, or to none."""
    accounts, people = _identities(maker)
    for kind, column, known in (
        (model.AccountRecord, "account_id", accounts),
        (model.ContactRecord, "person_id", people),
    ):
        _update(maker, kind, own, column, maker.random.choice([None, *known]))
    maker.profile()


def _merge(maker: Maker, own: UUID, mark: str) -> None:
    """An account that nobody else ever knew, into one that others know."""
    accounts, _ = _identities(maker)
    retired, heir = maker.id(), maker.random.choice(accounts)
    maker.put(model.Account, [{"id": retired}])
    for account in (retired, heir):
        _update(maker, model.AccountRecord, own, "account_id", account)
        maker.profile()
    (owner,) = maker.connection.execute("select owner_id from connection where id = %s", (own,)).fetchone()  # type: ignore[misc]
    redirect = {"owner_id": owner, "retired_id": retired, "account_id": heir, "retired_at": "2026-11-02"}
    maker.put(model.AccountRedirect, [redirect])


def _rename(maker: Maker, own: UUID, mark: str) -> None:
    """What mapping tells its owner of accounts and people."""
    for profile, second in (("account_profile", "domain"), ("person_profile", "email")):
        query = sql.SQL("""
            update {} set name = %s, {} = %s where random() < 0.3
              and owner_id = (select owner_id from connection where id = %s)
        """)
        named = query.format(sql.Identifier(profile), sql.Identifier(second))
        maker.connection.execute(named, (f"renamed {mark}", mark, own))


def _compare(maker: Maker, own: UUID, mark: str) -> None:
    """Its records with those of others: who does not see both sees no match."""
    maker.connection.execute(
        """
        insert into match (left_id, right_id, score, evidence, verdict, decided_by)
        select least(a.id, b.id), greatest(a.id, b.id), 3, '[]', 'SAME', 'bits-3'
        from account_record a join account_record b on a.id <> b.id
        where a.connection_id = %s and random() < 0.05
        on conflict do nothing
        """,
        (own,),
    )


def _relate(maker: Maker, own: UUID, mark: str) -> None:
    """Its records' accounts, which others may know too: in one group from now on."""
    maker.connection.execute(
        """
        insert into relation (kind, source, owner_id, from_id, to_id, from_record_id, to_record_id)
        select 'PARENT_OF', 'SOURCE', connection.owner_id, one.account_id, other.account_id, one.id, other.id
        from account_record one join account_record other using (connection_id)
        join connection on connection.id = connection_id
        where connection_id = %s and one.account_id <> other.account_id and random() < 0.05
        on conflict do nothing
        """,
        (own,),
    )
    owner = "owner_id = (select owner_id from connection where id = %s)"
    maker.connection.execute(f"update account_profile set head_id = null where {owner}", (own,))
    maker.connection.execute(
        f"""
        update account_profile set head_id = head.id
        from (select id from account_profile where {owner} order by random() limit 1) head
        where account_profile.id <> head.id and random() < 0.3 and {owner}
        """,
        (own, own),
    )


CHANGES: tuple[Callable[[Maker, UUID, str], None], ...] = (
    _come, _change, _change, _leave, _leave, _vanish, _move, _merge, _rename, _compare, _relate,
)  # fmt: skip


def _update(maker: Maker, kind: type[Base], own: UUID, column: str, value: Any) -> None:
    query = sql.SQL("update {} set {} = %s where connection_id = %s and random() < 0.4")
    named = query.format(sql.Identifier(kind.__tablename__), sql.Identifier(column))
    maker.connection.execute(named, (value, own))


def _identities(maker: Maker) -> tuple[list[UUID], list[UUID]]:
    accounts = maker.connection.execute(
        "select id from account where id not in (select retired_id from account_redirect) order by id"
    ).fetchall()
    people = maker.connection.execute("select id from person order by id").fetchall()
    return [row[0] for row in accounts], [row[0] for row in people]
