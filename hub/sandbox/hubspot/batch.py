"""What all batches have in common."""

from collections.abc import Sequence
from typing import Any

from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import invalid
from hub.sandbox.hubspot.stamps import spelled

MOST_INPUTS = 100

Outcome = tuple[int, dict[str, Any]]
"""A status and a body."""


def checked(content: dict[str, Any], most: int = MOST_INPUTS) -> list[dict[str, Any]]:
    """The inputs of a batch, of which there are not too many."""
    inputs = content.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise invalid("Invalid input JSON: some of required attributes are not set [inputs]")
    if len(inputs) > most:
        raise invalid(f"The maximum number of inputs supported in a batch request is {most}")
    return inputs


def answer(portal: Portal, results: Sequence[Any], errors: Sequence[Any], status: int = 200) -> Outcome:
    """The answer to a batch; where some inputs failed it is a 207 that says which."""
    body: dict[str, Any] = {
        "completedAt": spelled(portal.now()),
        "status": "COMPLETE",
        "startedAt": spelled(portal.now()),
        "results": results,
    }
    if not errors:
        return status, body
    return 207, {**body, "errors": errors, "numErrors": len(errors)}
