"""The small world with Markdown and HTML in every text that is not ours."""

import json
from pathlib import Path

import onnx

from idc_core.io.files import append_json_line, read_json, read_parquet, write_json, write_parquet
from idc_core.records.notes import Notes, write_notes
from idc_core.reviews import Verdict, data_key, open_reviews
from idc_core.runs.ledger import lock
from idc_core.runs.run import open_run

HOSTILE = "![x](e.png)[a](javascript:b):red[r]$x$`c`<img src=x onerror=a()> www.evil.org"
"""No slash, so that it can be a folder's name too."""

CLASSES = {
    "positive": "<img src=x>[a](javascript:b)$x$`c`![x]",
    "negative": "![x](e):red[r]$x$`c`<img src=x>",
}
"""The same in what a name of a class may be as long as."""

PATIENT, OTHER = "10253", "9036"


def make_hostile(root: Path) -> Path:
    """Spoil `root/models/small` and `root/data/tiny` in place; `root/models` gets a second run."""
    run, store = root / "models" / "small", root / "data" / "tiny"
    _store(store)
    _network(run / "model.onnx")
    table = read_parquet(run / "predictions.parquet")
    table["patient"] = _renamed(table["patient"])
    write_parquet(run / "predictions.parquet", table)
    info = _spoilt(read_json(run / "run.json"))
    info |= {"status": "finished", "data": info["data"] | {"name": store.name}}
    info |= {"warnings": [HOSTILE], "scored_by": HOSTILE, "origin": {"file": HOSTILE}}
    info |= {"monitor": "val_auc", "started": "2026-01-02T03:04:05Z"}
    info |= {"raster": CLASSES}
    info["data"]["fingerprint"] = read_json(store / "manifest.json")["fingerprint"]
    write_json(run / "run.json", info)
    append_json_line(run / "events.jsonl", {"epoch": 5, "kind": HOSTILE, "at": HOSTILE})
    write_notes(run, Notes((HOSTILE[:40], HOSTILE[40:])))
    lock(open_run(run), table, rule="youden", name=HOSTILE[:60], reason=HOSTILE)
    _verdicts(root, run)
    return root


def _renamed(patients):
    names = {PATIENT: HOSTILE, OTHER: HOSTILE + "2"}
    return patients.astype(object).map(lambda each: names.get(each, each))


def _spoilt(value):
    """Every text of a record, but for what is looked up by it."""
    if isinstance(value, dict):
        return {key: _spoilt(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_spoilt(each) for each in value]
    return HOSTILE if isinstance(value, str) else value


def _store(store: Path) -> None:
    index = read_parquet(store / "index.parquet")
    index["patient"] = _renamed(index["patient"])
    write_parquet(store / "index.parquet", index)
    manifest = read_json(store / "manifest.json")
    write_json(store / "manifest.json", manifest | {"source": HOSTILE, "raster": CLASSES})
    (store / "rejects.csv").write_text(f'file,reason,detail\n"{HOSTILE}","{HOSTILE}","{HOSTILE}"\n')


def _network(file: Path) -> None:
    model = onnx.load(file)
    for node in model.graph.node:
        node.output[:] = [HOSTILE if name == "conv" else name for name in node.output]
        node.input[:] = [HOSTILE if name == "conv" else name for name in node.input]
    for output in model.graph.output:
        output.name = HOSTILE if output.name == "conv" else output.name
    for entry in model.metadata_props:
        layers = json.loads(entry.value)
        layers[0] |= {"name": HOSTILE, "kind": HOSTILE}
        entry.value = json.dumps(layers)
    onnx.save(model, file)


def _verdicts(root: Path, folder: Path) -> None:
    opened = open_run(folder)
    rows = opened.predictions()
    own = rows[rows["patient"] == HOSTILE].head(6)
    reviews = open_reviews(root / "data" / "reviews.sqlite")
    for reviewer, verdict in ((HOSTILE, "idc"), (HOSTILE + "2", "no_idc")):
        reviews.record(
            [
                Verdict(
                    data=data_key(opened),
                    patient=HOSTILE,
                    x=row.x,
                    y=row.y,
                    reviewer=reviewer,
                    verdict=verdict,
                    comment=HOSTILE,
                    run=HOSTILE,
                    label=int(row.label),
                    score=float(row.score),
                    threshold=0.5,
                    model=HOSTILE,
                    split="test",
                )
                for row in own.itertuples()
            ]
        )
