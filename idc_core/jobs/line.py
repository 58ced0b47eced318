"""Huey's queues in the same SQLite file, one a lane: the ids of jobs in the order they came.

Messages are JSON: Huey's own way of writing them runs code when it reads.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from idc_core.jobs.lanes import Lane

Put = Callable[[str], Any]


class AsJson(Serializer):  # type: ignore[misc]
    """A message as the list of its fields: texts and numbers alone, as nothing else is sent."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        fields = json.loads(bytes(data))
        fields[Message._fields.index("args")] = tuple(fields[Message._fields.index("args")])
        return Message(*fields)


def line(file: Path, lane: Lane, work: Callable[[str], None]) -> tuple[SqliteHuey, Put]:
    """The queue of a lane in `file`, and what puts an id at its end; `work` is done with each by a
    consumer of this process."""
    huey = SqliteHuey(
        lane.queue,
        filename=str(file),
        serializer=AsJson(),
        results=False,
        fsync=True,
        strict_fifo=True,
    )

    # Huey names a task by its function: this one is the same for pages and for workers.
    def job(number: str) -> None:
        work(number)

    return huey, huey.task()(job)


def waiting(huey: SqliteHuey) -> set[str]:
    """The ids that nobody has taken yet."""
    return {str(task.args[0]) for task in huey.pending()}
