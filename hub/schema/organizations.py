"""The companies taking part, their partnerships and programs."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.fields import COLUMN, Node, column, one, shows
from hub.schema.filters import ConnectionFilter, OrganizationFilter
from hub.schema.orders import ConnectionOrder, OrganizationOrder
from hub.schema.paging import Listing, many
from hub.store import paths

if TYPE_CHECKING:
    from hub.schema.connections import Connection


@shows(model.Organization, "A company taking part in the hub: it owns connections. Ours, and each partner's.")
class Organization(Node):
    """A company taking part."""

    name: str = column(model.Organization.name, 'The name, such as "Northwind".')
    domain: str | None = column(model.Organization.domain, 'The domain, such as "northwind.example".')
    is_home: bool = column(model.Organization.is_home, "True for the one organization whose hub this is.")
    partnerships: Listing["Partnership"] = many(
        paths.ORGANIZATION_PARTNERSHIPS, "Its relations to other organizations, from either side."
    )
    connections: Listing[Annotated["Connection", strawberry.lazy("hub.schema.connections")]] = many(
        paths.ORGANIZATION_CONNECTIONS,
        "The connections that hold its accounts, whoever owns them.",
        where=ConnectionFilter,
        order=ConnectionOrder,
    )
    programs: Listing["Program"] = many(paths.ORGANIZATION_PROGRAMS, "The partner programs it runs.")


@shows(model.Partnership, "The relation of two organizations; the partner is the other side of one.")
class Partnership(Node):
    """Two organizations that work together."""

    organization: Organization = one(paths.PARTNERSHIP_ORGANIZATION, "The organization whose program or list it is.")
    partner: Organization = one(paths.PARTNERSHIP_PARTNER, "The other side.")
    tier: "Tier | None" = one(paths.PARTNERSHIP_TIER, "The level that the partner has in a program.")
    since: date | None = column(model.Partnership.since, "The day it began, such as 2024-05-01.")

    @strawberry.field(description="What the partner does.", metadata={COLUMN: model.Partnership.types})
    def types(self) -> list[choices.PartnershipType]:
        return [choices.PartnershipType(each) for each in self.row.types]


@shows(model.Program, "A partner program that an organization runs.")
class Program(Node):
    """A partner program."""

    name: str = column(model.Program.name, 'The name, such as "Partner Network".')
    organization: Organization | None = one(paths.PROGRAM_ORGANIZATION, "The organization that runs it.")
    tiers: Listing["Tier"] = many(paths.PROGRAM_TIERS, "Its levels, the highest first.")


@shows(model.Tier, "A level of a program; the higher the rank, the higher the level.")
class Tier(Node):
    """A level of a program."""

    name: str = column(model.Tier.name, 'The name, such as "Gold".')
    rank: int = column(model.Tier.rank, "The higher, the higher the level: 1, 2, 3.")
    program: Program = one(paths.TIER_PROGRAM, "The program it is a level of.")


@strawberry.type
class OrganizationQueries:
    """What can be asked of organizations."""

    organizations: Listing[Organization] = many(
        paths.ORGANIZATIONS,
        "The viewer's organization, its partners, and those whose accounts its connections hold.",
        where=OrganizationFilter,
        order=OrganizationOrder,
    )
