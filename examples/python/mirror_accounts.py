"""Keeps a copy of the hub's accounts in SQLite: reads all once, and on each later run only what changed since.

    python mirror_accounts.py http://127.0.0.1:8000/graphql accounts.sqlite

A hub other than the demo wants an API key, in HUB_KEY. Needs `pip install 'gql[aiohttp]>=4.4'`.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError

HEAD = "query Head { changes(first: 1) { head } }"
PAGE = """
  query AccountsPage($after: String) {
    accounts(first: 500, after: $after) {
      nodes { id name domain }
      pageInfo { hasNextPage endCursor }
    }
  }
"""
NEWS = """
  query AccountNews($since: String!) {
    changes(since: $since, first: 500, types: [ACCOUNT]) {
      nodes { nodeId node { ... on Account { id name domain } } }
      pageInfo { hasNextPage endCursor }
    }
  }
"""

TABLES = """
  create table if not exists account (id text primary key, name text not null, domain text);
  create table if not exists place (only_one integer primary key check (only_one = 1), cursor text not null);
"""
KEEP = "insert or replace into account (id, name, domain) values (:id, :name, :domain)"
FORGET = "delete from account where id = ?"
NOTE = "insert or replace into place (only_one, cursor) values (1, ?)"


async def ask(hub: AsyncClientSession, document: str, **variables: str | None) -> Any:
    """The data of an answer; raises TransportQueryError."""
    return await hub.execute(GraphQLRequest(document, variable_values=variables))


async def every_account(hub: AsyncClientSession) -> AsyncIterator[dict[str, str | None]]:
    """All accounts that the key may see, a page at a time."""
    after, more = None, True
    while more:
        page = (await ask(hub, PAGE, after=after))["accounts"]
        for account in page["nodes"]:
            yield account
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


async def read_all(hub: AsyncClientSession, copy: sqlite3.Connection) -> str:
    """Makes the copy anew; what changes meanwhile comes after the head, and is read next time."""
    head = (await ask(hub, HEAD))["changes"]["head"]
    accounts = [account async for account in every_account(hub)]
    with copy:
        copy.execute("delete from account")
        copy.executemany(KEEP, accounts)
        copy.execute(NOTE, (head,))
    return f"{len(accounts)} accounts were read."


async def read_on(hub: AsyncClientSession, copy: sqlite3.Connection, since: str) -> str:
    """Brings the copy up to date. Each page is stored together with where it ends: none is lost or taken for new."""
    changed, gone, more = set(), set(), True
    while more:
        page = (await ask(hub, NEWS, since=since))["changes"]
        since, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        with copy:
            for change in page["nodes"]:
                account = change["node"]  # as it is now; of one that was merged, what took its place
                if account:
                    copy.execute(KEEP, account)
                    changed.add(account["id"])
                if account is None or account["id"] != change["nodeId"]:
                    copy.execute(FORGET, (change["nodeId"],))
                    gone.add(change["nodeId"])
            copy.execute(NOTE, (since,))
    return f"{len(changed - gone)} accounts are new or changed, {len(gone)} are gone."


async def mirror(url: str, key: str | None, path: str) -> str:
    """Makes the copy at `path` equal to what the hub says now, and tells what that took."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with Client(transport=AIOHTTPTransport(url, headers=headers)) as hub:
        with closing(sqlite3.connect(path)) as copy:
            copy.executescript(TABLES)
            place = copy.execute("select cursor from place").fetchone()
            if place is None:
                return await read_all(hub, copy)
            try:
                return await read_on(hub, copy, *place)
            except TransportQueryError as error:
                # Changes are kept for 30 days: who was away for longer starts over.
                if (error.errors or [{}])[0].get("extensions", {}).get("code") != "CURSOR_EXPIRED":
                    raise
                return await read_all(hub, copy)


if __name__ == "__main__":
    print(asyncio.run(mirror(sys.argv[1], os.environ.get("HUB_KEY"), sys.argv[2])))
