"""What a property is: its definition, how its value is read from an entry as text, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any

from hub.sandbox.hubspot.object_types import ObjectType
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.stamps import spelled

Read = Callable[[Any, Portal], str | None]
Write = Callable[[Any, str, Portal], None]
"""Takes the value as sent; ValueError where it does not fit."""

JAVA_EXPONENT_FROM = Decimal(10_000_000)


class Kind(StrEnum):
    """HubSpot's own words for the types of values."""

    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    ENUMERATION = "enumeration"
    BOOL = "bool"


FIELD_TYPES = {
    Kind.STRING: "text",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.DATETIME: "date",
    Kind.ENUMERATION: "select",
    Kind.BOOL: "booleancheckbox",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property of one object type."""

    name: str
    label: str
    kind: Kind
    read: Read
    write: Write | None = None
    """None where the value is calculated: HubSpot refuses to write it."""
    field_type: str = ""
    custom: bool = False
    unique: bool = False
    external: bool = False
    """The options stand elsewhere: with the owners or the pipelines."""
    options: tuple[str, ...] = ()
    """The values to choose from; where there are none, those in use."""
    made_at: datetime | None = None
    """When somebody made or last changed it; None for what came with the portal."""
    archived_at: datetime | None = None


def text(name: str, label: str, attribute: str, **more: Any) -> Property:
    """A property that holds an attribute as it is."""

    def write(entry: Any, value: str, _: Portal) -> None:
        setattr(entry, attribute, value or None)

    return Property(
        name=name,
        label=label,
        kind=more.pop("kind", Kind.STRING),
        read=lambda entry, _: getattr(entry, attribute),
        write=write,
        **more,
    )


def number(name: str, label: str, attribute: str) -> Property:
    """A property that holds a Decimal attribute."""

    def write(entry: Any, value: str, _: Portal) -> None:
        setattr(entry, attribute, decimal_of(value) if value else None)

    return Property(
        name=name,
        label=label,
        kind=Kind.NUMBER,
        read=lambda entry, _: number_spelled(getattr(entry, attribute)),
        write=write,
    )


def calculated(name: str, label: str, kind: Kind, read: Read) -> Property:
    """A property that HubSpot works out by itself."""
    return Property(name=name, label=label, kind=kind, read=read)


def category(name: str, label: str, attribute: str) -> Property:
    """A property that holds one of a few words."""

    def write(entry: Any, value: str, _: Portal) -> None:
        setattr(entry, attribute, value or None)

    return Property(
        name=name,
        label=label,
        kind=Kind.ENUMERATION,
        read=lambda entry, _: slug(getattr(entry, attribute)),
        write=write,
    )


OWNER = text("hubspot_owner_id", "Owner", "owner", kind=Kind.ENUMERATION, external=True)


def merged_ids(portal: Portal, kind: ObjectType, entry_id: str) -> str | None:
    """Ids of the records that were merged into this one."""
    return ";".join(portal.shelf(kind).losers.get(entry_id, ())) or None


def custom(name: str, kind: Kind = Kind.STRING, options: tuple[str, ...] = (), **more: Any) -> Property:
    """A property that the portal's owner invented."""

    def write(entry: Any, value: str, _: Portal) -> None:
        _check(kind, options, value)
        entry.custom[name] = value or None

    return Property(
        name=name,
        label=more.pop("label", None) or name.replace("_", " ").capitalize(),
        kind=kind,
        read=lambda entry, _: value_spelled(entry.custom.get(name)),
        write=write,
        custom=True,
        options=options,
        **more,
    )


def _check(kind: Kind, options: tuple[str, ...], value: str) -> None:
    if not value:
        return
    if kind is Kind.NUMBER:
        decimal_of(value)
    allowed = ("true", "false") if kind is Kind.BOOL else options
    unknown = [each for each in value.split(";") if allowed and each not in allowed]
    if unknown:
        raise ValueError(f"{';'.join(unknown)} was not one of the allowed options: {', '.join(allowed)}")


def kind_of(value: object) -> Kind:
    """The kind of property that a value of an entry asks for."""
    for python_type, kind in (
        (bool, Kind.BOOL),
        ((int, float, Decimal), Kind.NUMBER),
        (datetime, Kind.DATETIME),
        (date, Kind.DATE),
    ):
        if isinstance(value, python_type):
            return kind
    return Kind.STRING


def value_spelled(value: object) -> str | None:
    """Any value as the text that HubSpot sends for it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return number_spelled(value)
    if isinstance(value, datetime):
        return spelled(value)
    return str(value)


def number_spelled(value: Decimal | None) -> str | None:
    """A number as text; from ten million on in the exponent notation of HubSpot's programming language."""
    if value is None:
        return None
    if abs(value) < JAVA_EXPONENT_FROM:
        return f"{value:f}"
    digits = value.normalize()
    mantissa = digits.scaleb(-digits.adjusted()).normalize()
    fraction = "" if mantissa % 1 else ".0"
    return f"{mantissa:f}{fraction}E{digits.adjusted()}"


def decimal_of(value: str) -> Decimal:
    """The number that a text holds; ValueError where it holds none."""
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value} was not a valid number.") from error


@cache
def slug(value: str | None) -> str | None:
    """A word as an option's internal value: "Computer Software" becomes COMPUTER_SOFTWARE."""
    if value is None:
        return None
    return "_".join("".join(c if c.isalnum() else " " for c in value).split()).upper()
