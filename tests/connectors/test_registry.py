"""Connectors of other packages, installed for real: a module and its metadata on the path."""

from pathlib import Path

import pytest

from hub.connectors.base import Connector
from hub.connectors.registry import CONNECTORS, known, named
from hub.errors import ConfigurationError, NotFound

MODULE = """\
from hub.connectors.base import Connector

CONNECTOR = Connector(name={name!r}, streams=(), secrets=frozenset(), source=None, report=None)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(tmp_path)

    def installed(package: str, module: str, *, name: str = "acorn") -> None:
        (tmp_path / f"{package}.py").write_text(module)
        metadata = tmp_path / f"{package}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[hub.connectors]\n{name} = {package}:CONNECTOR\n")

    return installed


def test_a_package_brings_a_connector(install):
    install("acorn_of_a_package", MODULE.format(name="acorn"))
    assert isinstance(CONNECTORS["acorn"], Connector)
    assert "acorn" in CONNECTORS
    assert [each.origin for each in known() if each.name == "acorn"] == ["the package acorn_of_a_package"]


@pytest.mark.parametrize(
    ("package", "module", "told"),
    [
        ("acorn_that_raises", "raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("acorn_unparsed", "def", "SyntaxError"),
        ("acorn_without_one", "", "AttributeError"),
        ("acorn_of_another_name", MODULE.format(name="oak"), "is not a Connector of that name"),
        ("acorn_of_no_kind", "CONNECTOR = 'acorn'", "is not a Connector of that name"),
    ],
)
def test_a_broken_one_is_named_and_harms_nobody_else(install, package, module, told):
    install(package, module)
    assert set(CONNECTORS) >= {"salesforce", "hubspot", "file", "acorn"}
    assert CONNECTORS["salesforce"].name == "salesforce"
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=f"'acorn' of the package {package}.*{told}"):
            CONNECTORS["acorn"]
    assert CONNECTORS.get("acorn") is None


def test_a_package_cannot_take_the_name_of_one_of_the_hubs_own(install):
    install("a_false_hubspot", MODULE.format(name="hubspot"), name="hubspot")
    assert CONNECTORS["hubspot"].streams
    (false,) = [each for each in known() if each.refused]
    with pytest.raises(ConfigurationError, match="a_false_hubspot is not used: the hub has one of that name"):
        false.connector()


def test_of_two_packages_with_one_name_neither_is_used(install):
    install("one_acorn", MODULE.format(name="acorn"))
    install("another_acorn", MODULE.format(name="acorn"))
    with pytest.raises(ConfigurationError, match="several packages bring one of that name"):
        CONNECTORS["acorn"]


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(NotFound, match=r"no connector 'acorn'.*salesforce, hubspot, file"):
        named("acorn")
    assert "acorn" not in CONNECTORS
    assert CONNECTORS.get("acorn") is None
    assert len(CONNECTORS) == len(list(CONNECTORS))
