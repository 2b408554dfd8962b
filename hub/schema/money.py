"""Money, exact, in the currency that the source says."""

from decimal import Decimal
from typing import Any

import strawberry

from hub.model.base import Attribute
from hub.schema.costs import cost
from hub.schema.fields import COLUMN


@strawberry.type(description="An amount of money, as the source said it.")
class Money:
    """An amount of money."""

    amount: Decimal = strawberry.field(description='The exact amount, such as "1200.50".')
    currency: str | None = strawberry.field(
        description='The currency by ISO 4217, such as "EUR"; null where the source names none.'
    )


def money(amount: Attribute, currency: Attribute, description: str) -> Any:
    """A field that shows two columns as money."""

    def resolve(root: Any) -> Any:
        value = getattr(root.row, amount.key)
        return None if value is None else Money(amount=value, currency=getattr(root.row, currency.key))

    del resolve.__annotations__["return"]
    columns = {COLUMN: (amount, currency)}
    return strawberry.field(resolver=resolve, description=description, metadata=columns, directives=[cost(0)])
