import pytest

from hub.errors import InputError
from hub.schema.differences import Difference, Weight, differences
from hub.schema.sdl import sdl

OLD = """
directive @tag(name: String) on FIELD
type Query {
  name: String
  gone: String @deprecated(reason: "Use name. Removal after 2027-06-01.")
  list(first: Int, after: String, offset: Int @deprecated(reason: "Use after.")): Old @deprecated(reason: "Use name.")
  kept(first: Int, offset: Int @deprecated(reason: "Use first."), filter: Filter): Color
}
type Old { id: ID }
input Filter { name: String, old: Float @deprecated(reason: "Use name.") }
enum Color { RED BLUE GREEN @deprecated(reason: "Use BLUE.") }
"""


@pytest.mark.parametrize(
    ("change", "weight", "told"),
    [
        (("  name: String\n", ""), Weight.BREAKING, "Field Query.name was removed."),
        (("  name: String\n", "  name: Int\n"), Weight.BREAKING, "Field Query.name changed type from String to Int."),
        (("RED ", ""), Weight.BREAKING, "Enum value Color.RED was removed."),
        (("kept(first: Int", "kept(first: Int!"), Weight.BREAKING, "Argument Query.kept(first:) has changed type from"),
        (("kept(first: Int", "kept(first: Int, q: ID!"), Weight.BREAKING, "A required argument Query.kept(q:) was add"),
        (("directive @tag(name: String) on FIELD", ""), Weight.BREAKING, "Directive @tag was removed."),
        (("type Old { id: ID }", "interface Old { id: ID }"), Weight.BREAKING, "Old changed from an Object type to an"),
        (("  gone: String @deprecated(reason", "  # "), Weight.ANNOUNCED, "Field Query.gone was removed."),
        (("gone: String", "gone: Int"), Weight.ANNOUNCED, "Field Query.gone changed type from String to Int."),
        (("list(first: Int, ", "list("), Weight.ANNOUNCED, "Argument Query.list(first:) was removed."),
        ((', offset: Int @deprecated(reason: "Use first.")', ""), Weight.ANNOUNCED, "Argument Query.kept(offset:) was"),
        (('GREEN @deprecated(reason: "Use BLUE.")', ""), Weight.ANNOUNCED, "Enum value Color.GREEN was removed."),
        (("RED", "PINK RED"), Weight.DANGEROUS, "Enum value Color.PINK was added."),
        (("  name: String\n", "  name: String\n  more: Int\n"), Weight.SAFE, "Field Query.more was added."),
    ],
)
def test_a_difference_weighs_what_it_does_to_clients(change, weight, told):
    [found] = differences(OLD, OLD.replace(*change, 1))

    assert found.weight is weight
    assert found.told.startswith(told)


def test_a_type_may_go_with_the_deprecated_fields_that_lead_to_it():
    by_list = '  list(first: Int, after: String, offset: Int @deprecated(reason: "Use after.")): Old'
    new = OLD.replace(by_list + ' @deprecated(reason: "Use name.")\n', "").replace("type Old { id: ID }", "")
    assert "Old" not in new

    found = differences(OLD, new)
    assert Difference(Weight.ANNOUNCED, "Old was removed.") in found
    assert {each.weight for each in found if "ID" not in each.told} == {Weight.ANNOUNCED}

    assert Difference(Weight.BREAKING, "Old was removed.") in differences(OLD.replace("name: String", "name: Old"), new)


def test_a_scalar_that_only_deprecated_members_had_may_go_with_them():
    found = differences(OLD, OLD.replace(', old: Float @deprecated(reason: "Use name.")', ""))

    assert [each.weight for each in found] == [Weight.ANNOUNCED] * 2
    assert [each.told.partition(" was")[0] for each in found] == ["Field Filter.old", "Standard scalar Float"]


def test_the_worst_comes_first_and_descriptions_differ_freely():
    new = OLD.replace("  name: String\n", '  "Told anew." more: Int\n').replace(
        "BLUE GREEN", '"Told anew." BLUE PINK GREEN'
    )

    assert [each.weight for each in differences(OLD, new)] == [Weight.BREAKING, Weight.DANGEROUS, Weight.SAFE]


def test_the_schema_does_not_differ_from_itself():
    assert differences(sdl(), sdl()) == []


@pytest.mark.parametrize("text", ["", "type", "type Query { a: Nothing }", "{ accounts }"])
def test_what_is_no_schema_is_told_in_a_line(text):
    with pytest.raises(InputError, match=r"^The new schema cannot be read: [^\n]+$"):
        differences(OLD, text)
