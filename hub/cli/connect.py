"""`hub connect`: the systems the hub reads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, quantity, run
from hub.connectors.base import Held, StreamReport
from hub.connectors.files import FilePreview, preview
from hub.connectors.registry import CONNECTORS
from hub.errors import InputError
from hub.settings import Settings
from hub.store import connections, organizations
from hub.store.database import Session, opened
from hub.store.secrets import sealer

app = typer.Typer(
    help="Connect a system; what it lets us read is shown before anything is written.", no_args_is_help=True
)

Name = Annotated[str, typer.Option(help="What to call the connection.")]
Organization = Annotated[
    str | None, typer.Option(help="Whose accounts these are: a partner's name. The home organization when left out.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")]


@app.command()
def salesforce(  # noqa: PLR0913 - each is an option of the command
    *,
    base_url: Annotated[str, typer.Option(help="The org's My Domain, such as https://acme.my.salesforce.com.")],
    client_id: Annotated[str, typer.Option(help="The consumer key of the External Client App.")],
    client_secret: Annotated[
        str | None, typer.Option(envvar="HUB_SALESFORCE_CLIENT_SECRET", help="Asked for when left out.")
    ] = None,
    username: Annotated[str | None, typer.Option(help="For JWT bearer: the user to act as.")] = None,
    private_key: Annotated[Path | None, typer.Option(help="For JWT bearer: a PEM file, instead of a secret.")] = None,
    refresh_token: Annotated[
        str | None, typer.Option(envvar="HUB_SALESFORCE_REFRESH_TOKEN", help="Of a user who consented in a browser.")
    ] = None,
    name: Name = "salesforce",
    organization: Organization = None,
    yes: Yes = False,
) -> None:
    """Connect a Salesforce org, by client credentials, by JWT bearer or by a refresh token."""
    config = {"base_url": base_url, "client_id": client_id}
    if refresh_token is not None:
        secrets = {"refresh_token": refresh_token} | ({"client_secret": client_secret} if client_secret else {})
    elif private_key is not None:
        config["username"] = username or typer.prompt("Username")
        secrets = {"private_key": _text_of(private_key)}
    else:
        secrets = {"client_secret": client_secret or typer.prompt("Client secret", hide_input=True)}
    run(_connect_vendor("salesforce", name, organization, (config, secrets), yes=yes))


@app.command()
def hubspot(
    access_token: Annotated[
        str | None, typer.Option(envvar="HUB_HUBSPOT_ACCESS_TOKEN", help="A service key. Asked for when left out.")
    ] = None,
    base_url: Annotated[str, typer.Option(help="Where HubSpot's API is.")] = "https://api.hubapi.com",
    name: Name = "hubspot",
    organization: Organization = None,
    *,
    yes: Yes = False,
) -> None:
    """Connect a HubSpot portal, by a service key."""
    secrets = {"access_token": access_token or typer.prompt("Service key", hide_input=True)}
    run(_connect_vendor("hubspot", name, organization, ({"base_url": base_url}, secrets), yes=yes))


@app.command()
def csv(
    file: Annotated[Path, typer.Argument(help="A list of accounts: CSV, TSV or XLSX.")],
    organization: Annotated[str, typer.Option(help="Whose accounts these are: a partner's name.")],
    name: Annotated[
        str | None, typer.Option(help="What to call the connection; the organization when left out.")
    ] = None,
    *,
    yes: Yes = False,
) -> None:
    """Connect a partner's list of accounts. Encoding, delimiter and columns are guessed, and shown first."""
    found = preview(file)
    _show_preview(file, found)
    _confirm(yes=yes)

    async def connected() -> None:
        settings = Settings.from_env()
        async with opened(settings) as database, database.session() as session:
            partner_id = await organizations.partner(session, organization)
            await connect_list(session, settings, name or organization, file, partner_id)

    run(connected())
    _next(name or organization)


async def connect_list(session: Session, settings: Settings, name: str, file: Path, subject_id: UUID) -> UUID:
    """A connection to a file, as its preview reads it: ours to see, about `subject_id`."""
    home = await organizations.home(session)
    return await connections.connect(
        session,
        sealer(settings),
        name=name,
        connector="csv",
        owner_id=home.id,
        subject_id=subject_id,
        config=preview(file).config(file),
        secrets={},
    )


async def _connect_vendor(
    connector: str,
    name: str,
    organization: str | None,
    given: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    yes: bool,
) -> None:
    config, secrets = given
    grant = Held(secrets)
    async with CONNECTORS[connector].source({**config, **secrets}, grant) as source:
        _show_reports([report async for report in CONNECTORS[connector].report(source)])
    _confirm(yes=yes)
    settings = Settings.from_env()
    async with opened(settings) as database, database.session() as session:
        home = await organizations.home(session)
        subject_id = await organizations.partner(session, organization) if organization else home.id
        await connections.connect(
            session,
            sealer(settings),
            name=name,
            connector=connector,
            owner_id=home.id,
            subject_id=subject_id,
            config=config,
            secrets=grant.secrets,
        )
    _next(name)


def _show_reports(reports: list[StreamReport]) -> None:
    table = Table("Stream", "Readable", "What is there")
    for report in reports:
        table.add_row(report.stream, "yes" if report.readable else "[yellow]no[/]", escape(report.detail))
    console.print(table)


def _show_preview(file: Path, found: FilePreview) -> None:
    layout = f"sheet {found.sheet!r}" if found.sheet else f"{found.encoding}, delimiter {found.delimiter!r}"
    bad = f", {quantity(found.bad_rows)} that cannot be read and will be left out" if found.bad_rows else ""
    console.print(
        f"[bold]{escape(str(file))}[/]: {escape(layout)}; {quantity(found.row_count)} rows{bad}.", highlight=False
    )
    fields = {header: field for field, header in found.columns.items()}
    table = Table("Column", "Read as", "First rows")
    for place, header in enumerate(found.headers):
        samples = " · ".join(row[place] for row in found.rows if place < len(row) and row[place])
        table.add_row(escape(header), fields.get(header, "[dim]kept as it is[/]"), escape(samples))
    console.print(table)


def _confirm(*, yes: bool) -> None:
    if not yes and not typer.confirm("Connect it?"):
        raise typer.Exit(1)


def _next(name: str) -> None:
    console.print(f"Connected. Next: `hub sync {name!r}`, then `hub map`.", highlight=False, markup=False)


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a PEM file.") from error
