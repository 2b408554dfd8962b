"""`hub connector`: those there are, a new one, and how good one is."""

import re
from pathlib import Path
from string import Template
from typing import Annotated

import typer
from rich.text import Text

from hub.cli.terminal import Cell, console, plain, run, show_table, tell
from hub.connectors.conformance import Finding, findings, untrue_claims
from hub.connectors.conformance.project import Project, project_of, projects
from hub.connectors.conformance.quality import Level, Quality, Rule, State
from hub.connectors.registry import BUILT_IN, Known, known
from hub.errors import HubError, InputError

app = typer.Typer(help="List, write and check connectors.", no_args_is_help=True, add_completion=False)

SKELETON = Path(__file__).parent / "skeleton"
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@app.command("list")
def list_connectors() -> None:
    """Show every connector, the hub's own and those of installed packages."""
    show_table(
        ("Connector", "From", "Level", "Streams"), [(each.name, each.origin, *_standing(each)) for each in known()]
    )


def _standing(each: Known) -> tuple[Cell, Cell]:
    try:
        streams = ", ".join(stream.name for stream in each.connector().streams)
        level = project_of(each).quality().level()
    except HubError as error:
        return "-", Text(plain(str(error)), "yellow")
    return level or "below bronze", streams


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and underscores, such as acme.")],
    path: Annotated[Path, typer.Option(help="Where to make its folder.")] = Path(),
) -> None:
    """Write the skeleton of a connector: a package of its own, with tests, that reads one stream."""
    folder = _written(name, path)
    console.print(f"Wrote {folder}. Next: `hub connector check {folder}`.", markup=False, soft_wrap=True)


def _written(name: str, path: Path) -> Path:
    if not NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name: lower-case letters, digits and underscores, 2 to 40 of them.")
    if name in BUILT_IN:
        raise InputError(f"The hub has a connector {name!r} already: choose another name.")
    folder = path / f"hub-connector-{name.replace('_', '-')}"
    words = {"name": name, "title": name.replace("_", " ").title(), "distribution": folder.name}
    try:
        folder.mkdir(parents=True)
        for template in sorted(SKELETON.rglob("*.template")):
            _write(template, folder, words)
    except FileExistsError as error:
        raise InputError(f"{folder} is there already.") from error
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from error
    return folder


def _write(template: Path, folder: Path, words: dict[str, str]) -> None:
    place = template.relative_to(SKELETON).with_suffix("").as_posix().replace("NAME", words["name"])
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(template.read_text("utf-8")).substitute(words), "utf-8")


@app.command()
def check(
    what: Annotated[str, typer.Argument(help="A connector's name, or the folder that it is written in.")] = ".",
) -> None:
    """Judge a connector against the vendor that its tests imitate; exit 1 below bronze, and for untrue claims."""
    well = [_is_well(project) for project in projects(what)]
    if not all(well):
        raise typer.Exit(1)


def _is_well(project: Project) -> bool:
    quality, found = project.quality(), run(findings(project.subject()))
    _show_findings(project.known.name, quality, found)
    untrue = untrue_claims(quality, found)
    level = quality.level(lambda rule: rule not in untrue)
    for rule in untrue:
        tell(f"quality.toml says that {rule.name} is done: the kit does not see it.", "red")
    console.print(f"{project.known.name} is {level or 'below bronze'}.", markup=False)
    return level is not None and not untrue


def _show_findings(name: str, quality: Quality, found: list[Finding]) -> None:
    rows = [
        (level, each.rule.name, _mark(each), _claimed(quality, each.rule), each.seen)
        for level in Level
        for each in found
        if each.rule.level == level
    ]
    show_table(("Level", "Rule", "Kit", "Claimed", "What was seen"), rows, title=name)


def _mark(found: Finding) -> Text:
    return {True: Text("✓", "green"), False: Text("✗", "red"), None: Text("-", "dim")}[found.passed]


def _claimed(quality: Quality, rule: Rule) -> str:
    claim = quality.claims[rule.name]
    return claim.state if claim.state == State.DONE else f"{claim.state}: {claim.reason}"
