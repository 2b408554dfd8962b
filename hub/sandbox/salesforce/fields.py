"""How the fields of objects are put together."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from hub.sandbox.salesforce.currencies import CORPORATE_CURRENCY, RATES
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sobject import TEXTS, Field, Kind, Part, Row, RowT, Value
from hub.sandbox.world import Entry, Fate


def stored(name: str, kind: Kind, column: str, **facts: Any) -> Field[Any]:
    """A field that a row holds as it is, and that users edit. Salesforce knows no empty text, only null."""
    held = attrgetter(column)

    def write(row: Row, value: object) -> None:
        setattr(row, column, value)

    def text(_: Org, row: Row) -> Value:
        return held(row) or None

    def other(_: Org, row: Row) -> Value:
        return held(row)

    return Field(name=name, kind=kind, value=text if kind in TEXTS else other, write=write, column=column, **facts)


def computed(name: str, kind: Kind, value: Callable[[Org, RowT], Value], **facts: Any) -> Field[RowT]:
    """A field that follows from others."""
    return Field(name=name, kind=kind, value=value, **facts)


def part(name: str, kind: Kind, column: str, **facts: Any) -> Field[Any]:
    """A field of a row that hangs on another."""
    held = attrgetter(f"part.{column}")
    return Field(name=name, kind=kind, value=lambda _, row: held(row), **facts)


def unused(name: str, kind: Kind, **facts: Any) -> Field[Any]:
    """A field that nobody fills in here, but that clients ask for."""
    return Field(name=name, kind=kind, value=lambda *_: None, same=True, **facts)


def constant(name: str, kind: Kind, value: Value, **facts: Any) -> Field[Any]:
    """A field that says the same in every row."""
    return Field(name=name, kind=kind, value=lambda *_: value, same=True, **facts)


def refers(name: str, column: str, to: str, **facts: Any) -> Field[Any]:
    """A reference that users edit. Its relationship is called like the field, unless told."""
    facts.setdefault("relationship", name.removesuffix("Id"))
    field = stored(name, Kind.REFERENCE, column, references=(to,), **facts)
    return replace(field, relink=field.write)


def parent_row(to: str, children: str) -> Field[Any]:
    """What a row hangs on."""
    return computed(
        f"{to}Id", Kind.REFERENCE, lambda _, row: row.parent.id, references=(to,), relationship=to, children=children
    )


def linked(name: str, column: str, to: str, **facts: Any) -> Field[Any]:
    """A reference of a row that hangs on another."""

    def relink(row: Any, value: str | None) -> None:
        setattr(row.part, column, value)

    relationship = name.removesuffix("Id")
    return part(name, Kind.REFERENCE, column, references=(to,), relationship=relationship, relink=relink, **facts)


def row_id() -> Field[Any]:
    """The Id field."""
    return computed("Id", Kind.ID, lambda _, row: row.id, length=18, required=True, column="id")


REMOVABLE = "IsDeleted"


def is_deleted() -> Field[Any]:
    """Whether the row lies in the recycle bin, or lost a merge."""
    return computed(REMOVABLE, Kind.BOOLEAN, lambda _, row: row.fate is not Fate.LIVE)


def master_record(to: str) -> Field[Any]:
    """The winner of the merge that the row lost."""
    return computed(
        "MasterRecordId",
        Kind.REFERENCE,
        lambda _, row: row.merged_into,
        references=(to,),
        relationship="MasterRecord",
    )


def instant(name: str, column: str) -> Field[Any]:
    """A stamp, to the second."""
    held = attrgetter(column)
    return computed(name, Kind.DATETIME, lambda _, row: second(held(row)), column=column)


def second(moment: datetime) -> datetime:
    """The second that an instant lies in."""
    return moment.replace(microsecond=0) if moment.microsecond else moment


def created() -> tuple[Field[Any], ...]:
    """When a row was made, and by whom."""
    return (instant("CreatedDate", "created_at"), _by("CreatedBy"))


def stamps() -> tuple[Field[Any], ...]:
    """When a row was made and changed, and by whom."""
    return (
        *created(),
        instant("LastModifiedDate", "modified_at"),
        _by("LastModifiedBy"),
        instant("SystemModstamp", "modified_at"),
    )


def _by(relationship: str) -> Field[Any]:
    return computed(
        f"{relationship}Id",
        Kind.REFERENCE,
        lambda org, row: getattr(_keeper(row), "owner", None) or org.default_user(),
        references=("User",),
        relationship=relationship,
    )


def _keeper(row: Row) -> object:
    return row.parent if isinstance(row, Part) else row


def owner(*references: str) -> Field[Any]:
    """Whose row it is."""

    def write(row: Any, value: str) -> None:
        row.owner = value

    def value(org: Org, row: Any) -> str | None:
        return row.owner or org.default_user()

    to = references or ("User",)
    return Field(name="OwnerId", kind=Kind.REFERENCE, value=value, write=write, references=to, relationship="Owner")


def currency(of: Callable[[Any], str | None]) -> Field[Any]:
    """The currency of the row's amounts: an org with several gives every row one."""
    return computed(
        "CurrencyIsoCode",
        Kind.PICKLIST,
        lambda _, row: of(row) or CORPORATE_CURRENCY,
        length=3,
        allowed=lambda _: RATES,
    )


def own_currency() -> Field[Any]:
    """The currency of a row that users may put into another one."""
    stands = stored("CurrencyIsoCode", Kind.PICKLIST, "currency")
    return replace(currency(attrgetter("currency")), write=stands.write)


def full_name(row: Any) -> str | None:
    """First and last name, as far as they are known."""
    return " ".join(name for name in (row.first_name, row.last_name) if name) or None


def person() -> tuple[Field[Any], ...]:
    """The names of a person."""
    return (
        stored("LastName", Kind.STRING, "last_name", length=80, required=True, compound="Name"),
        stored("FirstName", Kind.STRING, "first_name", length=40, compound="Name"),
        computed("Name", Kind.STRING, lambda _, row: full_name(row), length=121),
    )


def address(
    *, street: str | None = None, city: str | None = None, code: str | None = None, country: str | None = None
) -> Mapping[str, str | None] | None:
    """A compound address; None without any part."""
    lines = {"city": city, "country": country, "postalCode": code, "street": street}
    if not any(lines.values()):
        return None
    return lines | {"geocodeAccuracy": None, "latitude": None, "longitude": None, "state": None}


def no_address(prefix: str) -> tuple[Field[Any], ...]:
    """An address that nobody fills in."""
    compound = f"{prefix}Address"
    names = ("Street", "City", "State", "PostalCode", "Country")
    lines = (unused(f"{prefix}{name}", Kind.STRING, length=80, compound=compound) for name in names)
    return (*lines, unused(compound, Kind.ADDRESS))


def found(value: Entry | None, column: str) -> Any:
    """An attribute of a row that may be missing."""
    return None if value is None else getattr(value, column)
