"""Keeps a copy of the hub's accounts in SQLite, and tells what changed since the last run.

    python mirror_accounts.py http://127.0.0.1:8000/graphql accounts.sqlite

A hub other than the demo wants an API key, in HUB_KEY. Needs `pip install 'gql[aiohttp]>=4.4'`.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport

PAGE = """
  query AccountsPage($after: String) {
    accounts(first: 100, after: $after) {
      nodes { id name domain records(first: 1) { totalCount } }
      pageInfo { hasNextPage endCursor }
    }
  }
"""

TABLE = """
  create table if not exists account (id text primary key, name text not null, domain text, records int not null)
"""
UPSERT = """
  insert into account (id, name, domain, records) values (?, ?, ?, ?)
  on conflict (id) do update set name = excluded.name, domain = excluded.domain, records = excluded.records
  where (name, domain, records) is not (excluded.name, excluded.domain, excluded.records)
"""

Row = tuple[str, str, str | None, int]


@dataclass(frozen=True)
class Changes:
    """What a run changed in the copy."""

    written: int
    deleted: int


async def accounts(url: str, key: str | None) -> AsyncIterator[Row]:
    """Every account that the key may see; a page of 100 at a time."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with Client(transport=AIOHTTPTransport(url, headers=headers)) as hub:
        after, more = None, True
        while more:
            page = (await hub.execute(GraphQLRequest(PAGE, variable_values={"after": after})))["accounts"]
            for node in page["nodes"]:
                yield node["id"], node["name"], node["domain"], node["records"]["totalCount"]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


async def mirror(url: str, key: str | None, path: str) -> Changes:
    """Makes the copy at `path` equal to what the hub says now: all of it, or on an error nothing."""
    rows = [row async for row in accounts(url, key)]
    with closing(sqlite3.connect(path)) as copy, copy:
        copy.execute(TABLE)
        written = copy.executemany(UPSERT, rows).rowcount
        seen = {row[0] for row in rows}
        gone = [(id_,) for (id_,) in copy.execute("select id from account") if id_ not in seen]
        copy.executemany("delete from account where id = ?", gone)
    return Changes(written=written, deleted=len(gone))


if __name__ == "__main__":
    changes = asyncio.run(mirror(sys.argv[1], os.environ.get("HUB_KEY"), sys.argv[2]))
    print(f"{changes.written} accounts are new or changed, {changes.deleted} are gone.")
