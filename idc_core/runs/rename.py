"""Give a run another name: its own, in those that lie beside it by that name, and wherever another
run names them.

`R-folds` and `R-final` are found by the name of `R`, and say whose recipe they judge or fitted.
"""

from collections.abc import Mapping
from pathlib import Path

from idc_core.io import record
from idc_core.io.names import run_names
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo, info_if_whole, read_info
from idc_core.runs import cross_validated, fitted_on, links, seal
from idc_core.runs.notes import record as note
from idc_core.runs.notes import refuse_name

Names = Mapping[str, str]
"""The new name of each run that gets one, by its old one."""


def rename(folder: Path, name: str, *, by: str) -> Path:
    """Give a run folder another name, record who did it, and return it.

    The run that judges its recipe out of fold and its final fit go with it. Runs that name one of
    them name it anew. Raises `Refusal` for a name that is no plain folder name or is taken, while
    one of these runs is written to, and where `by` is empty; all keep their names then.
    """
    refuse_name(name)
    target, root = folder.with_name(name), folder.parent
    moves = [(folder, target), *_beside(folder, target)]
    names = {old.name: new.name for old, new in moves}
    for old, new in moves:
        links.refuse_at_work(old, "rename")
        if new.exists():
            raise Refusal(
                f"expected a name that is free: there is a run {new.name}. Choose another."
            )
    others = [each for each in _naming(root, names) if each.name not in names]
    for each in others:
        links.refuse_at_work(each, f"rename {folder.name}, which it names")
    folder.rename(target)
    try:
        note(target, by, f"renamed from {folder.name}")
    except (OSError, Refusal):
        target.rename(folder)
        raise
    for old, new in moves[1:]:
        old.rename(new)
        note(new, by, f"renamed from {old.name}, with {name}")
    for each in [*others, *_naming(root, names)]:
        _name_anew(each, names)
    return target


def renamed_in(info: RunInfo, names: Names) -> RunInfo:
    """What a run says of itself, with the new names of others in it.

    >>> from idc_core.records.run_info import Teacher
    >>> taught = RunInfo(teacher=Teacher(file="old/model.onnx"))
    >>> renamed_in(taught, {"old": "new"}).teacher.file
    'new/model.onnx'
    """
    taught, judged, fitted = info.teacher, info.cross_validated, info.fitted_on
    if taught is not None and taught.file is not None:
        first, between, rest = taught.file.partition("/")
        taught = record.replace(taught, file=f"{names.get(first, first)}{between}{rest}")
    if judged is not None:
        judged = record.replace(judged, run=names.get(judged.run, judged.run))
    if fitted is not None:
        by = fitted.judged_by
        fitted = record.replace(
            fitted,
            run=names.get(fitted.run, fitted.run),
            judged_by=None if by is None else names.get(by, by),
        )
    return record.replace(info, teacher=taught, cross_validated=judged, fitted_on=fitted)


def _beside(folder: Path, target: Path) -> list[tuple[Path, Path]]:
    """Its run of folds and its final fit, where they are its, and how they will be called."""
    judges, final = cross_validated.path_of(folder), fitted_on.path_of(folder)
    found = []
    known = info_if_whole(judges)
    if known is not None and known.cross_validated and known.cross_validated.run == folder.name:
        found.append((judges, cross_validated.path_of(target)))
    known = info_if_whole(final)
    if known is not None and known.fitted_on and known.fitted_on.run == folder.name:
        found.append((final, fitted_on.path_of(target)))
    return found


def _naming(root: Path, names: Names) -> list[Path]:
    """Runs in a folder that name one of these runs."""
    found = []
    for name in run_names(root):
        info = info_if_whole(root / name)
        if info is not None and renamed_in(info, names) != info:
            found.append(root / name)
    return found


def _name_anew(folder: Path, names: Names) -> None:
    """The seal holds afterwards as before."""
    file = folder / "run.json"
    with seal.changing(folder, file.name):
        record.write(file, renamed_in(read_info(folder), names))
