"""What mapping does to all records at once, as SQL for DuckDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from tempfile import TemporaryDirectory

import duckdb
import psutil

_SHARE_OF_MEMORY = 0.4
"""Mapping and an explanation may run at once."""


def script(name: str) -> str:
    """An SQL script of this package."""
    return resources.files(__package__).joinpath(f"{name}.sql").read_text("utf-8")


@contextmanager
def opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory, which leaves nothing behind; what does not fit is spilled to a folder of its own."""
    with TemporaryDirectory(prefix="hub-mapping-", ignore_cleanup_errors=True) as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": folder,
            "memory_limit": f"{int(psutil.virtual_memory().total * _SHARE_OF_MEMORY) >> 20}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=config) as connection:
            yield connection
