"""Bring in a Keras model that somebody else trained; TensorFlow runs in a child with limits.

What a model file may do is bounded, not trusted: the child has a limit of memory, time and file
size, no network where the system allows that, an empty home, and Keras's safe mode, which refuses
code inside the file.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idc_core import archives, confined
from idc_core.archives import Limits
from idc_core.evaluation import write_evaluation
from idc_core.files import read_json, sha256_of, write_json, write_parquet, write_with
from idc_core.provenance import now, versions
from idc_core.refusal import Refusal
from idc_core.run_writer import building, extending
from idc_core.runs import PREDICTION_COLUMNS, Run, open_run
from idc_core.scoring import Scorer
from idc_core.store import PatchStore

MOST_BYTES = 1_000_000_000
MOST_UNPACKED = 4_000_000_000
LIMITS = Limits(10_000, MOST_UNPACKED, MOST_UNPACKED, 1_000)
MOST_SECONDS = 600

KEPT = ("model.keras", "model.onnx")


@dataclass(frozen=True, slots=True)
class Imported:
    """The run, in sentences what was done to the network, and where an old run went."""

    run: Run
    said: tuple[str, ...]
    replaced: Path | None = None


def import_model(
    source: Path, run: Path, *, pixels: str = "0-255", idc_class: int = 1,
    store: PatchStore | None = None, overwrite: bool = False, seconds: int = MOST_SECONDS,
    progress: Callable[[str, int, int], None] | None = None,
) -> Imported:  # fmt: skip
    """Put a model into the run folder `run`, new or of imported predictions.

    `pixels` is the range it was trained on (0-255, 0-1 or -1-1), `idc_class` which of two classes
    IDC is. With a `store` its patches are scored and judged. Raises `Refusal` where the file is no
    such model, or the run has a network already; nothing is written then.
    """
    _refuse_run(run, overwrite=overwrite, store=store)
    _refuse_file(source)
    tell = progress or (lambda what, done, of: None)
    tell("read the model", 0, 0)
    with tempfile.TemporaryDirectory(prefix="idc_model_") as folder:
        found = _in_child(source, Path(folder), pixels, idc_class, seconds)
        score = None
        if store is not None:
            scorer = Scorer(Path(folder) / "model.onnx")
            score = scorer.score(store.patches, progress=lambda done, of: tell("score", done, of))
        if store is None and (run / "predictions.parquet").is_file():
            with extending(run) as part:
                _enter(part, Path(folder))
                _info(part, source, found, pixels, idc_class, None)
            return Imported(open_run(run), tuple(found["said"]))
        with building(run) as made:
            _enter(made.folder, Path(folder))
            done = _info(made.folder, source, found, pixels, idc_class, store)
            if store is not None:
                table = store.index.assign(score=score)[list(PREDICTION_COLUMNS)]
                write_parquet(made.folder / "predictions.parquet", table)
                write_evaluation(done)
    return Imported(open_run(run), tuple(found["said"]), made.replaced)


def _refuse_run(run: Path, *, overwrite: bool, store: PatchStore | None) -> None:
    if not (run / "run.json").is_file():
        return
    if (run / "model.onnx").is_file() and not overwrite:
        raise Refusal(
            f"expected a run without a network: {run.name} has one. Choose another name, or "
            "replace it with --overwrite."
        )
    if not overwrite and store is not None and (run / "predictions.parquet").is_file():
        raise Refusal(
            f"expected a run without predictions to score {store.name} for: {run.name} has some. "
            "Leave --data out to add the network to them, or replace all with --overwrite."
        )
    if store is None and (run / "predictions.parquet").is_file() and _scored_here(run):
        raise Refusal(
            f"expected --data NAME: the predictions of {run.name} were made by the network that "
            "would go, and must be made again. Or choose another name."
        )


def _scored_here(run: Path) -> bool:
    """Whether the run's own network made its predictions, so that another cannot go with them."""
    return (run / "model.onnx").is_file() and "source" not in open_run(run).info


