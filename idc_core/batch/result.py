"""The run that parts make. Pixels are not kept: the run of a store finds them there, that of slides
has scores alone (`score` keeps pixels)."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from idc_core.batch.batch import Batch
from idc_core.batch.parts import kinds_of, read_part
from idc_core.batch.unit import SlideUnit, StorePart
from idc_core.batch.work import Scored, Work
from idc_core.data.places import SLIDE
from idc_core.data.stores.store import PatchStore
from idc_core.io import record
from idc_core.io.files import sha256_of, write_with
from idc_core.io.names import needed_run
from idc_core.io.paths import shown
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Data, Origin, RunInfo
from idc_core.runs import seal
from idc_core.runs.run import UNLABELLED, Run, open_run
from idc_core.runs.writer import building
from idc_core.score.save_as_run import bring_along, info_with
from idc_core.score.score_store import write_scores

SCORES = "predictions.parquet"
Slides = Mapping[SlideUnit, Scored]


def refuse_other_run(out: Path, parent: Run) -> None:
    """Raise `Refusal` where `out` holds a run that is not of scores by `parent`."""
    if not (out / "run.json").exists():
        return
    there = open_run(needed_run(out))
    if there.info.scored_by != parent.name:
        raise Refusal(
            f"expected a new folder, or scores by {parent.name}, in {out}: there is a run "
            f"{there.status}{f' by {there.info.scored_by}' if there.info.scored_by else ''}. "
            "Name another folder with --out."
        )


def as_run(
    batch: Batch, work: Work, parent: Run, out: Path, sources: Sequence[Path]
) -> tuple[Run, Path | None]:
    """Make the run `out` of the slides that were scored; it, and where one that lay there is kept.

    A run of the same scores is left as it is. Raises `Refusal` where a part is damaged; nothing is
    changed then.
    """
    slides = {unit: done for unit, done in batch.scored.items() if isinstance(unit, SlideUnit)}
    info = _info(slides, work, parent, out.name, sources)
    if _is_there(out, info, work):
        return open_run(out), None
    with building(out) as made:
        _write_scores(made.folder / SCORES, slides, work)
        bring_along(parent, made.folder)
        record.write(made.folder / "run.json", info)
        seal.write(made.folder)
    return open_run(out), made.replaced


def as_run_of_store(
    batch: Batch, work: Work, parent: Run, out: Path, store: PatchStore
) -> tuple[Run, Path | None]:
    """The same of all parts of a store; raises `Refusal` where one could not be scored."""
    if batch.refused:
        first = batch.refused[0]
        raise Refusal(f"expected scores of {store.name}: {first.slide} has none. {first.why}")
    scores = np.empty(len(store.index), np.float64)
    for unit, done in batch.scored.items():
        assert isinstance(unit, StorePart)
        table = read_part(work.folder, done.part)
        scores[unit.start : unit.stop] = table["score"].to_numpy()
    with building(out) as made:
        write_scores(parent, store, scores, made.folder)
    return open_run(out), made.replaced


def _info(slides: Slides, work: Work, parent: Run, name: str, sources: Sequence[Path]) -> RunInfo:
    raster = record.replace(
        parent.info.raster,
        stride_px=parent.info.raster.patch_px,
        um_per_px=work.settings.um,
        um_from=parent.info.raster.um_from or "given",
    )
    lines = [
        f"{unit.slide}\t{unit.patient}\t{done.part.content}\t{done.part.settings}"
        for unit, done in _in_order(slides)
    ]
    data = Data(
        name=name,
        fingerprint=sha256("\n".join(lines).encode()).hexdigest(),
        patches={"test": sum(done.patches for done in slides.values())},
        patients={"test": len({unit.patient for unit in slides})},
    )
    said = ", ".join(shown(each) for each in sources)
    origin = Origin(kind="slide", file=said, um_per_px=work.settings.um)
    info = info_with(parent, data, raster, origin, labels=False)
    kinds = kinds_of([done.part for done in slides.values()])
    return record.replace(info, versions=info.versions | {"processor": ", ".join(kinds)})


def _is_there(out: Path, info: RunInfo, work: Work) -> bool:
    if not (out / "run.json").exists():
        return False
    there = open_run(out).info
    assert info.data is not None
    return (
        there.fingerprint == info.data.fingerprint
        and there.versions.get("processor") == info.versions["processor"]
        and (out / SCORES).is_file()
        and sha256_of(out / "model.onnx") == work.model_sha256
        and not seal.differences(out)
    )


def _write_scores(file: Path, slides: Slides, work: Work) -> None:
    """The predictions, a slide at a time: memory does not grow with their number."""
    tables = _tables(slides, work)
    first = next(tables)

    def write(to: object) -> None:
        with pq.ParquetWriter(to, first.schema, write_page_checksum=True) as into:
            into.write_table(first)
            for table in tables:
                into.write_table(table)

    write_with(file, write)


def _tables(slides: Slides, work: Work) -> Iterator[pa.Table]:
    """`prediction_columns` of each slide, by patient and slide."""
    for unit, done in _in_order(slides):
        scored = read_part(work.folder, done.part)
        rows = pd.DataFrame(
            {
                "patient": pd.Series([unit.patient] * scored.num_rows, dtype="str"),
                SLIDE: pd.Series([unit.slide] * scored.num_rows, dtype="str"),
                "x": scored["x"].to_numpy(),
                "y": scored["y"].to_numpy(),
                "label": np.full(scored.num_rows, UNLABELLED, np.int8),
                "split": pd.Series(["test"] * scored.num_rows, dtype="str"),
                "score": scored["score"].to_numpy(),
                "file": pd.Series([unit.file.name] * scored.num_rows, dtype="str"),
            }
        )
        yield pa.Table.from_pandas(rows, preserve_index=False)


def _in_order(slides: Slides) -> list[tuple[SlideUnit, Scored]]:
    return sorted(slides.items(), key=lambda each: (each[0].patient, each[0].slide))
