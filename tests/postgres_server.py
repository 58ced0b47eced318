"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port, as no root user."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg

if TYPE_CHECKING:
    from pwd import struct_passwd

MISSING = "PostgreSQL is not installed: apt-get install postgresql (make test does so as root)"
PASSWORD = "s3cret:@/#?% ü"
"""Every sign that an address must escape."""


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest; None where there is none."""
    found = [Path(name).parent for name in [shutil.which("initdb")] if name]
    # Debian's are not among the programs that the shell finds.
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found += sorted((each.parent for each in debian), key=lambda each: int(each.parent.name))
    return found[-1] if found and hasattr(os, "geteuid") else None


class Server:
    """Started by `start`; killed and started again by tests that ask what is lost."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Not in pytest's folder, which no other user may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="idc-postgres-"))
        self._owner = _owner()
        if self._owner is not None:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._schemas = 0
        self._guard = self._watched()
        self._make()

    def start(self) -> None:
        """Returns when it answers."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "shared_buffers": "16MB",
            "log_statement": "all",
            # A kill takes nothing back from the system: only a machine that stops would.
            "fsync": "off",
        }
        given = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60", "-o", given, "start")

    def kill(self) -> None:
        """SIGKILL of the server and all its processes, as a machine that lost its power; returns
        when they are gone."""
        number = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{number}/task/{number}/children")
        own = [int(child) for child in children.read_text().split()] if children.exists() else []
        for process in [number, *own]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop", check=False)

    def stop(self) -> None:
        """For good; the folder goes."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop", check=False)
        self._guard.communicate()

    def schema(self) -> str:
        """The address of an empty schema, whose tables no other test sees."""
        self._schemas += 1
        name = f"test_{self._schemas}"
        self.ask(f"CREATE SCHEMA {name}")
        return f"{self.url()}?options=-csearch_path%3D{name}"

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """The address of a database."""
        return f"postgresql://keeper:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def ask(self, statement: str) -> None:
        """Have a statement done, outside of any transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def _watched(self) -> "subprocess.Popen[bytes]":
        """What ends the server and takes its folder away when this process ends, killed or not: its
        input ends then."""
        program = (
            'cat; number=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$number" && '
            'while kill -0 "$number"; do sleep 0.05; done; rm -rf "$1"'
        )
        words = ["sh", "-c", program, "guard", str(self.folder)]
        return subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _make(self) -> None:
        secret = self.folder / "secret"
        secret.write_text(PASSWORD + "\n", encoding="utf-8")
        words = ["-U", "keeper", "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"]
        secret.chmod(0o644)
        self._run("initdb", "-D", self.data, *words, "--locale=C", "--no-sync")

    def _run(self, program: str, *words: str | Path, check: bool = True) -> None:
        owner = self._owner
        done = subprocess.run(
            [self._programs / program, *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            user=None if owner is None else owner.pw_uid,
            group=None if owner is None else owner.pw_gid,
            extra_groups=None if owner is None else [],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be held by the server
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if check and done.returncode:
            said = self.log.read_text() if self.log.is_file() else "no log"
            raise RuntimeError(f"{program} ended with {done.returncode}: {said[-2000:]}")


def _owner() -> "struct_passwd | None":
    """Whose the server is: ours, but root's it must not be."""
    import pwd  # Windows has none, and skips before

    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
