"""`make audit`: what others' software says of the hub and of its sandbox. Exits non-zero on any finding.

python audit/run.py [NAME …]    runs all audits, or those named
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from served import HUB, served
from tools import HERE, Tools, installed, version_of

RELAY, URQL = HERE.parent / "examples" / "relay", HERE.parent / "examples" / "urql"
PATIENCE = 600
"""Seconds that an audit may take."""

console = Console(width=None if sys.stdout.isatty() else 120)


@dataclass(frozen=True)
class Audit:
    """A command whose exit status is its verdict."""

    name: str
    package: str
    """Whose verdict it is."""
    command: str
    folder: Path = HERE
    borrows: tuple[Path, ...] = ()
    """Folders whose packages it runs beside those of its own."""
    needs_hub: bool = True
    tells: bool = True
    """Whether its last line is its result."""


AUDITS = (
    Audit("deprecations", "@graphql-inspector/core", "node audits/deprecations.mjs", needs_hub=False),
    Audit(
        "deprecation-policy",
        "@graphql-inspector/core",
        "node --test audits/policy.test.mjs",
        needs_hub=False,
        tells=False,
    ),
    Audit(
        "relay-compiler",
        "relay-compiler",
        "node node_modules/relay-compiler/cli.js",
        RELAY,
        needs_hub=False,
        tells=False,
    ),
    Audit("codegen", "@graphql-codegen/cli", "npm run generate", URQL, needs_hub=False, tells=False),
    Audit("eslint", "@graphql-eslint/eslint-plugin", "node audits/eslint.mjs", needs_hub=False),
    Audit("graphql-http", "graphql-http", "node audits/graphql-http.mjs"),
    Audit("graphql-cop", "graphql", "node audits/graphql-cop.mjs"),
    Audit("apollo", "@apollo/client", "node audits/apollo.mjs"),
    Audit("urql", "@urql/core", "node audits/urql.mjs"),
    Audit(
        "trusted-documents",
        "@apollo/generate-persisted-query-manifest",
        "node audits/trusted-documents.mjs",
        borrows=(URQL,),
    ),
    Audit("graphql-ws", "graphql-ws", "node audits/graphql-ws.mjs"),
    Audit("graphql-sse", "graphql-sse", "node audits/graphql-sse.mjs"),
    Audit("relay-example", "react-relay", "npm test", RELAY, tells=False),
    Audit("urql-example", "@urql/core", "npm test", URQL),
    Audit("jsforce", "jsforce", "node audits/jsforce.mjs", needs_hub=False),
    Audit("schemathesis", "schemathesis", "python schemathesis/run.py"),
)


@dataclass(frozen=True)
class Outcome:
    """How an audit ended."""

    audit: Audit
    passed: bool
    result: str
    seconds: float


def main(names: list[str]) -> int:
    """0 where there is no finding."""
    unknown = set(names) - {each.name for each in AUDITS}
    if unknown:
        raise SystemExit(f"No such audit: {', '.join(unknown)}. There are: {', '.join(each.name for each in AUDITS)}.")
    chosen = [each for each in AUDITS if not names or each.name in names]
    started = time.monotonic()
    with _prepared(chosen) as (tools, hub):
        ready = time.monotonic() - started
        outcomes = [_outcome(each, tools, hub) for each in chosen]
    console.print(_table(outcomes))
    console.print(f"After {ready:.0f} s to install the tools and to start a hub.", highlight=False)
    return 0 if all(each.passed for each in outcomes) else 1


@contextmanager
def _prepared(audits: list[Audit]) -> Iterator[tuple[Tools, dict[str, str]]]:
    """The tools, and what is told of a hub where one is needed: it starts while they are installed."""
    folders = dict.fromkeys(folder for each in audits for folder in (each.folder, *each.borrows))
    with ExitStack() as stack:
        with ThreadPoolExecutor(1) as pool:
            tools = pool.submit(installed, folders)
            hub = stack.enter_context(_hub()) if any(each.needs_hub for each in audits) else {}
        yield tools.result(), hub


@contextmanager
def _hub() -> Iterator[dict[str, str]]:
    with TemporaryDirectory(prefix="hub-audit-", ignore_cleanup_errors=True) as folder, served(Path(folder)) as hub:
        yield hub


def _outcome(audit: Audit, tools: Tools, hub: dict[str, str]) -> Outcome:
    started = time.monotonic()
    with console.status(f"{audit.name} …"):
        done = subprocess.run(  # noqa: S603 - our own words
            tools.command(audit.command.split()),
            cwd=audit.folder,
            env={**tools.environment, "HUB_COMMAND": HUB, **hub, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    passed = done.returncode == 0
    if not passed:
        console.print(f"[red]✗[/] {audit.name}", highlight=False)
        console.print(done.stdout, markup=False, highlight=False)
    lines = done.stdout.strip().splitlines()
    result = lines[-1].strip() if audit.tells and lines else "passed" if passed else "failed"
    return Outcome(audit, passed, result, time.monotonic() - started)


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("", "Audit", "By", "Result")
    table.add_column("Seconds", justify="right")
    for each in outcomes:
        by = f"{each.audit.package} {version_of(each.audit.package, each.audit.folder)}"
        table.add_row(
            "[green]✓[/]" if each.passed else "[red]✗[/]", each.audit.name, by, each.result, f"{each.seconds:.1f}"
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
