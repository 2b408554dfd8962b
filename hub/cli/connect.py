"""`hub connect`: the systems the hub reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from hub.cli.connect_file import Yes, confirm, file, tell_change, tell_connected
from hub.cli.given_settings import given_secret, given_settings
from hub.cli.terminal import console, run, show_table
from hub.connectors.base import Connector, StreamReport
from hub.connectors.registry import CONNECTORS
from hub.errors import HubError, InputError
from hub.settings import Settings
from hub.store import connections, organizations
from hub.store.database import Database, Session, opened
from hub.store.grants import NewGrant
from hub.store.secrets import Sealer, sealer

app = typer.Typer(
    help="Connect a system; what it lets us read is shown before anything is written.", no_args_is_help=True
)

Name = Annotated[str, typer.Option(help="What to call the connection.")]
Organization = Annotated[
    str | None, typer.Option(help="Whose accounts these are: a partner's name. The home organization when left out.")
]

app.command()(file)


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
    quota_reserve: Annotated[
        float | None,
        typer.Option(
            min=0, max=0.9, help="The share of the org's daily requests to leave to others; 0.1 if not given."
        ),
    ] = None,
    name: Name = "salesforce",
    organization: Organization = None,
    yes: Yes = False,
) -> None:
    """Connect a Salesforce org, by client credentials, by JWT bearer or by a refresh token."""
    config: dict[str, Any] = {"base_url": base_url, "client_id": client_id}
    if quota_reserve is not None:
        config["quota_reserve"] = quota_reserve
    if refresh_token is not None:
        secrets = {"refresh_token": refresh_token} | ({"client_secret": client_secret} if client_secret else {})
    elif private_key is not None:
        config["username"] = username or typer.prompt("Username")
        secrets = {"private_key": _text_of(private_key)}
    else:
        secrets = {"client_secret": client_secret or given_secret("Client secret", "HUB_SALESFORCE_CLIENT_SECRET")}
    run(_connect_vendor("salesforce", name, organization, (config, secrets), yes=yes))


@app.command()
def hubspot(  # noqa: PLR0913 - each is an option of the command
    *,
    access_token: Annotated[
        str | None, typer.Option(envvar="HUB_HUBSPOT_ACCESS_TOKEN", help="A service key. Asked for when left out.")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(help="For an app that was installed in the portal: its id, instead of a key.")
    ] = None,
    client_secret: Annotated[
        str | None,
        typer.Option(
            envvar="HUB_HUBSPOT_CLIENT_SECRET", help="The app's secret; with a key, what webhooks are signed with."
        ),
    ] = None,
    refresh_token: Annotated[
        str | None, typer.Option(envvar="HUB_HUBSPOT_REFRESH_TOKEN", help="What the app got when it was installed.")
    ] = None,
    base_url: Annotated[str, typer.Option(help="Where HubSpot's API is.")] = "https://api.hubapi.com",
    api_version: Annotated[str | None, typer.Option(help="A date; the one the hub was made for when left out.")] = None,
    partner_labels: Annotated[
        list[str] | None,
        typer.Option("--partner-label", help="An association label that makes a deal's company a partner; repeatable."),
    ] = None,
    quota_reserve: Annotated[
        float | None, typer.Option(help="The share of the day's requests left to others, from 0 to 0.9.")
    ] = None,
    name: Name = "hubspot",
    organization: Organization = None,
    yes: Yes = False,
) -> None:
    """Connect a HubSpot portal, by a service key or as an app that was installed there."""
    chosen = {"version": api_version, "partner_labels": partner_labels, "quota_reserve": quota_reserve}
    config = {"base_url": base_url} | {name: value for name, value in chosen.items() if value is not None}
    if client_id is not None:
        config["client_id"] = client_id
        secrets = {
            "client_secret": client_secret or given_secret("Client secret", "HUB_HUBSPOT_CLIENT_SECRET"),
            "refresh_token": refresh_token or given_secret("Refresh token", "HUB_HUBSPOT_REFRESH_TOKEN"),
        }
    else:
        secrets = {"access_token": access_token or given_secret("Service key", "HUB_HUBSPOT_ACCESS_TOKEN")}
        if client_secret is not None:
            secrets["client_secret"] = client_secret
    run(_connect_vendor("hubspot", name, organization, (config, secrets), yes=yes))


@app.command()
def other(
    connector: Annotated[str, typer.Argument(help="A connector that a package brings; `hub connector list` has them.")],
    *,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of the connector.")
    ] = None,
    secrets: Annotated[
        list[str] | None,
        typer.Option("--secret", metavar="KEY", help="A secret: HUB_CONNECTOR_KEY in the environment, or asked for."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the connection; the connector when left out.")] = None,
    organization: Organization = None,
    yes: Yes = False,
) -> None:
    """Connect a system that a package has the connector of."""
    given = given_settings(CONNECTORS[connector], settings or (), secrets or ())
    run(_connect_vendor(connector, name or connector, organization, given, yes=yes))


async def _connect_vendor(
    connector: str,
    name: str,
    organization: str | None,
    given: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    yes: bool,
) -> None:
    settings = Settings.from_env()
    config, secrets = given
    may_be_replaced = "refresh_token" in secrets
    async with opened(settings) as database:
        connecting = _Connecting(database, sealer(settings), connector, name, organization, config)
        await connecting.try_out(secrets)
        if may_be_replaced:
            console.print("Using a refresh token may replace it: what replaces it is stored at once.")
            confirm(yes=yes)
        grant = NewGrant(secrets, connecting.store)
        await connecting.report(grant)
        if not (may_be_replaced or grant.is_stored):
            confirm(yes=yes)
        await connecting.store(grant.secrets)
    tell_connected(name)


@dataclass(slots=True)
class _Connecting:
    """A connection in the making."""

    database: Database
    sealer: Sealer
    connector: str
    name: str
    organization: str | None
    config: Mapping[str, Any]
    identity: Mapping[str, Any] = field(default_factory=dict)
    """What the source said of which account it is, now or when the connection was made."""

    async def try_out(self, secrets: Mapping[str, Any]) -> None:
        """Raise what would keep it from being stored, before secrets are used that may be good for one use only."""
        async with self.database.session() as session:
            before = await connections.config_of(session, self.name)
            await self._connect(session, secrets)
            await session.rollback()
        if before is not None:
            known = CONNECTORS[self.connector].identity
            self.identity = {key: value for key, value in before.items() if key in known}
            tell_change(self.name, before, {**self.config, **self.identity})

    async def report(self, grant: NewGrant) -> None:
        """Show what the source lets us read, and learn from it what the config lacks."""
        connector = CONNECTORS[self.connector]
        try:
            async with connector.source({**self.config, **self.identity, **grant.secrets}, grant) as source:
                reports = [report async for report in connector.report(source)]
                _show_reports(reports)
                self.identity = connector.learned(source)
            self._check(connector, reports)
        except HubError:
            if grant.is_stored:
                told = f"The refresh token was replaced, and {self.name!r} is stored with the new one."
                console.print(told, "`hub sync` goes on with it.", highlight=False, markup=False)
            raise

    def _check(self, connector: Connector[Any], reports: Sequence[StreamReport]) -> None:
        """Raise InputError where there is nothing to connect, or nobody knows what."""
        where = f"--base-url {self.config['base_url']}" if "base_url" in self.config else self.connector
        if not any(report.readable for report in reports):
            raise InputError(
                f"{where}: none of its streams can be read. Check that the address is {self.connector}'s API, and what "
                "the credentials may read. Nothing was changed."
            )
        if not connector.identity <= self.identity.keys():
            raise InputError(
                f"{where} does not say which {self.connector} account it is, so that nobody could tell another "
                "account's records from this one's. Check the address and the credentials. Nothing was changed."
            )

    async def store(self, secrets: Mapping[str, Any]) -> None:
        """Store it as far as it is known."""
        async with self.database.session() as session:
            await self._connect(session, secrets)

    async def _connect(self, session: Session, secrets: Mapping[str, Any]) -> None:
        home = await organizations.home(session)
        subject_id = await organizations.partner(session, self.organization) if self.organization else home.id
        await connections.connect(
            session,
            self.sealer,
            name=self.name,
            connector=self.connector,
            owner_id=home.id,
            subject_id=subject_id,
            config=self.config,
            secrets=secrets,
            identity=self.identity,
        )


def _show_reports(reports: list[StreamReport]) -> None:
    rows = [(each.stream, "yes" if each.readable else Text("no", "yellow"), each.detail) for each in reports]
    show_table(("Stream", "Readable", "What is there"), rows)


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a PEM file.") from error
