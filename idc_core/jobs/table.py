"""The table of jobs in an SQLite file, which pages, the worker and its children write to.

Every change of state is one statement that names the state it starts from: of two who would change
a job, one does. `tally` counts how jobs ended, of those that are forgotten too.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Job, Starter, State

WAIT_S = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL, run TEXT NOT NULL,
  asked TEXT NOT NULL, same TEXT NOT NULL, subject TEXT NOT NULL, starter TEXT NOT NULL,
  state TEXT NOT NULL, doing TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0,
  of_all INTEGER NOT NULL DEFAULT 0, sentence TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 0, stopping INTEGER NOT NULL DEFAULT 0,
  made TEXT NOT NULL, ended TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX IF NOT EXISTS job_same ON job (same) WHERE state IN ('waiting', 'running');
CREATE TABLE IF NOT EXISTS tally (outcome TEXT PRIMARY KEY, many INTEGER NOT NULL);
"""
_COLUMNS = (
    "id, kind, name, run, asked, subject, starter, state, doing, done, of_all, sentence, tries, "
    "stopping, made, ended"
)


class Table:
    """The jobs of the queue in the folder `root`; each has its folder there, named by its id."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root, self.file = root, file
        with self._open() as connection:
            connection.executescript(_SCHEMA)

    def add(self, job: Job, same: str) -> Job:
        """Put a job at the end; the one that is under way already where it is of the `same`."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO job (id, kind, name, run, asked, same, subject, starter, "
                "state, doing, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(job.id, job.kind, job.name, job.run, job.asked, same),
                    *(job.by.subject, job.by.name, job.state, job.doing, job.made),
                ),
            )
            (found,) = self._select(
                connection, "WHERE same = ? AND state IN ('waiting', 'running')", same
            )
            return found

    def get(self, number: str) -> Job | None:
        """The job of an id; None where it is not known (any more)."""
        with self._open() as connection:
            return next(iter(self._select(connection, "WHERE id = ?", number)), None)

    def all(self, kind: str = "") -> list[Job]:
        """All jobs, or those of a kind, newest first."""
        with self._open() as connection:
            return self._select(connection, "WHERE ? IN ('', kind) ORDER BY number DESC", kind)

    def begin(self, number: str) -> bool:
        """Waiting → running; whether it was waiting."""
        return self._change(
            "state = 'running', tries = tries + 1, doing = 'starting', done = 0, of_all = 0",
            number,
            "waiting",
        )

    def put_back(self, number: str, doing: str, *, counts: bool) -> bool:
        """Running → waiting. `counts`: whether the try that ended is one of those it has."""
        return self._change(
            "state = 'waiting', done = 0, of_all = 0, doing = ?, tries = tries - ?",
            number,
            "running",
            doing,
            0 if counts else 1,
        )

    def tell(self, number: str, doing: str, done: int, of: int) -> None:
        """How far a running job is."""
        self._change("doing = ?, done = ?, of_all = ?", number, "running", doing, done, of)

    def ask_to_stop(self, number: str) -> None:
        """Waiting → cancelled; one that runs is asked to end."""
        if not self.finish(number, "cancelled", at="waiting"):
            self._change("stopping = 1", number, "running")

    def finish(
        self, number: str, state: State, sentence: str = "", *, at: State = "running"
    ) -> bool:
        """From `at` to an end, which is counted; whether it was at it."""
        with self._open() as connection:
            changed = connection.execute(
                "UPDATE job SET state = ?, sentence = ?, ended = ? WHERE id = ? AND state = ?",
                (state, sentence, now(), number, at),
            ).rowcount
            if changed:
                connection.execute(
                    "INSERT INTO tally VALUES (?, 1) "
                    "ON CONFLICT (outcome) DO UPDATE SET many = many + 1",
                    (state,),
                )
            return bool(changed)

    def forget(self, number: str) -> None:
        """Delete the row of a job that has ended."""
        with self._open() as connection:
            connection.execute(
                "DELETE FROM job WHERE id = ? AND state NOT IN ('waiting', 'running')", (number,)
            )

    def under_way(self) -> dict[str, int]:
        """How many wait and how many run."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT state, count(*) FROM job WHERE state IN ('waiting', 'running') "
                "GROUP BY state"
            )
            return {"waiting": 0, "running": 0} | dict(rows.fetchall())

    def ended(self) -> dict[str, int]:
        """How many ended in which way, since the file was made."""
        with self._open() as connection:
            return dict(connection.execute("SELECT outcome, many FROM tally").fetchall())

    def _change(self, what: str, number: str, at: State, *values: object) -> bool:
        with self._open() as connection:
            changed = connection.execute(
                f"UPDATE job SET {what} WHERE id = ? AND state = ?", (*values, number, at)
            )
            return bool(changed.rowcount)

    def _select(self, connection: sqlite3.Connection, where: str, *values: object) -> list[Job]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM job {where}", values)
        return [self._job(row) for row in rows.fetchall()]

    def _job(self, row: tuple[str, ...]) -> Job:
        number, kind, name, run, asked, subject, starter, state, *rest = row
        doing, done, of, sentence, tries, stopping, made, ended = rest
        return Job(
            id=number,
            kind=kind,
            name=name,
            run=run,
            asked=asked,
            by=Starter(subject, starter),
            state=state,  # type: ignore[arg-type]
            doing=doing,
            done=int(done),
            of=int(of),
            sentence=sentence,
            tries=int(tries),
            stopping=bool(stopping),
            made=made,
            ended_at=ended,
            folder=self.root / number,
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction; what SQLite complains of is a `Refusal`."""
        try:
            with closing(sqlite3.connect(self.file, timeout=WAIT_S)) as connection, connection:
                yield connection
        except sqlite3.Error as broken:
            raise Refusal(
                f"expected the queue of jobs in {self.file}: SQLite says “{broken}”. If it stays, "
                "stop the dashboard and its worker, move the file away and start them again: "
                "nothing but work that was waiting is lost."
            ) from None
