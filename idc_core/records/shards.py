"""`shards.json` of a joined store: the stores that its patches lie in.

`index.parquet` of a joined store names the store of each patch (`source`) and its row there
(`row`); no pixel is copied.
"""

from pathlib import Path

from idc_core.io import record
from idc_core.io.record import Record

FILE = "shards.json"


class Shard(Record, frozen=True, kw_only=True):
    """One of the stores."""

    name: str
    """As the index has it in `source`."""
    path: str
    """The folder's name where it lies beside the joined store, elsewhere its whole path."""
    fingerprint: str
    """Of the store as it was joined (`Manifest.fingerprint`)."""
    patches: int


class Shards(Record, frozen=True, kw_only=True):
    """All of them, in the order in which they were given."""

    shards: list[Shard]


def shards_of(store: Path) -> list[Shard]:
    """The stores that a store joins; none of one that has pixels of its own.

    Raises `Refusal` where the file is damaged.
    """
    file = store / FILE
    if not file.is_file():
        return []
    cure = (
        f"Join the stores again: python train_cli.py join STORE… --name {store.name} --overwrite."
    )
    return record.read(Shards, file, cure).shards


def shards_if_whole(store: Path) -> list[Shard]:
    """The same; none where the list is damaged, which is said by whoever reads the pixels."""
    found = record.read_if_whole(Shards, store / FILE)
    return [] if found is None else found.shards
