"""The model's enums as GraphQL shows them. Read before anything that mentions one."""

from enum import StrEnum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from hub.model import (
    AuditKind,
    ChangeAction,
    ChangeType,
    ConnectionState,
    ExportState,
    IssueKind,
    MatchReason,
    PartnershipType,
    RelationKind,
    RelationSource,
    Removal,
    RemovalEvidence,
    StreamStatus,
    SyncRunState,
    Verdict,
    WriteOutcome,
    WritePlanState,
)

__all__ = [
    "AuditKind",
    "ChangeAction",
    "ChangeType",
    "ConnectionState",
    "ExportState",
    "IssueKind",
    "MatchReason",
    "PartnershipType",
    "RelationKind",
    "RelationSource",
    "Removal",
    "RemovalEvidence",
    "StreamStatus",
    "SyncRunState",
    "Verdict",
    "WriteOutcome",
    "WritePlanState",
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
    QUEUED="It waits for a worker.",
    RUNNING="It goes on.",
    SUCCEEDED="It read the stream to its end.",
    FAILED="It ended with an error.",
    UNAVAILABLE="The source lacks the object, or the credentials may not read it.",
    INTERRUPTED="The process ended in the middle; the next run resumes from the bookmark.",
)
describe(
    ExportState,
    "How an export stands.",
    QUEUED="It waits for its turn.",
    RUNNING="It is being written.",
    SUCCEEDED="The file can be had.",
    FAILED="It ended with an error; there is no file.",
)
describe(
    IssueKind,
    "What went wrong, by what a person can do about it. More may be added: show an unknown one by its message.",
    UNMAPPED_PAYLOAD="A payload lacks a mandatory field or holds an unknown value; it is kept raw.",
    NEW_FIELD="A source has a field that it did not have before; it is kept.",
    VANISHED_FIELD="A source no longer has a field, or hides it from us; what was read of it is kept.",
    RETYPED_FIELD="A source changed the type of a field.",
    MASS_REMOVAL="So much of a stream is gone that nothing was removed: a person must say that it is right.",
    STREAM_UNAVAILABLE="A source lacks a kind of object, or the credentials may not read it.",
    BAD_ROW="A line of a file cannot be read; it was left out.",
    CIRCULAR_PARENTS="A source says of records that they are, in the end, their own parents.",
    CONTRADICTION="People's decisions about matches contradict each other; one of them is not followed.",
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
    NOT_FOUND="Asked for by its id, the source no longer has it.",
)
describe(
    RelationKind,
    "How one company is related to another. Never part of identity.",
    PARENT_OF="It owns the other.",
    SUCCESSOR_OF="It continues the other.",
    BRAND_OF="It is a brand of the other.",
)
describe(
    RelationSource,
    "Who says that two companies are related.",
    SOURCE="The records' own source, by naming a parent.",
    PERSON="Somebody who decided about the two records.",
    RULES="The rules of mapping.",
)
describe(
    MatchReason,
    "Why two account records are one account, or are not. More may be added: show an unknown one by its name.",
    ALIKE="One account: what the two say suffices.",
    THROUGH_OTHERS="One account: other records tie the two, which say less by themselves.",
    DECIDED="A person said so.",
    VETOED="Two accounts: what they say excludes each other, such as two D-U-N-S numbers.",
    TOO_LITTLE="Two accounts: what the two say does not suffice.",
    NOT_COMPARED="Two accounts: nothing that records say leads from the one to the other, so mapping never compares "
    "them. They are compared here all the same.",
    KEPT_APART="Two accounts: the two would be the same, but something speaks against one account of both.",
    NOT_MAPPED="What is said by now differs from what the last mapping knew: the next one may see it otherwise.",
)

describe(
    Verdict,
    "What two compared records are to each other.",
    SAME="One company.",
    DIFFERENT="Two companies.",
    RELATED="Two companies, one of which belongs to the other or both to a third.",
    UNSURE="A person should decide.",
)
describe(
    WritePlanState,
    "How a plan of writes stands. More may be added: show an unknown one by its name.",
    PLANNING="The source is being compared with what would be written into it.",
    READY="It can be read, and applied until it expires.",
    APPLYING="It is being written, or waits for its turn.",
    STOPPED="Writing ended before all was written; `error` says why. Applied again, it goes on.",
    APPLIED="All of it was sent, and its items have their outcomes.",
    FAILED="It could not be made; `error` says why.",
)
describe(
    WriteOutcome,
    "What became of a value that was to be written. More may be added: show an unknown one by its reason.",
    PENDING="It was not written yet.",
    SENDING="It was sent, or is about to be: nobody knows yet whether it arrived.",
    WRITTEN="The source took it.",
    UNCHANGED="The source held it already when it was to be written.",
    CONFLICT="Somebody else changed it since it was planned: it was left as it is.",
    REFUSED="It was not written; the reason says why.",
    RETRY="The source could not do it just then: it is tried again.",
    SKIPPED="The plan leaves it out; the reason says why.",
)
describe(
    AuditKind,
    "What kind of thing an audit event tells of. More may be added: show an unknown one by its action.",
    MUTATION="A mutation: first that it began, then what became of it.",
    ADMINISTRATION="A command of an operator.",
    REFUSAL="Somebody known asked for what they may not have.",
)
describe(
    ChangeType,
    "The kinds of things whose changes are told. More may be added: ignore an unknown one.",
    ACCOUNT="An account: it is there, for you, while a record of yours belongs to it.",
    PERSON="A person: they are there, for you, while a contact record of yours belongs to them.",
    ACCOUNT_RECORD="What one connection says about one company.",
    CONTACT_RECORD="What one connection says about one human.",
    OPPORTUNITY="A deal.",
    OPPORTUNITY_CONTACT="A person's role in a deal.",
    OPPORTUNITY_LINE="A product sold in a deal.",
    OPPORTUNITY_PARTNER="A partner's role in a deal.",
    STAGE_CHANGE="A deal's change of stage.",
    PRODUCT="A product.",
    TICKET="A ticket.",
    LEAD="A lead.",
    SALES_USER="A login of a source.",
    CONNECTION="A connection.",
    SYNC_RUN="A sync run: it is updated with every page it stores.",
    ACCOUNT_MERGED="An account is gone, for you: `node` is what took its place, and so is `otherId`.",
    ACCOUNT_SPLIT="A part of an account's records, of yours, became an account of its own: `otherId`.",
    MEMBERSHIP_MOVED="A record belongs to another account than before; `otherId` is the one before.",
)
describe(
    ChangeAction,
    "What became of a thing, as you see it.",
    CREATED="It is there now: it is new, or it came back.",
    UPDATED="Something about it changed.",
    REMOVED="It is gone: it was deleted, archived or merged. Where rows are kept, `node` shows what is left of it.",
)
