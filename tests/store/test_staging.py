import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.store.staging import read_table, stage_table

COLUMNS = pa.schema([("key", pa.string()), ("told", pa.string())])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))  # PostgreSQL has no NUL in texts
ODD = [
    None,
    "",
    '"',
    '""',
    "'",
    ",",
    "\\",
    "\\N",
    "\n",
    "\r\n",
    "a\rb",
    "null",
    "NULL",
    " ",
    "\t",
    "\u2028",
    "é",
    "🚀",
    "\\.",
]


async def read_back(session, told):
    rows = pa.table({"key": [str(number) for number in range(len(told))], "told": pa.array(told, pa.string())}, COLUMNS)
    await stage_table(session, "told", {"key": "int", "told": "text"}, rows)
    return await read_table(session, "select key, told from told order by key", COLUMNS), rows


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(TEXTS | st.none()))
async def test_any_text_comes_back_as_it_was(database, told):
    async with database.session() as session:
        found, rows = await read_back(session, [*ODD, *told])
    assert found == rows


async def test_a_table_without_rows_has_its_columns(database):
    async with database.session() as session:
        found, _ = await read_back(session, [])
    assert (found.num_rows, found.schema) == (0, COLUMNS)


async def test_a_very_long_text_comes_back_as_it_was(database):
    async with database.session() as session:
        found, rows = await read_back(session, ["x" * 5_000_000, "y"])
    assert found == rows
