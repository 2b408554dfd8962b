from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from hub.app import Admittance, application
from hub.jobs.background import Background
from hub.model import Organization
from hub.store.answers import Answers
from hub.store.database import Database
from hub.store.results import Results
from hub.store.secrets import Sealer
from hub.store.sharing import Viewer
from tests.schema.builders import an_organization

SEALER = Sealer(b"k" * 32)
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session to put rows in; commit before asking."""
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
async def home(session: AsyncSession) -> Organization:
    home = await an_organization(session, "Home", is_home=True)
    await session.commit()
    return home


def client(database: Database, viewer: Organization | None) -> httpx.AsyncClient:
    """A client of the app on this machine, with the eyes of `viewer` where it sends no key."""
    app = application(
        database, Background(database, SEALER), Admittance(anonymous=viewer and Viewer.anonymous(viewer.id))
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


def a_database_that_is_gone() -> Database:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    return Database(create_async_engine(url.replace("ql:", "ql+psycopg:")), Results(Answers(url), 0), url)


def client_of_nothing(**viewer: Any) -> httpx.AsyncClient:
    """A client of a hub whose database does not exist: what is answered needs none."""
    database = a_database_that_is_gone()
    app = application(
        database, Background(database, SEALER), Admittance(anonymous=replace(Viewer.anonymous(uuid4()), **viewer))
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


@pytest.fixture
async def nowhere() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a hub without a database."""
    async with client_of_nothing() as http:
        yield http


@pytest.fixture
def ask(database: Database, session: AsyncSession, home: Organization) -> Ask:
    """Commits what was built, posts a document as the home organization, or another, and answers with the answer."""

    async def ask(query: str, viewer: Organization = home, **variables: Any) -> dict[str, Any]:
        await session.commit()
        async with client(database, viewer) as http:
            response = await http.post("/graphql", json={"query": query, "variables": variables})
        answer: dict[str, Any] = response.json()
        return answer

    return ask
