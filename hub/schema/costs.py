"""What fields cost, declared where they are: IBM's cost directives (https://ibm.github.io/graphql-specs/cost-spec.html).

What is declared here is in the SDL for clients to read, and `weights` reads the very same for the hub.
"""

import strawberry
from strawberry import UNSET
from strawberry.schema_directive import Location

TOTAL = 10
"""A total looks at every row of its list."""
SEARCH = 10
"""`contains` reads an index of three-letter groups, or the rows, where an equality reads one key."""
RELATED = 5
"""A condition on related rows is a sub-select."""
SYNC = 50
"""It starts work that goes on in the background."""
WRITING = 50
"""The same."""
MAPPING = 500
"""It looks at every record."""
EXPLAINING = 500
"""The same."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.INPUT_FIELD_DEFINITION],
    name="cost",
    description="What it costs to use this once. Without it an object costs 1, anything else nothing.",
)
class Cost:
    """IBM's directive."""

    weight: str = strawberry.directive_field(name="weight")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many rows a list has when what is asked is weighed.",
)
class ListSize:
    """IBM's directive."""

    assumed_size: int | None = strawberry.directive_field(name="assumedSize", default=UNSET)
    slicing_arguments: list[str] | None = strawberry.directive_field(name="slicingArguments", default=UNSET)
    sized_fields: list[str] | None = strawberry.directive_field(name="sizedFields", default=UNSET)
    require_one_slicing_argument: bool | None = strawberry.directive_field(
        name="requireOneSlicingArgument", default=True
    )


def cost(weight: int) -> Cost:
    """The directive of this weight."""
    return Cost(weight=str(weight))


def assumed(size: int) -> ListSize:
    """The directive of a list that nobody sizes."""
    return ListSize(assumed_size=size, require_one_slicing_argument=False)


PAGED = ListSize(
    slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"], require_one_slicing_argument=UNSET
)
"""The directive of a list that comes a page at a time."""
