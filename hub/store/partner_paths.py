"""How rows lead to what a source says of partners: see `paths`."""

from hub.model import (
    AccountPartner,
    AccountRecord,
    Base,
    FundAllocation,
    FundBudget,
    FundClaim,
    FundRequest,
    Opportunity,
    ProgramLevel,
    ProgramMember,
    ProgramRecord,
    RecordType,
    Synced,
)
from hub.store.paths import Column, Hop, Path, model_of


def to_one(name: str, left: Column, target: type[Synced]) -> Path:
    """To the row of the same connection whose external id `left` holds."""
    hop = Hop((left.class_.connection_id, left), (target.connection_id, target.external_id))
    return Path(name, _table(target), ((hop,),))


def to_many(name: str, start: type[Synced], right: Column) -> Path:
    """To the rows of the same connection that hold the row's external id in `right`."""
    hop = Hop((start.connection_id, start.external_id), (right.class_.connection_id, right))
    return Path(name, model_of(right), ((hop,),))


def _table(model: type[Synced]) -> type[Base]:
    return model_of(model.external_id)


PROGRAMS = Path("programs", ProgramRecord)

RECORD_PARTNERS = to_many("AccountRecord.partners", AccountRecord, AccountPartner.account_external_id)
RECORD_PROGRAMS = to_many("AccountRecord.programs", AccountRecord, ProgramMember.account_external_id)
RECORD_BUDGETS = to_many("AccountRecord.fundBudgets", AccountRecord, FundBudget.account_external_id)
RECORD_REQUESTS = to_many("AccountRecord.fundRequests", AccountRecord, FundRequest.account_external_id)
RECORD_CLAIMS = to_many("AccountRecord.fundClaims", AccountRecord, FundClaim.account_external_id)

PARTNER_RECORD = to_one("AccountPartner.partner", AccountPartner.partner_external_id, AccountRecord)
MEMBER_RECORD = to_one("ProgramMember.record", ProgramMember.account_external_id, AccountRecord)
MEMBER_PROGRAM = to_one("ProgramMember.program", ProgramMember.program_external_id, ProgramRecord)
MEMBER_LEVEL = to_one("ProgramMember.level", ProgramMember.level_external_id, ProgramLevel)
PROGRAM_MEMBERS = to_many("ProgramRecord.members", ProgramRecord, ProgramMember.program_external_id)

BUDGET_ALLOCATIONS = to_many("FundBudget.allocations", FundBudget, FundAllocation.budget_external_id)
ALLOCATION_RECORD = to_one("FundAllocation.record", FundAllocation.account_external_id, AccountRecord)
REQUEST_BUDGET = to_one("FundRequest.budget", FundRequest.budget_external_id, FundBudget)
REQUEST_CLAIMS = to_many("FundRequest.claims", FundRequest, FundClaim.request_external_id)
CLAIM_REQUEST = to_one("FundClaim.request", FundClaim.request_external_id, FundRequest)

OPPORTUNITY_RECORD_TYPE = to_one("Opportunity.recordType", Opportunity.record_type_external_id, RecordType)
