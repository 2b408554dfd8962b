"""What is told about connectors and commands is there, and the tutorial of connectors does what it says."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from sybil import Document, Example, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer
from typer.testing import CliRunner

from hub.cli import COMMANDS, app
from hub.connectors.conformance.project import project_of
from hub.connectors.conformance.understanding import HEADINGS
from hub.connectors.registry import BUILT_IN, named

DOCS = Path(__file__).parents[1] / "docs"
TUTORIAL = DOCS / "add-a-connector.md"
PROJECT = Path("hub-connector-acorn")

FENCES = RawFencedCodeBlockLexer(
    re.compile(r'(?P<language>\w+)(?: title="(?P<title>[^"]+)")?(?: instead-of="(?P<instead>[^"]*)")?$\n', re.MULTILINE)
)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_connector_has_a_page_of_credentials_limits_and_what_is_not_read(name):
    folder = project_of(named(name)).folder
    text = (DOCS / "connectors" / f"{folder.name}.md").read_text()
    assert [what for what, heading in HEADINGS.items() if not heading.search(text)] == []


def test_every_command_is_told_of():
    text = (DOCS / "commands.md").read_text()
    assert [command for command in COMMANDS if not re.search(rf"`hub {command}\b", text)] == []


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def run(example: Example) -> None:
    """Each line behind a $ is a command; those below must be in what it prints."""
    output = ""
    for line in example.region.lexemes["source"].splitlines():
        if line.startswith("$ hub "):
            forget_the_connector()
            output = told(*line.split()[2:])
        else:
            assert line.removesuffix(".") in output, output


def forget_the_connector() -> None:
    for name in [name for name in sys.modules if name.startswith("hub_connector_acorn")]:
        del sys.modules[name]


def write(example: Example) -> None:
    """A block with a title is a file, or what takes the place of parts of one."""
    parts, path = example.region.lexemes, PROJECT / example.region.lexemes["title"]
    if parts["instead"] is None:
        path.write_text(parts["source"])
    elif path.suffix == ".toml":
        path.write_text(without_keys(path.read_text(), parts["instead"].split(), parts["source"]))
    else:
        path.write_text(without_names(path.read_text(), set(parts["instead"].split()), parts["source"]))


def without_keys(text: str, keys: list[str], block: str) -> str:
    for key, line in zip(keys, block.splitlines(), strict=True):
        text, count = re.subn(rf"^{key} = .*$", lambda _, line=line: line, text, flags=re.MULTILINE)
        assert count == 1, key
    return text


def without_names(text: str, names: set[str], block: str) -> str:
    """The imports of the block behind those there are, and the rest where the first of these definitions was."""
    lines, body = text.splitlines(), ast.parse(text).body
    gone = [node for node in body if names_of(node) & names]
    assert set().union(*map(names_of, gone)) == names
    gone += [told for node, told in pairwise(body) if node in gone and isinstance(told, ast.Expr)]  # docstrings
    place = gone[0].lineno if gone else len(lines) + 1
    imported = max(node.end_lineno for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    new = block.splitlines()
    first = next(n.lineno for n in ast.parse(block).body if not isinstance(n, ast.Import | ast.ImportFrom))
    kept = {number for node in gone for number in range(node.lineno, node.end_lineno + 1)}
    merged: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        merged += new[first - 1 :] if number == place else []
        merged += [line] if number not in kept else []
        merged += new[: first - 1] if number == imported else []
    return "\n".join(merged) + "\n"


def names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {node.name} if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else set()


def blocks(document: Document) -> Iterator[Region]:
    evaluators: dict[str, Callable[[Example], None]] = {"console": run, "python": write, "toml": write, "json": write}
    for region in FENCES(document):
        region.evaluator = evaluators.get(region.lexemes["language"])
        yield region


def test_the_tutorial_of_connectors_leads_to_silver(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path / PROJECT), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    metadata = tmp_path / PROJECT / "hub_connector_acorn-0.1.0.dist-info"
    document = Document.parse(str(TUTORIAL), blocks)
    for number, example in enumerate(document.examples()):
        example.evaluate()
        if number == 0:  # from here on it counts as installed
            metadata.mkdir()
            (metadata / "entry_points.txt").write_text("[hub.connectors]\nacorn = hub_connector_acorn:CONNECTOR\n")
    forget_the_connector()
    assert number > 10
