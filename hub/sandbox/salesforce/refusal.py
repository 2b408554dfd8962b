"""What Salesforce answers instead of an answer: a status, a code and a message."""

import re
from collections.abc import Mapping

from hub.errors import InputError


class Refusal(InputError):
    """A request that is not answered as asked. The data API sends it as an array of one error."""

    def __init__(self, status: int, code: str, message: str, fields: tuple[str, ...] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.fields = fields

    def body(self) -> list[Mapping[str, object]]:
        """The error as the data API spells it."""
        error: dict[str, object] = {"message": str(self), "errorCode": self.code}
        if self.fields is not None:
            error["fields"] = list(self.fields)
        return [error]


class OAuthRefusal(InputError):
    """A token that is not granted. OAuth endpoints send it as an object."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.error = error

    def body(self) -> Mapping[str, str]:
        """The error as the OAuth endpoints spell it."""
        return {"error": self.error, "error_description": str(self)}


NOT_FOUND = "The requested resource does not exist"
_SURROUNDINGS = 30
"""How many characters of the query are shown on both sides of a mistake, rounded up to whole words."""
_WORD_ENDS = re.compile(r"[\s,]|$")
_WORD_STARTS = re.compile(r"(?:^|[\s,])(?=[^\s,]*$)")


def not_found() -> Refusal:
    """No such resource, object or row."""
    return Refusal(404, "NOT_FOUND", NOT_FOUND)


def at(soql: str, position: int, code: str, problem: str) -> Refusal:
    """A mistake in a query, shown with the text around it."""
    head, tail = soql[: max(0, position - _SURROUNDINGS)], soql[position + _SURROUNDINGS + 1 :]
    start = _first(_WORD_STARTS, head)
    end = len(soql) - len(tail) + _first(_WORD_ENDS, tail)
    row = soql.count("\n", 0, position) + 1
    column = position - (soql.rfind("\n", 0, position) + 1) + 1
    pointer = " " * (position - start) + "^"
    return Refusal(400, code, f"\n{soql[start:end]}\n{pointer}\nERROR at Row:{row}:Column:{column}\n{problem}")


def _first(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return match.end() if match and pattern is _WORD_STARTS else match.start() if match else 0
