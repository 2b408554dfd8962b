"""`hub sandbox`: the vendors, imitated."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from hub.cli.terminal import console, run, show_table
from hub.cli.until_stopped import until_stopped
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.hubspot import Limits
from hub.sandbox.server import Sandbox, serving

UNLIMITED = 10**9

app = typer.Typer(add_completion=False)


@app.command()
def sandbox(  # noqa: PLR0913 - one for each option
    accounts: Annotated[
        int, typer.Option(min=10, help="About how many account rows all systems hold together.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same ecosystem.")] = 1,
    salesforce_port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    hubspot_port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    *,
    no_limits: Annotated[
        bool, typer.Option("--no-limits", help="Answer as fast as possible, not at HubSpot's pace.")
    ] = False,
    chaos: Annotated[
        int | None,
        typer.Option(help="Fail, stall, cut and reorder answers, and change rows meanwhile, as this seed decides."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print addresses and credentials as JSON.")] = False,
) -> None:
    """Serve an imitated Salesforce org and HubSpot portal on this machine until Ctrl-C."""
    limits = Limits(burst=UNLIMITED, searches=UNLIMITED, daily=UNLIMITED) if no_limits else None
    world = made_up_ecosystem(accounts=accounts, seed=seed)
    run(_served(serving(world, "127.0.0.1", salesforce_port, hubspot_port, limits, chaos), as_json=as_json))


async def _served(vendors: AbstractAsyncContextManager[Sandbox], *, as_json: bool) -> None:
    async with vendors as sandbox:
        if as_json:
            print(json.dumps(sandbox.as_dict(), indent=2), flush=True)  # noqa: T201 - JSON must not be wrapped
        else:
            _show(sandbox)
            console.print("Ctrl-C stops it. [dim]--json prints the credentials whole.[/]")
        await until_stopped()


def _show(sandbox: Sandbox) -> None:
    rows = [
        (vendor, name, str(value).splitlines()[0])
        for vendor, facts in sandbox.as_dict().items()
        for name, value in facts.items()
    ]
    show_table(("Vendor", "Setting", "Value"), rows)
