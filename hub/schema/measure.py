"""How large an operation is, and what it costs. Each fragment is measured once, so that measuring takes linear time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)

from hub.schema.amounts import NOTHING, Amount, Rows, Size, Step, Variables, total
from hub.schema.costs import ListSize
from hub.schema.weights import ANYTHING, INTROSPECTED_PER_POINT, FieldWeight, Given, InputWeight, Weights

MOST_LEVELS = 100
"""How far the measuring itself descends, fragments and all: what is deeper is too deep, whatever is in it."""
MOST_VALUES = 2_000
"""How many values the measuring itself looks at; more are too many, whatever they are."""
MOST_DIGITS = 10
"""A longer number is not converted: nothing that we count is as large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The size of one operation. Fields are counted as often as fragments spread them, the rest as written."""

    tokens: int
    definitions: int
    depth: int
    levels: int
    """How far selections are nested, those of fragments and of introspection among them."""
    lists: int
    """How many lists stand within one another."""
    fields: int
    root_fields: int
    aliases: int
    directives: int
    directives_together: int
    """The most at one place."""
    variables: int
    values: int
    """How many values are written in it, lists and objects among them."""
    values_depth: int
    introspected: int
    """How many things of the schema introspection tells, about."""
    amount: Amount
    steps: tuple[Step, ...]
    defaults: Mapping[str, Any]
    """Of variables."""

    def cost(self, variables: Variables | None) -> int:
        """What the operation costs with these variables, as JSON gave them. `@skip` and `@include` save nothing."""
        if not self.steps:
            return self.amount.constant
        given = {**self.defaults, **(variables or {})}
        values: list[int] = []
        for step in self.steps:
            values.append(step.value(given, values))
        return self.amount.value(values)


def measured(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    weights: Weights,
) -> Measure:
    """The measure of an operation of a document, valid or not."""
    walk = _Walk(weights, fragments)
    defined = operation.variable_definitions or ()
    for each in (operation, *defined):
        walk.note_directives(each)
    for each in defined:
        walk.given(ANYTHING, each.default_value)
    root = walk.selection(weights.roots.get(operation.operation.value, ""), operation.selection_set)
    return Measure(
        tokens=getattr(document, "token_count", 0),
        definitions=len(document.definitions),
        depth=root.depth,
        levels=root.levels,
        lists=root.lists,
        fields=root.fields,
        root_fields=root.width,
        aliases=walk.aliases,
        directives=walk.directives,
        directives_together=walk.directives_together,
        variables=len(defined),
        values=walk.values,
        values_depth=walk.values_depth,
        introspected=walk.introspected,
        amount=total((root.flat, root.each_row)),
        steps=tuple(walk.steps),
        defaults={
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in defined
            if each.default_value
        },
    )


@dataclass(frozen=True, slots=True)
class _Extent:
    """The size of a selection."""

    depth: int = 0
    levels: int = 0
    """How many selections stand within one another, this one and those of fragments among them."""
    lists: int = 0
    width: int = 0
    """How many fields it has, not counting what is in them."""
    fields: int = 0
    flat: Amount = NOTHING
    each_row: Amount = NOTHING
    """What comes on top for each row of the list that the selection is made on."""


_LEAF = _Extent(depth=1, width=1, fields=1)
_TYPENAME = _Extent(width=1, fields=1)


@dataclass(slots=True)
class _Walk:
    weights: Weights
    fragments: Mapping[str, FragmentDefinitionNode]
    steps: list[Step] = field(default_factory=list)
    aliases: int = 0
    directives: int = 0
    directives_together: int = 0
    values: int = 0
    values_depth: int = 0
    introspected: int = 0
    _level: int = 0
    _known: dict[str, _Extent] = field(default_factory=dict)
    _variables: dict[tuple[str, str], int] = field(default_factory=dict)

    def note_directives(self, node: Any) -> None:
        here = len(node.directives or ())
        self.directives += here
        self.directives_together = max(self.directives_together, here)

    def selection(self, type_: str, selected: SelectionSetNode | None) -> _Extent:
        """The extent of what is selected in a type."""
        if selected is None:
            return _Extent()
        if self._level >= MOST_LEVELS:
            return _Extent(depth=MOST_LEVELS, levels=MOST_LEVELS)
        self._level += 1
        parts = [self._part(type_, node) for node in selected.selections]
        self._level -= 1
        return _Extent(
            max((part.depth for part in parts), default=0),
            max((part.levels for part in parts), default=0) + 1,
            max((part.lists for part in parts), default=0),
            sum(part.width for part in parts),
            sum(part.fields for part in parts),
            total(part.flat for part in parts),
            total(part.each_row for part in parts),
        )

    def _part(self, type_: str, node: SelectionNode) -> _Extent:
        self.note_directives(node)
        if isinstance(node, FieldNode):
            return self._field(self.weights.field(type_, node.name.value), node)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        condition = node.type_condition if isinstance(node, InlineFragmentNode) else None
        return self.selection(condition.name.value if condition else type_, getattr(node, "selection_set", None))

    def _fragment(self, name: str) -> _Extent:
        if name not in self._known:
            self._known[name] = _Extent()  # for fragments that spread themselves, which another rule refuses
            if fragment := self.fragments.get(name):
                self.note_directives(fragment)
                self._known[name] = self.selection(fragment.type_condition.name.value, fragment.selection_set)
        return self._known[name]

    def _field(self, weight: FieldWeight, node: FieldNode) -> _Extent:
        self.aliases += node.alias is not None
        if not (node.selection_set or node.arguments or weight.weight):
            return _TYPENAME if node.name.value == "__typename" else _LEAF
        inner = self.selection(weight.type, node.selection_set)
        if node.name.value.startswith("__"):  # of introspection, depth has a limit of its own
            told = total((inner.flat, inner.each_row)).constant
            self.introspected += told
            cost = Amount(weight.weight + told // INTROSPECTED_PER_POINT)
            return _Extent(levels=inner.levels, width=1, fields=inner.fields + 1, flat=cost)
        is_list = (weight.is_list and not weight.is_sized and weight.type != "") or weight.size is not None
        extent = (inner.depth + 1, inner.levels, inner.lists + is_list, 1, inner.fields + 1)
        if weight.is_sized:
            return _Extent(*extent, each_row=total((inner.flat, inner.each_row)))
        return _Extent(*extent, flat=self._amount(weight, node.arguments or (), inner))

    def _amount(self, weight: FieldWeight, arguments: Sequence[ArgumentNode], inner: _Extent) -> Amount:
        """What a field costs, with its arguments and what is in it."""
        given = {each.name.value: each.value for each in arguments}
        own = total(self.given(weight.arguments.get(name, ANYTHING), value) for name, value in given.items())
        if weight.size is None:
            return total((own, Amount(weight.weight), inner.flat, inner.each_row))
        size = _size(weight.size, given)
        if weight.size.sized_fields:
            rows = self._rows(size, total((Amount(weight.row), inner.each_row)))
            return total((own, Amount(weight.weight), inner.flat, rows))
        return total((own, self._rows(size, total((Amount(weight.weight), inner.flat, inner.each_row)))))

    def _rows(self, size: Size, each: Amount) -> Amount:
        if not size.variables:
            return each.times(size.written)
        return self._step(Rows(size, each))

    def given(self, part: InputWeight, value: ValueNode | None, depth: int = 0) -> Amount:
        """What an argument, or a part of an input, costs with what is in it."""
        self.values += value is not None
        self.values_depth = max(self.values_depth, depth)
        own = Amount(part.weight)
        if self.values > MOST_VALUES:
            return own
        if isinstance(value, VariableNode) and part.type:
            return total((own, self._variable(value.name.value, part.type)))
        return total((own, *(self.given(inner, each, depth + 1) for inner, each in self._inside(part, value))))

    def _inside(self, part: InputWeight, value: ValueNode | None) -> Iterator[tuple[InputWeight, ValueNode]]:
        """The parts of a list or an object that is written out."""
        if isinstance(value, ListValueNode):
            yield from ((InputWeight(type=part.type), each) for each in value.values)
        elif isinstance(value, ObjectValueNode):
            inputs = self.weights.inputs.get(part.type or "", {})
            yield from ((inputs.get(each.name.value, ANYTHING), each.value) for each in value.fields)

    def _variable(self, name: str, type_: str) -> Amount:
        """The cost of a variable's value, evaluated once however often it is used."""
        if (name, type_) not in self._variables:
            self._variables[name, type_] = self._step(Given(name, type_, self.weights)).terms[0][0]
        return Amount(terms=((self._variables[name, type_], 1),))

    def _step(self, step: Step) -> Amount:
        self.steps.append(step)
        return Amount(terms=((len(self.steps) - 1, 1),))


def _size(size: ListSize, given: Mapping[str, ValueNode]) -> Size:
    """How many rows a list is asked for."""
    sized = [given[name] for name in size.slicing_arguments or () if name in given]
    variables = tuple(each.name.value for each in sized if isinstance(each, VariableNode))
    written = [_written(each) for each in sized if isinstance(each, IntValueNode | ListValueNode)]
    assumed = size.assumed_size or 1
    return Size(max(written, default=0 if variables else assumed), variables, assumed)


def _written(value: IntValueNode | ListValueNode) -> int:
    if isinstance(value, ListValueNode):
        return len(value.values)
    return max(0, int(value.value)) if len(value.value) <= MOST_DIGITS else 10**MOST_DIGITS
