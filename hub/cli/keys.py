"""`hub key`: API keys."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from hub.cli.operator import operator
from hub.cli.terminal import console, run, show_table
from hub.errors import InputError
from hub.model import ApiKey, Role, Scope
from hub.settings import Settings
from hub.store import audit, keys, organizations
from hub.store.database import opened

app = typer.Typer(help="Make, rotate and end API keys.", no_args_is_help=True, add_completion=False)

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=36_500)
NEVER = "never"

Expires = Annotated[str, typer.Option(help="How long it is valid: 12h, 90d, or never.")]


@app.command()
def create(  # noqa: PLR0913 - one for each option
    name: Annotated[str, typer.Argument(help="What the key is for; its name from now on.")],
    *,
    organization: Annotated[
        str | None, typer.Option(help="Whose eyes it sees with: a partner's name. The home organization when left out.")
    ] = None,
    role: Annotated[
        Role | None,
        typer.Option(case_sensitive=False, help="When left out: frontend, or for a partner, partner_tool."),
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="Narrows what the role may do, such as account:read. May be repeated.")
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option(help="From where it may be used, such as 192.0.2.0/24. May be repeated.")
    ] = None,
    app_: Annotated[
        str | None,
        typer.Option("--app", help='The client app whose trusted documents it runs, such as "web"; or any app\'s.'),
    ] = None,
    documents_only: Annotated[
        bool, typer.Option("--documents-only", help="It runs trusted documents and nothing else.")
    ] = False,
    expires: Expires = "365d",
) -> None:
    """Make a key. It is shown this once."""
    scopes = None if not scope else frozenset(map(_scope, scope))
    where, until = keys.networks(network or ()), _until(expires)

    async def created() -> str:
        async with opened(Settings.from_env()) as database, database.session() as session:
            owner = await (organizations.named(session, organization) if organization else organizations.home(session))
            usual = Role.FRONTEND if owner.is_home else Role.PARTNER_TOOL
            new = keys.NewKey(
                name=name,
                organization_id=owner.id,
                role=role or usual,
                scopes=scopes,
                networks=where,
                expires_at=until,
                app=app_,
                documents_only=documents_only,
            )
            key, prefix = await keys.create(session, new)
            await audit.append(session, audit.administration("key create", prefix, client=operator()))
            return key

    _show(run(created()))


@app.command("list")
def list_() -> None:
    """Show the keys, without their secrets."""

    async def listed() -> list[tuple[ApiKey, str]]:
        async with opened(Settings.from_env()) as database, database.session() as session:
            return await keys.every(session)

    headers = (
        "Name",
        "Key",
        "Organization",
        "Role",
        "Scopes",
        "Networks",
        "Documents",
        "Expires",
        "Last used",
        "State",
    )
    show_table(headers, [_row(*each) for each in run(listed())])


def _row(key: ApiKey, organization: str) -> tuple[str, ...]:
    scopes = "all of the role" if key.scopes is None else ", ".join(key.scopes)
    where = ", ".join(key.networks) or "any"
    told = (key.name, key.prefix, organization, key.role.lower(), scopes, where, _documents(key))
    return *told, _moment(key.expires_at), _moment(key.last_used_at), _state(key)


@app.command()
def rotate(
    name: Annotated[str, typer.Argument(help="The key's name, or its public part.")],
    overlap: Annotated[str, typer.Option(help="How long the old secret still works: 30m, 24h, 0h.")] = "24h",
    expires: Expires = "365d",
) -> None:
    """Give a key a new secret. It is shown this once; name, role and scopes stay."""
    lasting, until = _lasting(overlap), _until(expires)

    async def rotated() -> str:
        async with opened(Settings.from_env()) as database, database.session() as session:
            key, prefix = await keys.rotate(session, name, lasting, until)
            await audit.append(session, audit.administration("key rotate", prefix, client=operator()))
            return key

    _show(run(rotated()))


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="The key's name, or its public part.")]) -> None:
    """End a key, and the one before its last rotation, for good."""

    async def revoked() -> None:
        async with opened(Settings.from_env()) as database, database.session() as session:
            prefix = await keys.revoke(session, name)
            await audit.append(session, audit.administration("key revoke", prefix, client=operator()))

    run(revoked())
    console.print(f"{name} is revoked: within seconds, no server takes it any more.", markup=False)


def _show(key: str) -> None:
    typer.echo(key)
    typer.echo("Send it as `Authorization: Bearer …`. It is stored as a hash and cannot be shown again.", err=True)


def _scope(given: str) -> Scope:
    try:
        return Scope(given)
    except ValueError as error:
        raise InputError(f"There is no scope {given!r}; there are {', '.join(Scope)}.") from error


def _until(given: str) -> datetime | None:
    return None if given == NEVER else datetime.now(UTC) + _lasting(given)


def _lasting(given: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([mhd])", given, re.ASCII)
    lasting = int(found[1]) * UNITS[found[2]] if found else None
    if lasting is None or lasting > LONGEST:
        raise InputError(f"{given!r} is no length of time: 30m, 24h, 90d, up to 36500d.")
    return lasting


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def _documents(key: ApiKey) -> str:
    """Whose trusted documents it runs, and whether those are all that it runs."""
    return f"{'only ' if key.documents_only else ''}{key.app or 'any'}"


def _state(key: ApiKey) -> str:
    now = datetime.now(UTC)
    if key.revoked_at:
        return "revoked"
    if key.expires_at and key.expires_at <= now:
        return "expired"
    return "rotating" if key.previous_until and key.previous_until > now else "valid"
