"""What a person sets a connection to, checked against what its connector declares."""

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import typer

from hub.connectors.base import Connector
from hub.errors import InputError


def given_settings(
    connector: Connector[Any], pairs: Iterable[str], secrets: Collection[str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The settings of KEY=VALUE pairs, and these secrets, from the environment or asked for. Raises InputError."""
    given = dict(_pair(each) for each in pairs)
    _check(connector, given, secrets)
    return given, {key: _secret(connector, key) for key in secrets}


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise InputError(f"--set takes KEY=VALUE, which {key!r} is not.")
    return key, value


def _check(connector: Connector[Any], given: Iterable[str], secrets: Iterable[str]) -> None:
    """Raise InputError for what the connector does not declare, and for a secret on the command line."""
    if not connector.settings:
        raise InputError(f"{connector.name} has a command of its own: see `hub connect --help`.")
    declared = "; ".join(f"{key}: {told}" for key, told in connector.settings.items())
    for key in (*given, *secrets):
        if key not in connector.settings:
            raise InputError(f"{connector.name} has no setting {key!r}. It has {declared}.")
    for key in given:
        if key in connector.secrets:
            raise InputError(f"{key} is a secret, which no shell should remember: give it as --secret {key}.")
    for key in secrets:
        if key not in connector.secrets:
            raise InputError(f"{key} is no secret: give it as --set {key}=…")


def _secret(connector: Connector[Any], key: str) -> str:
    variable = f"HUB_{connector.name}_{key}".upper()
    return os.environ.get(variable) or given_secret(f"{key} ({connector.settings[key]})", variable)


def given_secret(told: str, variable: str) -> str:
    """What a person types unseen; raises InputError where there is no terminal to type at."""
    if not sys.stdin.isatty():
        raise InputError(f"{told} is missing, and there is no terminal to ask for it: set {variable}.")
    return str(typer.prompt(told, hide_input=True))
