"""A hub to audit: the demo's ecosystem with its imitated vendors, and beside it `hub serve`, which wants a key."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HUB = str(Path(sys.executable).with_name("hub"))
LOG = Path(__file__).parent / "hub.log"
"""What the hub logs while it is audited, for those who look into a finding."""
ACCOUNTS = "300"
APPS = ("apollo", "urql")
"""Client apps whose keys run trusted documents only."""
PARTNER, LIST = "Bechtle AG", "partner-lists/bechtle-kunden.csv"


@contextmanager
def served(folder: Path) -> Iterator[dict[str, str]]:
    """What an audit is told of the hub, as environment variables."""
    # Audits ask by the thousand: what a client may spend is for the tests.
    plain = {**os.environ, "HUB_DATA_DIR": str(folder), "HUB_BUDGET_SCALE": "1000"}
    LOG.unlink(missing_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_running(["demo", "--accounts", ACCOUNTS, "--port", "0"], "Ready after", plain))
        data = next(folder.glob("demo-*"))
        own = {**plain, "HUB_DATA_DIR": str(data)}
        key = _key(own, "audit", "--role", "admin")
        apps = {each: _key(own, each, "--app", each, "--documents-only") for each in APPS}
        url = stack.enter_context(_running(["serve", "--port", "0"], "Serving", own))
        yield {
            "HUB_URL": url,
            "HUB_KEY": key,
            **{f"HUB_KEY_{app.upper()}": bound for app, bound in apps.items()},
            "HUB_DATA_DIR": str(data),
            "HUB_LIST": str(data / LIST),
            "HUB_LIST_CONNECTION": PARTNER,
        }


def _key(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [HUB, "key", "create", *words], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@contextmanager
def _running(arguments: list[str], until: str, environment: dict[str, str]) -> Iterator[str]:
    """The GraphQL URL that a command prints in its line with `until`; the command runs as long as the context."""
    wide = {**environment, "COLUMNS": "200"}
    printed = []
    with LOG.open("a") as log:
        process = subprocess.Popen([HUB, *arguments], env=wide, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603 - the same
    try:
        for line in process.stdout or ():
            printed.append(line)
            found = re.search(r"http://\S+/graphql", line)
            if until in line and found:
                yield found[0]
                return
        raise SystemExit(f"hub {' '.join(arguments)} ended:\n{''.join(printed)}")
    finally:
        process.terminate()
        process.communicate()
