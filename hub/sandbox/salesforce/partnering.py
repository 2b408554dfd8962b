"""What only Salesforce knows of partners: whose partner an account is, its place in the program, its funds."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hub.sandbox.world import Entry, Fate


@dataclass(slots=True, kw_only=True)
class AccountPartnerEntry(Entry):
    """An account that is another's partner, at large or in one deal."""

    account_from: str | None
    account_to: str
    role: str | None = None
    is_primary: bool = False
    opportunity: str | None = None
    reverse: str | None = None
    """Id of the same relation, seen from the other side."""


@dataclass(slots=True, kw_only=True)
class RelationEntry(Entry):
    """A person who has to do with an account other than their own."""

    account: str
    contact: str
    roles: str | None = None
    is_active: bool = True
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(slots=True, kw_only=True)
class ProgramEntry(Entry):
    """A partner program."""

    name: str = ""
    category: str | None = None
    is_active: bool = True
    description: str | None = None
    owner: str | None = None


@dataclass(slots=True, kw_only=True)
class LevelEntry(Entry):
    """A step of a program. Rank 1 is the highest."""

    name: str = ""
    program: str = ""
    rank: int | None = None
    benefits: str | None = None


@dataclass(slots=True, kw_only=True)
class MemberEntry(Entry):
    """A partner's place in a program."""

    name: str = ""
    program: str = ""
    level: str | None = None
    partner: str = ""
    """Id of the partner's account."""


@dataclass(slots=True, kw_only=True)
class FundEntry(Entry):
    """Money for a partner's marketing. What all steps from the budget to the claim have in common."""

    title: str = ""
    amount: Decimal | None = None
    partner: str | None = None
    """Id of the partner's account."""
    currency: str | None = None
    owner: str | None = None


@dataclass(slots=True, kw_only=True)
class BudgetEntry(FundEntry):
    """What a partner may get in a year."""

    kind: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(slots=True, kw_only=True)
class AllocationEntry(FundEntry):
    """A part of a budget set aside."""

    budget: str | None = None


@dataclass(slots=True, kw_only=True)
class FundRequestEntry(FundEntry):
    """What a partner asks for, for something it plans. The amount is what was granted."""

    status: str | None = None
    activity: str | None = None
    requested: Decimal | None = None
    budget: str | None = None
    allocation: str | None = None
    campaign: str | None = None
    desired_outcome: str | None = None


@dataclass(slots=True, kw_only=True)
class ClaimEntry(FundEntry):
    """What a partner spent of what it was granted, and wants back."""

    status: str | None = None
    budget: str | None = None
    allocation: str | None = None
    request: str | None = None


@dataclass(slots=True, kw_only=True)
class Partnering:
    """All of it, each list in the order of creation."""

    account_partners: list[AccountPartnerEntry] = field(default_factory=list)
    relations: list[RelationEntry] = field(default_factory=list)
    programs: list[ProgramEntry] = field(default_factory=list)
    levels: list[LevelEntry] = field(default_factory=list)
    members: list[MemberEntry] = field(default_factory=list)
    budgets: list[BudgetEntry] = field(default_factory=list)
    allocations: list[AllocationEntry] = field(default_factory=list)
    requests: list[FundRequestEntry] = field(default_factory=list)
    claims: list[ClaimEntry] = field(default_factory=list)

    def member(self, account: str) -> MemberEntry | None:
        """The place of an account in the program."""
        live = (member for member in self.members if member.fate is Fate.LIVE)
        return next((member for member in live if member.partner == account), None)

    def level(self, member: MemberEntry) -> LevelEntry | None:
        """The step that a member has reached."""
        return next((level for level in self.levels if level.id == member.level), None)
