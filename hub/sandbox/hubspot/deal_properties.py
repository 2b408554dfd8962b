"""What a portal keeps of deals."""

from datetime import date

from hub.sandbox.hubspot.pipelines import DEAL_PIPELINE_ID, stage_id
from hub.sandbox.hubspot.portal import HOME_CURRENCY, Portal
from hub.sandbox.hubspot.property import OWNER, Kind, Property, calculated, category, number, number_spelled, text
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import OpportunityEntry, StageEntry, StageStep


def _stage(entry: OpportunityEntry, portal: Portal) -> StageEntry:
    return next(stage for stage in portal.world.stages if stage.name == entry.stage)


def _write_stage(entry: OpportunityEntry, value: str, portal: Portal) -> None:
    names = {stage_id(stage): stage.name for stage in portal.world.stages}
    if value not in names:
        raise ValueError(f"{value} was not one of the allowed options: {', '.join(names)}")
    if names[value] != entry.stage or not entry.steps:
        entry.steps = [*entry.steps, StageStep(id="", stage=names[value], at=portal.now())]
    entry.stage = names[value]


def _close_date(entry: OpportunityEntry, _: Portal) -> str:
    return f"{entry.close_date.isoformat()}T00:00:00Z"


def _write_close_date(entry: OpportunityEntry, value: str, _: Portal) -> None:
    entry.close_date = date.fromisoformat(value[:10])


def _home_amount(entry: OpportunityEntry, _: Portal) -> str | None:
    return number_spelled(entry.amount) if entry.currency in (None, HOME_CURRENCY) else None


PROPERTIES = (
    text("dealname", "Deal Name", "name"),
    number("amount", "Amount", "amount"),
    text("deal_currency_code", "Currency", "currency", kind=Kind.ENUMERATION),
    calculated("amount_in_home_currency", "Amount in company currency", Kind.NUMBER, _home_amount),
    Property(name="closedate", label="Close Date", kind=Kind.DATETIME, read=_close_date, write=_write_close_date),
    Property(
        name="pipeline", label="Pipeline", kind=Kind.ENUMERATION, external=True, read=lambda entry, _: DEAL_PIPELINE_ID
    ),
    Property(
        name="dealstage",
        label="Deal Stage",
        kind=Kind.ENUMERATION,
        external=True,
        read=lambda entry, portal: stage_id(_stage(entry, portal)),
        write=_write_stage,
    ),
    category("dealtype", "Deal Type", "kind"),
    text("lead_source", "Lead source", "lead_source", custom=True),
    calculated(
        "hs_is_closed", "Is Deal Closed?", Kind.BOOL, lambda entry, portal: str(_stage(entry, portal).is_closed).lower()
    ),
    calculated(
        "hs_is_closed_won",
        "Is Closed Won",
        Kind.BOOL,
        lambda entry, portal: str(_stage(entry, portal).is_won).lower(),
    ),
    calculated(
        "hs_deal_stage_probability",
        "Deal probability",
        Kind.NUMBER,
        lambda entry, portal: str(_stage(entry, portal).probability / 100),
    ),
    OWNER,
)


def stage_dates(portal: Portal) -> list[Property]:
    """When a deal entered each stage of the portal's pipeline."""
    return [_stage_date(stage) for stage in portal.world.stages]


def _stage_date(stage: StageEntry) -> Property:
    def read(entry: OpportunityEntry, _: Portal) -> str | None:
        entered = [step.at for step in entry.steps if step.stage == stage.name]
        return spelled(entered[-1]) if entered else None

    name = f"hs_v2_date_entered_{stage_id(stage)}"
    return calculated(name, f'Date entered "{stage.name}"', Kind.DATETIME, read)