def _refuse_file(source: Path) -> None:
    """Whatever can be said without opening it as a model."""
    if not source.is_file():
        raise Refusal(f"expected a Keras model, a .keras or .h5 file: {source} is no file.")
    size = source.stat().st_size
    if size > MOST_BYTES:
        raise Refusal(f"expected a model of at most {MOST_BYTES:,} bytes: {source} has {size:,}.")
    with source.open("rb") as file:
        head = file.read(64)
    if head.startswith(b"\x89HDF"):
        return
    if head.startswith(b"version https://git-lfs"):
        raise Refusal(
            f"expected a Keras model in {source.name}: it is a Git LFS pointer. Fetch the file "
            "itself: git lfs pull."
        )
    if not head.startswith(b"PK"):
        raise Refusal(
            f"expected a Keras model, a .keras or .h5 file: {source.name} is neither. Save the "
            "model with model.save('model.keras')."
        )
    _refuse_zip(source)


def _refuse_zip(source: Path) -> None:
    with archives.open_zip(source, LIMITS, "a whole .keras file") as opened:
        entries = opened.infolist()
    names = {entry.filename for entry in entries}
    if "config.json" not in names or not any(name.endswith(".weights.h5") for name in names):
        raise Refusal(
            f"expected config.json and weights in {source.name}: it is a zip, but no Keras model."
        )
    for entry in entries:
        if not entry.is_dir() and (why := archives.refused(entry, LIMITS)):
            raise Refusal(
                f"expected a .keras file as Keras writes it: in {source.name} "
                f"{entry.filename[:80]!r} is not taken ({why[1]}). Save the model anew."
            )


def _in_child(
    source: Path, folder: Path, pixels: str, idc_class: int, seconds: int
) -> dict[str, Any]:
    arguments = [str(source.resolve()), str(folder), pixels, str(idc_class)]
    ended = confined.run("idc_core.nn.foreign", arguments, folder, seconds)
    if ended is None:
        raise Refusal(f"expected {source.name} to be read within {seconds} seconds: it was not.")
    answer = folder / "answer.json"
    if not answer.is_file():
        raise Refusal(
            f"expected a Keras model in {source.name}: reading it ended without an answer (exit "
            f"{ended}), as it does where a model asks for more than "
            f"{confined.MOST_MEMORY // 1024**3} GiB."
        )
    found: dict[str, Any] = read_json(answer)
    if "sentence" in found:
        raise Refusal(str(found["sentence"]))
    return found


def _enter(run: Path, folder: Path) -> None:
    """Copy the network in."""
    for name in KEPT:
        content = (folder / name).read_bytes()
        write_with(run / name, lambda file, content=content: file.write(content))  # type: ignore[misc]


def _info(
    run: Path, source: Path, found: dict[str, Any], pixels: str, idc_class: int,
    store: PatchStore | None,
) -> Run:  # fmt: skip
    file = run / "run.json"
    before: dict[str, Any] = read_json(file) if file.is_file() else {}
    model = {
        "file": source.name, "sha256": sha256_of(source), "pixels": pixels, "idc_class": idc_class,
        "said": found["said"], "network_off": bool(confined.no_network()), "imported": now(),
    }  # fmt: skip
    fresh: dict[str, Any] = {
        "status": "imported", "trained_on": "not known: this network was imported",
        "started": now(), "warnings": [], "pixel_size_um": None,
    }  # fmt: skip
    info = fresh | before
    info |= {
        "network": found["network"], "parameters": found["parameters"], "model_source": model,
        "onnx_max_difference": found["onnx_max_difference"], "versions": versions(),
    }  # fmt: skip
    if store is not None:
        info["data"] = _data(store)
    write_json(file, info)
    return Run(run, info)


def _data(store: PatchStore) -> dict[str, Any]:
    by_split = store.index.groupby("split")
    return {
        "name": store.name, "fingerprint": store.fingerprint,
        "patches": {str(k): int(v) for k, v in by_split.size().items()},
        "patients": {str(k): int(v) for k, v in by_split["patient"].nunique().items()},
    }  # fmt: skip
