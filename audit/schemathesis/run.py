"""Made-up documents by the hundred, always the same: each is answered as the schema says, or refused with a code."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
URL, KEY = os.environ["HUB_URL"], {"Authorization": f"Bearer {os.environ['HUB_KEY']}"}
IDS = """{ accounts(first: 3) { nodes { id } } people(first: 3) { nodes { id } }
           opportunities(first: 3) { nodes { id } } connections(first: 5) { nodes { id } } }"""
OPTIONS = (
    "--checks=all",
    # It takes our refusal of a document that asks too much for a failure.
    "--exclude-checks=positive_data_acceptance",
    "--phases=fuzzing,stateful",
    "--max-examples=20",
    "--continue-on-failure",
    "--seed=1",
    "--generation-database=none",
    "--no-color",
)


def ids() -> dict[str, list[str]]:
    """Of some things that there are, by list."""
    body = json.dumps({"query": IDS}).encode()
    with urlopen(Request(URL, body, {**KEY, "Content-Type": "application/json"})) as response:  # noqa: S310 - our own hub
        data = json.load(response)["data"]
    return {name: [node["id"] for node in page["nodes"]] for name, page in data.items()}


def write(dictionary: Path, entries: list[str]) -> None:
    """A file of a dictionary, as config.toml names it."""
    dictionary.write_text("\n".join(f'"{each}"' for each in entries))


def run(mode: str, folder: str) -> tuple[int, str]:
    """Schemathesis's exit status, and how many documents it made up."""
    command = ["schemathesis", "--config-file", "config.toml", "run", URL, "--mode", mode, *OPTIONS]
    done = subprocess.run(  # noqa: S603 - our own words
        [
            str(Path(sys.executable).with_name(command[0])),
            *command[1:],
            f"--header=Authorization: {KEY['Authorization']}",
        ],
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "MODE": mode},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout)
    cases = re.findall(r"^  (\d+ generated.*)$", done.stdout, re.MULTILINE)
    return done.returncode or not cases, f"{mode}: {cases[-1] if cases else 'none generated'}"


def main() -> int:
    """1 where there is a finding."""
    with TemporaryDirectory() as folder:
        shutil.copy(HERE / "config.toml", folder)
        found = ids()
        write(Path(folder, "ids.toml"), [each for page in found.values() for each in page])
        write(Path(folder, "connections.toml"), found["connections"])
        outcomes = [run(mode, folder) for mode in ("positive", "negative")]
    print("; ".join(told for _, told in outcomes))
    return max(status for status, _ in outcomes)


if __name__ == "__main__":
    sys.exit(main())
