"""`verify`: every digest, chain and cross-reference of runs and stores, one line an item."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from idc_core.data.places import place_of
from idc_core.data.stores.store import open_store, store_folders
from idc_core.evaluate import seal_check
from idc_core.io import record
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.records.notes import FILE as NOTES
from idc_core.records.notes import read_notes
from idc_core.runs import ledger, seal
from idc_core.runs.data import store_of
from idc_core.runs.run import Run, list_runs, open_run
from idc_core.runs.writer import replaced_runs


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was checked: where, what, and what does not fit ("" where all does).

    `note`: what is to be known and is no difference.
    """

    where: str
    what: str
    difference: str = ""
    note: str = ""

    @property
    def line(self) -> str:
        """As the command line prints it."""
        if self.difference:
            return f"DIFFERS  {self.where}: {self.what}: {self.difference}"
        return f"ok       {self.where}: {self.what}" + (f" ({self.note})" if self.note else "")


def verify_all(data: Path, models: Path, progress: TellStage | None = None) -> Iterator[Item]:
    """Every run of `models`, replaced ones too, and every store of `data`."""
    for name in list_runs(models):
        yield from verify_run(models / name)
    for folder in replaced_runs(models):
        yield from verify_run(folder)
    for folder in store_folders(data):
        yield from verify_store(folder, progress)


def verify_run(path: Path) -> Iterator[Item]:
    """A run's files, ledger, report and data; a damaged file is a difference."""
    where = f"run {path.name}"
    try:
        run = open_run(path)
    except Refusal as refused:
        yield Item(where, "run.json", str(refused))
        return
    yield from _sealed(run, where)
    if run.scores_file.parent != run.path:
        yield _item(where, "the files of scores", seal_check.parts_of, run)
    yield _item(where, _ledger_words(run), seal_check.ledger_of, run)
    if (path / NOTES).exists():
        yield _item(where, "its tags and notes", _notes, run)
    if (path / "report.json").exists():
        yield _item(where, "the report and what it was made from", seal_check.report_of, run)
    if run.info.cross_validated is not None:
        yield _item(where, "whom each fold learnt from", seal_check.folds_of, run)
    yield _data(run, where)


def verify_store(path: Path, progress: TellStage | None = None) -> Iterator[Item]:
    """A store's index and every pixel of it."""
    where = f"store {path.name}"
    try:
        store = open_store(path)
        differences = seal_check.store_of(store, progress)
    except Refusal as refused:
        yield Item(where, "its files", str(refused))
        return
    count = f"{len(store.index):,} patches"
    what = f"{count} and their pixels" if store.has_pixels else f"the index of {count}"
    note = "" if store.has_pixels else "the pixels are not here"
    yield Item(where, what, " ".join(differences), note)


def _sealed(run: Run, where: str) -> Iterator[Item]:
    try:
        known = seal.read(run.path)
        differences = seal.differences(run.path)
    except Refusal as refused:
        yield Item(where, seal.FILE, str(refused))
        return
    if known is None:
        yield Item(
            where,
            "not sealed",
            note="made by an older version, or still written to; seal it: "
            f"python train_cli.py evaluate --run {run.name}",
        )
        return
    for name in (seal.FILE, *seal.STATE_WORDS, *seal.LOGS):
        said = [each for each in differences if f"({name})" in each]
        if said or name in known.files or name in known.logs:
            note = "was being written when a program ended" if name in known.changing else ""
            yield Item(where, name, " ".join(said), note)


def _ledger_words(run: Run) -> str:
    try:
        lines = ledger.check(run).lines
    except Refusal:
        return "the ledger"
    return f"the ledger of {lines} line{'s' * (lines != 1)}"


def _item(where: str, what: str, check: Callable[[Run], list[str]], run: Run) -> Item:
    try:
        return Item(where, what, " ".join(check(run)))
    except Refusal as refused:
        return Item(where, what, str(refused))


def _notes(run: Run) -> list[str]:
    read_notes(run.path)
    if not record.written_otherwise(run.path / NOTES):
        return []
    return [f"{NOTES} is not as it was written: it was damaged, or edited by hand."]


def _data(run: Run, where: str) -> Item:
    """Whether the scored patches are those of the store with the run's fingerprint."""
    try:
        store = store_of(run)
        if store is None or not run.has_predictions:
            return Item(where, "its data", note="no store here has their fingerprint")
        scored = run.predictions()
        key = place_of(scored, store.index)
        # Labels by outlines that came later are the run's own: the store has none.
        if run.info.outlines is None:
            key.append("label")
        rows = scored[key].astype({"patient": str})
        known = rows.merge(
            store.index[key].astype({"patient": str}), on=key, how="left", indicator=True
        )
    except (Refusal, AttributeError) as refused:
        return Item(where, "its data", str(refused))
    lost = int((known["_merge"] != "both").sum())
    said = f"{lost:,} scored patches have another label there, or are not there" if lost else ""
    return Item(where, f"its patches in the store {store.name}", said)
