"""SOQL text cut into words, literals and signs."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hub.sandbox.salesforce.refusal import at


class TokenKind(StrEnum):
    """What a token is."""

    DATETIME = "DATETIME"
    DATE = "DATE"
    NUMBER = "NUMBER"
    STRING = "STRING"
    NAME = "NAME"
    SIGN = "SIGN"
    END = "END"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `at` is where it starts."""

    kind: TokenKind
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or signs."""
        return self.kind in (TokenKind.NAME, TokenKind.SIGN) and self.text.upper() in words


_TOKEN = re.compile(
    r"""
    (?P<DATETIME>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d))
    |(?P<DATE>\d{4}-\d\d-\d\d)
    |(?P<NUMBER>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<STRING>'(?:[^'\\]|\\.)*')
    |(?P<NAME>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)
    |(?P<SIGN><=|>=|!=|<>|[=<>(),:])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"\s*")


def tokens(soql: str) -> list[Token]:
    """All tokens of a query, then one that says it ends."""
    found: list[Token] = []
    position = _skipped(soql, 0)
    while position < len(soql):
        match = _TOKEN.match(soql, position)
        if match is None:
            raise at(soql, position, "MALFORMED_QUERY", f"unexpected token: '{soql[position]}'")
        found.append(Token(TokenKind(match.lastgroup or ""), match.group(), position))
        position = _skipped(soql, match.end())
    return [*found, Token(TokenKind.END, "<EOF>", len(soql))]


def _skipped(soql: str, position: int) -> int:
    match = _SPACE.match(soql, position)
    return match.end() if match else position


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def unquoted(token: Token, soql: str) -> str:
    r"""The text that a string literal means. `\%` and `\_` stay as they are: only LIKE gives them a meaning."""

    def character(match: re.Match[str]) -> str:
        letter = match.group(1)
        if letter in "%_":
            return match.group()
        if letter.lower() not in _ESCAPES:
            raise at(soql, token.at + 1 + match.start(), "MALFORMED_QUERY", f"illegal escape: '\\{letter}'")
        return _ESCAPES[letter.lower()]

    return _ESCAPE.sub(character, token.text[1:-1])
