"""The model's enums as GraphQL shows them. Read before anything that mentions one."""

from enum import StrEnum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from hub.model import (
    ConnectionState,
    IssueKind,
    PartnershipType,
    RelationKind,
    Removal,
    RemovalEvidence,
    StreamStatus,
    SyncRunState,
    Verdict,
)

__all__ = [
    "ConnectionState",
    "IssueKind",
    "PartnershipType",
    "RelationKind",
    "Removal",
    "RemovalEvidence",
    "StreamStatus",
    "SyncRunState",
    "Verdict",
]


def describe(kind: type[StrEnum], description: str, **values: str) -> None:
    """Makes a model's enum a GraphQL enum."""
    definition: StrawberryEnumDefinition = strawberry.enum(kind, description=description).__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[value.name]


describe(
    PartnershipType,
    "What a partner does with us. More may be added: show an unknown one by its name.",
    RESELLER="Sells our product.",
    INTEGRATOR="Builds solutions with our product.",
    MARKETPLACE="Lists our product in its marketplace.",
    TECHNOLOGY="Connects its product to ours.",
)
describe(
    ConnectionState,
    "Whether a connection can be synced.",
    ACTIVE="It can.",
    REAUTH_REQUIRED="The source refuses the credentials: the owner must connect again.",
)
describe(
    StreamStatus,
    "Whether a stream can be read.",
    READY="It can.",
    UNAVAILABLE="The source lacks the object, or the credentials may not read it.",
)
describe(
    SyncRunState,
    "How a sync run stands.",
    RUNNING="It goes on.",
    SUCCEEDED="It read the stream to its end.",
    FAILED="It ended with an error.",
    UNAVAILABLE="The source lacks the object, or the credentials may not read it.",
    INTERRUPTED="The process ended in the middle; the next run resumes from the bookmark.",
)
describe(
    IssueKind,
    "What went wrong, by what a person can do about it. More may be added: show an unknown one by its message.",
    UNMAPPED_PAYLOAD="A payload lacks a mandatory field or holds an unknown value; it is kept raw.",
    NEW_FIELD="A source sends a field that the connector has not heard of; it is kept raw.",
    STREAM_UNAVAILABLE="A source lacks a kind of object, or the credentials may not read it.",
    BAD_ROW="A line of a file cannot be read; it was left out.",
)
describe(
    Removal,
    "What became of a row at its source.",
    DELETED="It was deleted.",
    ARCHIVED="It was archived.",
    MERGED="It was merged into another.",
)
describe(
    RemovalEvidence,
    "How we know that a row was removed at its source.",
    SOURCE_ROW="The row itself says so.",
    DELETED_FEED="The source's list of deleted ids has it.",
    ARCHIVED_FEED="The source's list of archived rows has it.",
    REPLACED_LIST="A newer version of the whole list no longer has it.",
)
describe(
    RelationKind,
    "How one company is related to another. Never part of identity.",
    PARENT_OF="It owns the other.",
    SUCCESSOR_OF="It continues the other.",
    BRAND_OF="It is a brand of the other.",
)
describe(
    Verdict,
    "What two compared records are to each other.",
    SAME="One company.",
    DIFFERENT="Two companies.",
    RELATED="Two companies, one of which belongs to the other or both to a third.",
    UNSURE="A person should decide.",
)
