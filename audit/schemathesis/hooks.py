"""What schemathesis cannot know of the hub."""

import json
import os
from typing import Any

import schemathesis
from graphql import DocumentNode, FieldNode, Visitor, parse, print_ast, visit

OURS = {"INVALID_CURSOR", "CURSOR_EXPIRED", "COST_EXCEEDED", "LIMIT_EXCEEDED"}
"""Codes of ours that a client can mend. It knows Apollo's only, and takes any other for a failure of the server."""

BACKWARD = {"last", "before", "after"}
"""A page is asked for from one end, and cursors cannot be made up: with these, no document would come to data."""


@schemathesis.hook
def after_call(context: object, case: object, response: schemathesis.Response) -> None:
    """Tell schemathesis our codes by Apollo's word for them."""
    answer = json.loads(response.content)
    for error in answer.get("errors", ()):
        if error["extensions"]["code"] in OURS:
            error["extensions"]["code"] = "BAD_USER_INPUT"
    response.content = json.dumps(answer).encode()


def map_body(context: object, body: DocumentNode) -> DocumentNode:
    """Two of three documents ask for first pages only; the third keeps whatever was made up."""
    return body if len(print_ast(body)) % 3 == 0 else visit(body, _FirstPages())


if os.environ["MODE"] == "positive":  # of a wrong document, this would mend what is wrong
    schemathesis.hook(map_body)


class _FirstPages(Visitor):
    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        arguments = node.arguments or ()
        if not {"first", "last"} & {each.name.value for each in arguments}:
            return None
        kept = tuple(each for each in arguments if each.name.value not in {*BACKWARD, "first"})
        return FieldNode(
            alias=node.alias,
            name=node.name,
            directives=node.directives,
            selection_set=node.selection_set,
            arguments=(*kept, _FIRST),
        )


_FIRST = parse("{ list(first: 20) }").definitions[0].selection_set.selections[0].arguments[0]  # type: ignore[attr-defined]
