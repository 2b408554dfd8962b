"""`hub demo`: a realistic ecosystem from nothing, served until Ctrl-C."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import typer

from hub.app import serving
from hub.cli.connect_file import connect_list
from hub.cli.sync import progress_shown, sync_all
from hub.cli.terminal import console, duration, quantity, run, show_table
from hub.cli.until_stopped import until_stopped
from hub.connectors.files import ListMode, preview
from hub.graph.quality import Score, pairwise
from hub.jobs.mapping import MappingOutcome, map_accounts
from hub.jobs.stream_run import StreamRun
from hub.jobs.sync import Order
from hub.listening import listener_on
from hub.model import PartnershipType
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.partner_files import write_partner_files
from hub.sandbox.server import Sandbox
from hub.sandbox.server import serving as sandbox_serving
from hub.sandbox.truth import account_truth
from hub.sandbox.world import World
from hub.settings import Settings
from hub.store import connections, identities, organizations, raw_records
from hub.store.database import Database, opened
from hub.store.secrets import sealer
from hub.store.sharing import Viewer

HOST = "127.0.0.1"

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where GraphQL is served; 0 takes a free port.")] = 8000,
    accounts: Annotated[
        int, typer.Option(min=10, help="About how many account rows all systems hold together.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same ecosystem.")] = 1,
) -> None:
    """Make up an ecosystem, sync it from imitated vendors, map it and serve it on this machine, without a key."""
    settings = Settings.from_env()
    own = settings.model_copy(
        update={"data_dir": settings.data_dir / f"demo-{accounts}-{seed}", "port": port, "host": HOST}
    )
    run(_demo(own, accounts, seed))


async def _demo(settings: Settings, accounts: int, seed: int) -> None:
    listener = listener_on(settings.host, settings.port)
    stopping = asyncio.create_task(until_stopped())
    showing = asyncio.create_task(_shown(settings, listener, accounts, seed))
    await asyncio.wait({stopping, showing}, return_when=asyncio.FIRST_COMPLETED)
    for task in (stopping, showing):
        task.cancel()
    outcomes = await asyncio.gather(showing, stopping, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    console.print("Stopped. What was synced stays in", str(settings.data_dir), highlight=False)


@dataclass(slots=True)
class _Steps:
    """What was done so far, and how long it took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, *, quiet: bool = False) -> Iterator[None]:
        """Show `name` while it is done, and its time when it is; `quiet` where something else shows it."""
        started = time.perf_counter()
        if quiet:
            yield
        else:
            with console.status(f"{name} …"):
                yield
        self.seconds[name] = time.perf_counter() - started
        console.print(f"[green]✓[/] {name:<58} {duration(self.seconds[name]):>9}", highlight=False)


async def _shown(settings: Settings, listener: socket.socket, accounts: int, seed: int) -> None:
    steps = _Steps()
    async with AsyncExitStack() as stack:
        with steps.step("PostgreSQL started, schema up to date"):
            database = await stack.enter_async_context(opened(settings))
        with steps.step(f"Ecosystem made up: {quantity(accounts)} account rows, seed {seed}"):
            world = await asyncio.to_thread(made_up_ecosystem, accounts=accounts, seed=seed)
            sandbox = await stack.enter_async_context(sandbox_serving(world))
        with steps.step("Salesforce, HubSpot and three partners' lists connected"):
            home_id, orders = await _connected(database, settings, world, sandbox)
        runs: list[StreamRun] = []
        for name, order in orders.items():
            with steps.step(f"{name} synced", quiet=True), progress_shown() as tell:
                runs += (await sync_all(database, settings, {name: order}, tell)).runs
        with steps.step("Accounts and people mapped"):
            mapped = await map_accounts(database)
        url = await stack.enter_async_context(
            serving(database, settings, listener, anonymous=Viewer.anonymous(home_id))
        )
        await _show_streams(database, runs)
        console.print(_mapping_told(mapped, await _quality(database, world)), highlight=False)
        console.print(f"Ready after {duration(sum(steps.seconds.values()))}: [bold]{url}/graphql[/]", highlight=False)
        console.print(
            "[dim]Open it in a browser for GraphiQL, or POST a query; no key is needed here. Ctrl-C stops.[/]"
        )
        await asyncio.Event().wait()


async def _connected(
    database: Database, settings: Settings, world: World, sandbox: Sandbox
) -> tuple[UUID, dict[str, Order]]:
    folder = settings.data_dir / "partner-lists"
    files = await asyncio.to_thread(write_partner_files, world, folder)
    async with database.session() as session:
        home_id = await organizations.settle(session, world.home_name, world.home_domain)
        tiers = await organizations.program(session, world.program, world.tiers)
        ids = {
            name: await connections.connect(
                session,
                sealer(settings),
                name=name,
                connector=name.lower(),
                owner_id=home_id,
                subject_id=home_id,
                config=config,
                secrets=secrets,
            )
            for name, config, secrets in _vendors(sandbox)
        }
        for file in files:
            partner = file.partner
            partner_id = await organizations.partner(
                session,
                partner.name,
                domain=partner.domain,
                types=[PartnershipType(each) for each in partner.types],
                tier_id=tiers[partner.tier],
                since=partner.since,
            )
            found = preview(file.path)
            ids[partner.name] = await connect_list(session, settings, partner.name, found, partner_id, ListMode.REPLACE)
    return home_id, {name: Order(connection_id=connection_id) for name, connection_id in ids.items()}


def _vendors(sandbox: Sandbox) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Name, config and secrets of each vendor's connection."""
    salesforce, hubspot = sandbox.salesforce, sandbox.hubspot
    app = {"base_url": sandbox.salesforce_url, "client_id": salesforce.client_id}
    return [
        ("Salesforce", app, {"client_secret": salesforce.client_secret}),
        ("HubSpot", {"base_url": sandbox.hubspot_url}, {"access_token": hubspot.service_key}),
    ]


async def _show_streams(database: Database, runs: list[StreamRun]) -> None:
    """Show what is stored of each stream, and what this start changed."""
    async with database.session() as session:
        stored = await raw_records.count_by_stream(session)
    rows = []
    for each in runs:
        numbers = (stored.get((each.connection.id, each.stream.name), 0), each.seen, each.changed)
        told = f"{each.stream.name} (unavailable)" if each.error else each.stream.name
        rows.append((each.connection.name, told, *numbers))
    show_table(("Connection", "Stream", "Stored", "Read now", "New or changed"), rows, title="Records per stream")


async def _quality(database: Database, world: World) -> Score:
    """How well the accounts agree with what the sandbox knows to be true."""
    async with database.session() as session:
        placed = await identities.placements(session)
    truth = {(system.casefold(), row): key for system, row, key in account_truth(world)}
    known = [(account, truth[place]) for place, account in placed.items() if place in truth]
    return pairwise([account for account, _ in known], [key for _, key in known])


def _mapping_told(mapped: MappingOutcome, quality: Score) -> str:
    return (
        f"{quantity(mapped.records)} account records are {quantity(mapped.accounts)} accounts, "
        f"{quantity(mapped.contacts)} contact records {quantity(mapped.people)} people. Against the truth of the "
        f"made-up ecosystem: precision {quality.precision:.3f}, recall {quality.recall:.3f}."
    )
