"""The companies taking part."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import NotFound
from hub.model import Organization, Partnership, PartnershipType, Program, Tier


async def home(session: AsyncSession) -> Organization:
    """The organization whose hub this is; raises NotFound before `hub init`."""
    organization = await session.scalar(select(Organization).where(Organization.is_home))
    if organization is None:
        raise NotFound("The hub has no organization yet: say whose it is with `hub init NAME`.")
    return organization


async def named(session: AsyncSession, name: str) -> Organization:
    """The organization of this name; raises NotFound."""
    organization = await session.scalar(select(Organization).where(Organization.name == name))
    if organization is None:
        raise NotFound(f"There is no organization {name!r}.")
    return organization


async def settle(session: AsyncSession, name: str, domain: str | None) -> UUID:
    """The home organization, of this name and domain from now on."""
    organization = await session.scalar(select(Organization).where(Organization.is_home))
    if organization is None:
        organization = Organization(name=name, is_home=True)
        session.add(organization)
    organization.name, organization.domain = name, domain
    await session.flush()
    return organization.id


async def partner(
    session: AsyncSession,
    name: str,
    *,
    domain: str | None = None,
    types: Sequence[PartnershipType] = (),
    tier_id: UUID | None = None,
    since: date | None = None,
) -> UUID:
    """The organization of this name, as a partner of the home organization, with what is newly known of it."""
    ours = (await home(session)).id
    new = insert(Organization).values(name=name, domain=domain, is_home=False)
    known = new.on_conflict_do_update(
        index_elements=["name"], set_={"domain": new.excluded.domain if domain else Organization.domain}
    )
    partner_id = (await session.execute(known.returning(Organization.id))).scalar_one()
    if partner_id != ours:
        told = {"types": list(types), "tier_id": tier_id, "since": since}
        partnership = insert(Partnership).values(organization_id=ours, partner_id=partner_id, **told)
        given = {column: value for column, value in told.items() if value}
        update = partnership.on_conflict_do_update(
            index_elements=["organization_id", "partner_id"], set_=given or {"types": Partnership.types}
        )
        await session.execute(update)
    return partner_id


async def program(session: AsyncSession, name: str, tiers: Sequence[str]) -> dict[str, UUID]:
    """The home organization's program of this name with these tiers, from the lowest; their ids by name."""
    ours = (await home(session)).id
    of_program = insert(Program).values(organization_id=ours, name=name)
    program_id = (
        await session.execute(
            of_program.on_conflict_do_update(
                index_elements=["organization_id", "name"], set_={"name": of_program.excluded.name}
            ).returning(Program.id)
        )
    ).scalar_one()
    rows = [{"program_id": program_id, "name": tier, "rank": rank} for rank, tier in enumerate(tiers, 1)]
    of_tiers = insert(Tier).values(rows)
    found = await session.execute(
        of_tiers.on_conflict_do_update(
            index_elements=["program_id", "name"], set_={"rank": of_tiers.excluded.rank}
        ).returning(Tier.name, Tier.id)
    )
    return {row.name: row.id for row in found}
