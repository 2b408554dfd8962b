"""What records say, brought into one form: tables of traits, in which records that say the same are one row."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import duckdb
import pyarrow as pa

from hub.graph.forms import TABLES, formed
from hub.graph.knowledge import learn
from hub.graph.sql import script

RECORDS = pa.schema(
    [
        (column, pa.string())
        for column in (
            *("id", "identity", "external_id", "owner_id", "name", "website", "domain", "country", "duns"),
            "email_domains",
        )
    ]
)
"""What mapping reads of account records: ids as text, the domains of contacts with spaces between them."""

_WORTH_A_PROCESS = 20_000
_PROCESSES = 2


def standardize(connection: duckdb.DuckDBPyConnection, records: pa.Table) -> None:
    """Fill the tables `member` (record, id, owner, trait) and `traits` from `records`, a table like RECORDS."""
    connection.register("given", records)
    connection.execute(script("records"))
    connection.unregister("given")
    # No process is started before there is something to do for it.
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        for table, column in TABLES.items():
            # In the order of what they say whatever their case: most spellings of one name are read at once.
            said = f"select {column} from (select distinct {column} from record) order by lower({column}), {column}"  # noqa: S608
            texts = connection.sql(said).to_arrow_table()[column].to_pylist()
            connection.register("found", _formed(pool, table, texts))
            connection.execute(f"create table {table} as from found")
            connection.unregister("found")
    connection.execute(script("traits"))
    learn(connection)


def _formed(pool: ProcessPoolExecutor, table: str, texts: Sequence[str]) -> pa.Table:
    if len(texts) <= _WORTH_A_PROCESS:
        return formed(table, texts)
    parts = [texts[start : start + _WORTH_A_PROCESS] for start in range(0, len(texts), _WORTH_A_PROCESS)]
    return pa.concat_tables(pool.map(partial(formed, table), parts))
