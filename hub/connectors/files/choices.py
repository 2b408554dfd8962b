"""What each column of a file holds: as a person tells it, else as it was saved, else as it is guessed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.connectors.files.columns import FIELDS, guessed_columns
from hub.errors import InputError

CUSTOM = "custom"
"""The column is kept as a custom field."""
IGNORED = "-"
"""The column is left out: its cells are not stored."""

_TOLD_HEADERS = 20

Choices = dict[str, str]
"""Header → the field that the column holds, CUSTOM or IGNORED."""


class Difference(NamedTuple):
    """How the headers of a file differ from those of a saved mapping."""

    new: list[str]
    gone: list[str]


def told(options: Iterable[str]) -> Choices:
    """What options such as "Firma=name" or "Notes=-" say. Raises InputError."""
    choices: Choices = {}
    for option in options:
        header, equals, choice = (part.strip() for part in option.rpartition("="))
        if not (header and equals):
            raise InputError(f"A column is told as HEADER=FIELD, such as Firma=name, not {option!r}.")
        name = " ".join(header.split())
        if name in choices:
            raise InputError(f"The column {name!r} is told twice.")
        choices[name] = choice
    _check(choices)
    return choices


def chosen(
    headers: Sequence[str], rows: Sequence[Sequence[str]], told: Mapping[str, str], saved: Mapping[str, str]
) -> Choices:
    """A choice for each header, none of them saying two columns hold the same field."""
    _refuse_absent(told, headers)
    choices = dict(told)
    for header in headers:
        choice = saved.get(header)
        if choice is not None and header not in choices and not (choice in FIELDS and choice in choices.values()):
            choices[header] = choice
    taken = {choice: header for header, choice in choices.items() if choice in FIELDS}
    guessed = guessed_columns(headers, rows, taken, frozenset(choices))
    fields = {header: field for field, header in guessed.items()}
    return {header: choices.get(header) or fields.get(header, CUSTOM) for header in headers}


def kept(headers: Sequence[str], choices: Mapping[str, str]) -> Choices:
    """The choices of a connection for a later version of its file: columns that are new there are custom fields.

    Raises InputError where a column that holds a field is gone.
    """
    _check(choices)
    _refuse_absent({header: choice for header, choice in choices.items() if choice in FIELDS}, headers)
    return {header: choices.get(header, CUSTOM) for header in headers}


def closest(headers: Sequence[str], saved: Iterable[Mapping[str, str]]) -> Mapping[str, str] | None:
    """Of saved mappings, the latest first, the one that differs least and has a header of these; None without one."""
    akin = [choices for choices in saved if choices.keys() & set(headers)]
    return min(akin, key=lambda choices: len(choices.keys() ^ set(headers)), default=None)


def difference(headers: Sequence[str], saved: Mapping[str, str]) -> Difference:
    """The headers that a saved mapping does not know, and those it has beyond these."""
    return Difference(
        new=[header for header in headers if header not in saved],
        gone=sorted(header for header in saved if header not in headers),
    )


def told_headers(headers: Sequence[str]) -> str:
    """The first headers, for a message."""
    more = f" and {len(headers) - _TOLD_HEADERS} more" if len(headers) > _TOLD_HEADERS else ""
    return ", ".join(headers[:_TOLD_HEADERS]) + more


def _check(choices: Mapping[str, str]) -> None:
    known = (*FIELDS, CUSTOM, IGNORED)
    for header, choice in choices.items():
        if choice not in known:
            raise InputError(
                f"There is no field {choice!r} for the column {header!r}. A column is: {', '.join(known)}."
            )
        same = [other for other, its in choices.items() if its == choice in FIELDS]
        if len(same) > 1:
            raise InputError(f"Only one column can be the {choice}: {' or '.join(map(repr, same))}?")


def _refuse_absent(choices: Mapping[str, str], headers: Sequence[str]) -> None:
    absent = [header for header in choices if header not in headers]
    if absent:
        raise InputError(
            f"The file has no column {', '.join(map(repr, absent))}. Its columns: {told_headers(headers)}. "
            "Where it was renamed, connect the file again and tell its columns with --column."
        )
