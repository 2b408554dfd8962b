"""What mapping does to all records at once, as SQL for DuckDB."""

from importlib import resources


def script(name: str) -> str:
    """An SQL script of this package."""
    return resources.files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
