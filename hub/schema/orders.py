"""In which order lists may be asked for."""

from collections.abc import Sequence
from enum import Enum

import strawberry

from hub.store.listing import Order


@strawberry.enum(description="From which end to begin.")
class Direction(Enum):
    """Which way."""

    ASC = strawberry.enum_value("asc", description="The smallest, the earliest or A first.")
    DESC = strawberry.enum_value("desc", description="The largest, the latest or Z first.")


@strawberry.enum(description="Where rows without a value come.")
class NullsOrder(Enum):
    """Where nulls go."""

    FIRST = strawberry.enum_value("first", description="Before all others.")
    LAST = strawberry.enum_value("last", description="After all others.")


@strawberry.input
class Ordering:
    """The base of orders; the value of each of their fields' members is a column's name."""

    direction: Direction = strawberry.field(default=Direction.ASC, description="From which end to begin.")
    nulls: NullsOrder = strawberry.field(default=NullsOrder.LAST, description="Where rows without a value come.")


_ID = "The id: the order in which the hub first knew of them. It never changes, so paging misses nothing."


@strawberry.enum(description="What accounts may be ordered by.")
class AccountOrderField(Enum):
    """A column of Account."""

    ID = strawberry.enum_value("id", description=_ID)
    NAME = strawberry.enum_value("name", description="The name.")
    DOMAIN = strawberry.enum_value("domain", description="The domain.")
    CREATED_AT = strawberry.enum_value("created_at", description="When the hub first knew of it.")


@strawberry.enum(description="What groups of accounts may be ordered by.")
class AccountGroupOrderField(Enum):
    """A column of AccountGroup."""

    ID = strawberry.enum_value("id", description="The id.")
    NAME = strawberry.enum_value("name", description="The name.")


@strawberry.enum(description="What account records may be ordered by.")
class AccountRecordOrderField(Enum):
    """A column of AccountRecord."""

    ID = strawberry.enum_value("id", description=_ID)
    NAME = strawberry.enum_value("name", description="The name.")
    REVENUE = strawberry.enum_value("revenue", description="The revenue, whatever its currency.")
    EMPLOYEES = strawberry.enum_value("employees", description="The number of employees.")
    SOURCE_CREATED_AT = strawberry.enum_value("source_created_at", description="When it was created at its source.")
    SOURCE_MODIFIED_AT = strawberry.enum_value("source_modified_at", description="When it last changed at its source.")


@strawberry.enum(description="What people may be ordered by.")
class PersonOrderField(Enum):
    """A column of Person."""

    ID = strawberry.enum_value("id", description=_ID)
    NAME = strawberry.enum_value("name", description="The name.")
    EMAIL = strawberry.enum_value("email", description="The e-mail address.")
    CREATED_AT = strawberry.enum_value("created_at", description="When the hub first knew of them.")


@strawberry.enum(description="What opportunities may be ordered by.")
class OpportunityOrderField(Enum):
    """A column of Opportunity."""

    ID = strawberry.enum_value("id", description=_ID)
    NAME = strawberry.enum_value("name", description="The name.")
    AMOUNT = strawberry.enum_value("amount", description="The amount, whatever its currency.")
    CLOSE_DATE = strawberry.enum_value("close_date", description="The day it closed or is expected to.")
    PROBABILITY = strawberry.enum_value("probability", description="How likely it is to be won.")
    SOURCE_CREATED_AT = strawberry.enum_value("source_created_at", description="When it was created at its source.")
    SOURCE_MODIFIED_AT = strawberry.enum_value("source_modified_at", description="When it last changed at its source.")


@strawberry.enum(description="What leads may be ordered by.")
class LeadOrderField(Enum):
    """A column of Lead."""

    ID = strawberry.enum_value("id", description=_ID)
    COMPANY = strawberry.enum_value("company", description="The company's name.")
    LAST_NAME = strawberry.enum_value("last_name", description="The family name.")
    CONVERTED_AT = strawberry.enum_value("converted_at", description="The day it was converted.")
    SOURCE_CREATED_AT = strawberry.enum_value("source_created_at", description="When it was created at its source.")
    SOURCE_MODIFIED_AT = strawberry.enum_value("source_modified_at", description="When it last changed at its source.")


@strawberry.enum(description="What tickets may be ordered by.")
class TicketOrderField(Enum):
    """A column of Ticket."""

    ID = strawberry.enum_value("id", description=_ID)
    SUBJECT = strawberry.enum_value("subject", description="The subject.")
    CLOSED_AT = strawberry.enum_value("closed_at", description="When it was closed.")
    SOURCE_CREATED_AT = strawberry.enum_value("source_created_at", description="When it was created at its source.")
    SOURCE_MODIFIED_AT = strawberry.enum_value("source_modified_at", description="When it last changed at its source.")


@strawberry.enum(description="What organizations may be ordered by.")
class OrganizationOrderField(Enum):
    """A column of Organization."""

    ID = strawberry.enum_value("id", description=_ID)
    NAME = strawberry.enum_value("name", description="The name.")


@strawberry.enum(description="What connections may be ordered by.")
class ConnectionOrderField(Enum):
    """A column of Connection."""

    ID = strawberry.enum_value("id", description=_ID)
    NAME = strawberry.enum_value("name", description="The name.")
    CREATED_AT = strawberry.enum_value("created_at", description="When it was made.")


@strawberry.enum(description="What sync runs may be ordered by.")
class SyncRunOrderField(Enum):
    """A column of SyncRun."""

    ID = strawberry.enum_value("id", description=_ID)
    STARTED_AT = strawberry.enum_value("started_at", description="When it started.")
    FINISHED_AT = strawberry.enum_value("finished_at", description="When it ended.")


@strawberry.enum(description="What issues may be ordered by.")
class IssueOrderField(Enum):
    """A column of Issue."""

    ID = strawberry.enum_value("id", description=_ID)
    FIRST_SEEN_AT = strawberry.enum_value("first_seen_at", description="When it was first met.")
    LAST_SEEN_AT = strawberry.enum_value("last_seen_at", description="When it was last met.")


def ordering(name: str, field: type[Enum]) -> type[Ordering]:
    """The input that orders by one of the members of `field`."""
    annotations = {"field": field}
    parts = {"__annotations__": annotations, "field": strawberry.field(description="What to order by.")}
    return strawberry.input(type(name, (Ordering,), parts), description="Orders a list by one of its fields.")


AccountOrder = ordering("AccountOrder", AccountOrderField)
AccountGroupOrder = ordering("AccountGroupOrder", AccountGroupOrderField)
AccountRecordOrder = ordering("AccountRecordOrder", AccountRecordOrderField)
PersonOrder = ordering("PersonOrder", PersonOrderField)
OpportunityOrder = ordering("OpportunityOrder", OpportunityOrderField)
LeadOrder = ordering("LeadOrder", LeadOrderField)
TicketOrder = ordering("TicketOrder", TicketOrderField)
OrganizationOrder = ordering("OrganizationOrder", OrganizationOrderField)
ConnectionOrder = ordering("ConnectionOrder", ConnectionOrderField)
SyncRunOrder = ordering("SyncRunOrder", SyncRunOrderField)
IssueOrder = ordering("IssueOrder", IssueOrderField)


def order_of(asked: Sequence[Ordering]) -> list[Order]:
    """What a client's ordering says."""
    return [
        Order(
            column=each.field.value,  # type: ignore[attr-defined]
            descending=each.direction is Direction.DESC,
            nulls_first=each.nulls is NullsOrder.FIRST,
        )
        for each in asked
    ]
