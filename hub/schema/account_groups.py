"""Companies that belong together: the level above accounts."""

from decimal import Decimal

import strawberry

from hub import model
from hub.model import Scope
from hub.schema.accounts import Account
from hub.schema.costs import TOTAL, cost
from hub.schema.fields import ELEMENTS, Node, column, one, shows
from hub.schema.filters import AccountFilter, AccountGroupFilter, OpportunityFilter
from hub.schema.money import Money
from hub.schema.opportunities import Opportunity
from hub.schema.orders import AccountGroupOrder, AccountOrder, OpportunityOrder
from hub.schema.paging import Listing, many
from hub.schema.relations import Relation
from hub.schema.scopes import requires
from hub.store import relation_paths as paths


@shows(
    model.AccountGroup,
    "Companies that belong together, such as a parent and its subsidiaries, by the relations that you see. "
    "An account without relations is a group by itself.",
)
class AccountGroup(Node):
    """Related companies."""

    name: str = column(model.AccountGroup.name, "The name of its head.")
    head: Account = one(paths.GROUP_HEAD, "The company above all others: the ultimate parent, as far as it is known.")
    accounts: Listing[Account] = many(
        paths.GROUP_ACCOUNTS, "Its companies, the head among them.", where=AccountFilter, order=AccountOrder
    )
    relations: Listing[Relation] = many(paths.GROUP_RELATIONS, "What holds it together.")
    opportunities: Listing[Opportunity] = many(
        paths.GROUP_OPPORTUNITIES,
        "The deals about any of its companies.",
        where=OpportunityFilter,
        order=OpportunityOrder,
    )

    @strawberry.field(
        description="What the open deals about its companies come to, by currency; a deal about several counts once.",
        metadata={ELEMENTS: model.AccountGroup.amounts},
        directives=[cost(TOTAL), *requires(Scope.OPPORTUNITY_READ)],
    )
    def amounts(self) -> list[Money]:
        return [Money(amount=Decimal(said["amount"]), currency=said["currency"]) for said in self.row.amounts]


@strawberry.type
class AccountGroupQueries:
    """What can be asked of groups of companies."""

    account_groups: Listing[AccountGroup] = many(
        paths.ACCOUNT_GROUPS,
        "The companies that the viewer's connections speak of, at the level of groups.",
        where=AccountGroupFilter,
        order=AccountGroupOrder,
    )
