"""What a source says of partners: who is one, in which program, and the money they market with."""

from datetime import date
from typing import Optional

import strawberry

from hub import model
from hub.schema.accounts import AccountRecord
from hub.schema.fields import column, one, shows
from hub.schema.money import Money, money
from hub.schema.paging import Listing, many
from hub.schema.records import Synced
from hub.store import partner_paths as paths


@shows(model.AccountPartner, "A company that is a partner of another, as one connection says.")
class AccountPartner(Synced):
    """A partner of a company."""

    role: str | None = column(model.AccountPartner.role, 'The role, such as "VAR/Reseller".')
    is_primary: bool = column(model.AccountPartner.is_primary, "Whether it is the main partner.")
    partner: AccountRecord | None = one(
        paths.PARTNER_RECORD, "The partner's account record; null where the hub has not read it."
    )


@shows(model.ProgramLevel, "A level of a partner program, as one connection says.")
class ProgramLevel(Synced):
    """A level."""

    name: str = column(model.ProgramLevel.name, 'The name, such as "Gold".')
    rank: int | None = column(model.ProgramLevel.rank, "Its place among the levels, as the source counts: 1.")


@shows(model.ProgramRecord, "What one connection says about one partner program.")
class ProgramRecord(Synced):
    """A program."""

    name: str = column(model.ProgramRecord.name, 'The name, such as "Solution Partners".')
    kind: str | None = column(model.ProgramRecord.kind, 'The source\'s own word, such as "Reseller".')
    is_active: bool | None = column(model.ProgramRecord.is_active, "Whether partners may be in it at present.")
    members: Listing["ProgramMember"] = many(paths.PROGRAM_MEMBERS, "Who is in it.")


@shows(model.ProgramMember, "A company that is in a partner program.")
class ProgramMember(Synced):
    """A member."""

    record: AccountRecord | None = one(
        paths.MEMBER_RECORD, "The company's account record; null where the hub has not read it."
    )
    program: ProgramRecord | None = one(paths.MEMBER_PROGRAM, "The program; null where the hub has not read it.")
    level: ProgramLevel | None = one(paths.MEMBER_LEVEL, "The level; null where it has none.")


@shows(model.FundAllocation, "A part of a marketing budget, given to a partner.")
class FundAllocation(Synced):
    """An allocation."""

    title: str = column(model.FundAllocation.title, 'The title, such as "Q1".')
    amount: Money | None = money(model.FundAllocation.amount, model.FundAllocation.currency, "How much it is.")
    record: AccountRecord | None = one(
        paths.ALLOCATION_RECORD, "The partner's account record; null where the hub has not read it."
    )


@shows(model.FundBudget, "Money set aside for marketing with a partner.")
class FundBudget(Synced):
    """A budget."""

    title: str = column(model.FundBudget.title, 'The title, such as "FY26".')
    kind: str | None = column(model.FundBudget.kind, 'The source\'s own word, such as "MDF".')
    amount: Money | None = money(model.FundBudget.amount, model.FundBudget.currency, "How much it is.")
    starts_on: date | None = column(model.FundBudget.starts_on, "Its first day.")
    ends_on: date | None = column(model.FundBudget.ends_on, "Its last day.")
    allocations: Listing[FundAllocation] = many(paths.BUDGET_ALLOCATIONS, "Its parts.")


@shows(model.FundClaim, "What a partner wants back after it spent.")
class FundClaim(Synced):
    """A claim."""

    title: str = column(model.FundClaim.title, 'The title, such as "Invoice of the venue".')
    status: str | None = column(model.FundClaim.status, 'How far it is, in the source\'s words, such as "Paid".')
    amount: Money | None = money(model.FundClaim.amount, model.FundClaim.currency, "How much is claimed.")
    request: Optional["FundRequest"] = one(paths.CLAIM_REQUEST, "What was asked for before; null where it names none.")


@shows(model.FundRequest, "What a partner asks for before it spends.")
class FundRequest(Synced):
    """A request."""

    title: str = column(model.FundRequest.title, 'The title, such as "Spring roadshow".')
    status: str | None = column(model.FundRequest.status, 'How far it is, in the source\'s words, such as "Approved".')
    activity: str | None = column(model.FundRequest.activity, 'What it is for, such as "Event".')
    requested_amount: Money | None = money(
        model.FundRequest.requested_amount, model.FundRequest.currency, "How much is asked for."
    )
    amount: Money | None = money(model.FundRequest.amount, model.FundRequest.currency, "How much is granted.")
    budget: FundBudget | None = one(paths.REQUEST_BUDGET, "The budget it draws on; null where it names none.")
    claims: Listing[FundClaim] = many(paths.REQUEST_CLAIMS, "What was claimed for it.")


@strawberry.type
class PartnerProgramQueries:
    """What can be asked of partner programs."""

    programs: Listing[ProgramRecord] = many(paths.PROGRAMS, "The partner programs that the viewer's connections name.")
