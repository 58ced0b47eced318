"""Making a backup while the dashboard runs: each part of it is of one moment.

A file is replaced as a whole or only grows, so that a copy of it is never a mixture; a run's ledger
is held while the run is copied, and the copy must match its seal as the run itself does; reviews
are read in one transaction. The backup is made beside its name and renamed when it is whole.
"""

import hashlib
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path

from idc_core.backup import contents
from idc_core.io import record
from idc_core.io.files import sync_folder
from idc_core.io.lock import soon_alone
from idc_core.io.postgres.address import Address
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.records.backup import DATA, FILE, MANIFESTS, MODELS, REVIEWS, Backup, Kept, Table
from idc_core.records.run_info import info_if_whole
from idc_core.reviews import Where, is_begun
from idc_core.reviews.rows import Counted, lines_of, tables_of
from idc_core.reviews.where import make_ready, reading
from idc_core.runs import run_logs, seal

Progress = Callable[[str, int, int], None]

_TRIES = 3


def back_up(
    models: Path,
    data: Path,
    reviews: Where,
    out: Path,
    *,
    version: str,
    pixels: bool = False,
    progress: Progress = lambda *_: None,
) -> Backup:
    """Write a backup into the folder or `.zip` file `out`, which must not be there; what it holds.

    `pixels`: stores whole, too. Raises `Refusal`, and leaves nothing then.
    """
    _refuse_place(out, (models, data))
    with refused_by_system(f"write {out}"):
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part"))
        try:
            made = _write(models, data, reviews, beside, version, pixels, progress)
            if out.suffix.lower() == ".zip":
                _zip(beside, made, out)
            else:
                if out.is_dir():
                    out.rmdir()
                beside.rename(out)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        sync_folder(out.parent)
    return made


def _refuse_place(out: Path, sources: Iterable[Path]) -> None:
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise Refusal(f"expected nothing in {out}: it is there already. Name another place.")
    for source in sources:
        if out.resolve().is_relative_to(source.resolve()):
            raise Refusal(
                f"expected a place for the backup outside of {source}: {out} is inside. Name one "
                "on another disk, best on another machine."
            )


def _write(
    models: Path,
    data: Path,
    reviews: Where,
    out: Path,
    version: str,
    pixels: bool,
    progress: Progress,
) -> Backup:
    runs, stores = contents.run_folders(models), contents.store_folders(data)
    files: dict[str, Kept] = {}
    for done, run in enumerate(runs):
        progress("runs", done, len(runs))
        under = f"{MODELS}/{run.relative_to(models).as_posix()}"
        files |= _copy_run(run, out, under) | _bring_logs(out, under, reviews)
    for done, store in enumerate(stores):
        progress("stores", done, len(stores))
        under = f"{DATA if pixels else MANIFESTS}/{store.name}"
        listed = contents.files_of_store(store, pixels=pixels)
        files |= _copy_all(listed, store, out, under)
    files |= _copy_loose(data, reviews, out)
    tables, listed_tables = _write_reviews(reviews, out)
    made = Backup(
        made=now(),
        version=version,
        pixels=pixels,
        runs=[run.relative_to(models).as_posix() for run in runs],
        stores=[store.name for store in stores],
        files=files | listed_tables,
        reviews=tables,
    )
    record.write(out / FILE, made)
    return made


def _copy_run(run: Path, out: Path, under: str) -> dict[str, Kept]:
    """A run and all that vouches for it, as one moment saw it."""
    for _ in range(_TRIES):
        with soon_alone(run / ".ledger", "making a backup"):
            kept = _copy_all(contents.files_of_run(run), run, out, under)
            said = seal.differences(out / under)
            if not said or said == seal.differences(run):
                return kept
        shutil.rmtree(out / under)
    raise Refusal(
        f"expected {run.name} to stay as it is while it is copied: it was written to {_TRIES} "
        "times meanwhile. Wait until nothing writes to it, then try again."
    )


def _bring_logs(out: Path, under: str, reviews: Where) -> dict[str, Kept]:
    """What a server holds of the run's logs goes into its copy, which is whole without it."""
    copy = out / under
    if not isinstance(reviews, Address) or info_if_whole(copy) is None:
        return {}
    run_logs.bring(copy, reviews)
    for lock in copy.glob(".*"):
        lock.unlink()
    written = (copy / name for name in (*run_logs.NAMES, seal.FILE))
    return {f"{under}/{each.name}": _kept(each) for each in written if each.is_file()}


def _copy_loose(data: Path, reviews: Where, out: Path) -> dict[str, Kept]:
    """Files beside the stores. A log among them is held by its lock, `.NAME.lock`, so that it and
    its closing count are of one moment."""
    listed = contents.loose_files(data, reviews if isinstance(reviews, Path) else None)
    with ExitStack() as held:
        for file in listed:
            if file.suffix == ".jsonl":
                lock = file.with_name(f".{file.name}.lock")
                held.enter_context(soon_alone(lock, "making a backup"))
        return _copy_all(listed, data, out, DATA)


def _copy_all(files: Iterable[Path], root: Path, out: Path, under: str) -> dict[str, Kept]:
    kept = {}
    for file in files:
        name = f"{under}/{file.relative_to(root).as_posix()}"
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".sqlite":
            _copy_database(file, target)
        else:
            try:
                shutil.copyfile(file, target)
            except FileNotFoundError:
                continue  # taken away since it was listed; what belongs together a seal knows
        kept[name] = _kept(target)
    return kept


def _copy_database(file: Path, target: Path) -> None:
    """As SQLite copies a file that is written to."""
    try:
        with (
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    except sqlite3.Error as broken:
        raise Refusal(f"expected a database in {file}: it cannot be read ({broken}).") from None


def _write_reviews(where: Where, out: Path) -> tuple[dict[str, Table], dict[str, Kept]]:
    if not is_begun(where):
        return {}, {}
    make_ready(where, 30)
    tables, kept = {}, {}
    (out / REVIEWS).mkdir()
    with reading(where, 30) as connection:
        for table in tables_of(where):
            lines = Counted(lines_of(connection, table))
            name = f"{REVIEWS}/{table}.jsonl"
            with (out / name).open("wb") as file:
                file.writelines(lines)
            digest = lines.digest()
            tables[table] = Table(rows=digest.rows, sha256=digest.sha256)
            kept[name] = _kept(out / name)
    return tables, kept


def _kept(file: Path) -> Kept:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        return Kept(bytes=content.tell(), sha256=digest)


def _zip(folder: Path, made: Backup, out: Path) -> None:
    beside = folder.with_suffix(".zip-part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for name in [*made.files, FILE]:
                packed.write(folder / name, name)
        beside.rename(out)
    finally:
        beside.unlink(missing_ok=True)
