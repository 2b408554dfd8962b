"""A request, read: what an answer is worked out from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import QueryParams

from hub.sandbox.hubspot.refusal import invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    path: Mapping[str, str]
    query: QueryParams
    body: bytes
    version: str

    def json(self) -> dict[str, Any]:
        """The body as an object."""
        content = self.any_json()
        if not isinstance(content, dict):
            raise invalid("Invalid input JSON: the body must be an object")
        return content

    def any_json(self) -> Any:
        """The body, whatever it holds."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise invalid(f"Invalid input JSON: {error}") from error

    def names(self, parameter: str) -> tuple[str, ...]:
        """A list of the query string: separated by commas, or the parameter repeated."""
        return tuple(name for name in ",".join(self.query.getlist(parameter)).split(",") if name)

    def is_set(self, parameter: str) -> bool:
        """A flag of the query string."""
        return self.query.get(parameter, "").lower() == "true"

    def limit(self, default: int, most: int) -> int:
        """How many results are asked for."""
        return within(self.query.get("limit", str(default)), most, "limit")

    def after(self) -> int:
        """The id after which to go on; 0 from the start."""
        given = self.query.get("after", "0")
        if not given.isdecimal():
            raise invalid(f"Invalid cursor: {given}")
        return int(given)


def within(given: object, most: int, name: str) -> int:
    """`given` as a number from 1 to `most`."""
    if not str(given).isdecimal() or not 1 <= int(str(given)) <= most:
        raise invalid(f"{name} must be a number between 1 and {most}, but was {given}")
    return int(str(given))
