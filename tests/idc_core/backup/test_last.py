"""That a backup was made is remembered beside the data, and where it lies is not."""

from idc_core.backup import last
from idc_core.records.backup import Backup, Kept, Table

DIGEST = "0" * 64


def test_it_is_remembered_with_what_it_holds(tmp_path):
    assert last.last(tmp_path) is None
    made = Backup(
        made="2026-11-30T12:00:00Z",
        version="1",
        runs=["a", "b"],
        files={"models/a/run.json": Kept(bytes=3, sha256=DIGEST)},
        reviews={
            "event": Table(rows=5, sha256=DIGEST),
            "region": Table(rows=2, sha256=DIGEST),
        },
    )
    last.remember(made, tmp_path)
    found = last.last(tmp_path)
    assert (found.made, found.runs, found.files, found.rows) == ("2026-11-30T12:00:00Z", 2, 1, 7)


def test_what_is_damaged_is_no_backup(tmp_path):
    (tmp_path / last.FILE).write_text("{")
    assert last.last(tmp_path) is None
