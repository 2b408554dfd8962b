import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from hub.errors import ConfigurationError
from hub.store.embedded import SOCKET_PATH_LIMIT, running

USE_AND_WAIT = """
import sys
from pathlib import Path
from hub.store.embedded import running
with running(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def another_user_of(data_dir: Path) -> subprocess.Popen:
    process = subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", USE_AND_WAIT, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    return process


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture(scope="module")
def data_dir(folder_of_ours: Path) -> Path:
    """One cluster for the tests that leave it as they found it: stopped and whole."""
    return folder_of_ours / "data"


def test_it_starts_and_stops_with_its_only_user(data_dir: Path):
    with running(data_dir) as url:
        assert answers(url)

    assert not answers(url)


def test_it_outlives_the_first_of_two_processes(data_dir: Path):
    other = another_user_of(data_dir)
    with running(data_dir) as url:
        other.communicate("")
        assert answers(url)

    assert not answers(url)


def test_a_user_that_was_killed_does_not_keep_it_running_for_ever(data_dir: Path):
    other = another_user_of(data_dir)
    other.kill()
    other.communicate()
    with running(data_dir) as url:
        assert answers(url)

    assert not answers(url)


def test_a_server_that_was_killed_is_started_again(data_dir: Path):
    with running(data_dir) as url, psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (at int)")
        connection.commit()
        server = psutil.Process(postmaster(data_dir))
        server.kill()
        psutil.wait_procs([server], timeout=10)
        with running(data_dir) as again:
            assert answers(again)


@pytest.mark.parametrize(
    "left_behind",
    ["", "not a number\n", f"{os.getpid()}\n/elsewhere\n"],
    ids=["empty", "no number", "the process id of another program"],
)
def test_a_stale_lock_file_is_survived_even_if_its_process_id_is_taken(data_dir: Path, left_behind: str):
    (data_dir / "postgres" / "postmaster.pid").write_text(left_behind)

    with running(data_dir) as url:
        assert answers(url)


def test_a_cluster_that_was_half_made_is_made_anew(folder_of_ours: Path):
    half = folder_of_ours / "half"
    half.mkdir()
    (half / "postgres.new").mkdir()
    (half / "postgres.new" / "PG_VERSION").write_text("18")

    with running(half) as url:
        assert answers(url)


def test_a_path_too_long_for_a_socket_is_no_obstacle(folder_of_ours: Path):
    deep = folder_of_ours / ("d" * SOCKET_PATH_LIMIT)

    with running(deep) as url:
        assert answers(url)


def test_a_cluster_of_another_version_is_refused(tmp_path: Path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(ConfigurationError, match="made by PostgreSQL 16"), running(tmp_path):
        pass


def test_a_directory_that_cannot_be_written_is_one_clear_line(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(ConfigurationError, match="cannot be written: Not a directory"),
        running(tmp_path / "file" / "x"),
    ):
        pass
