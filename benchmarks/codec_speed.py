"""Patches kept as JPEG: is training made to wait for them, and what do they cost in scores?

Synthetic slides are cut twice, as JPEG and lossless as PNG. The default network learns from the
JPEG store for two epochs. Promised: at 224 px it waits for its input for less than 2 % of the time.

Printed beside it, unpromised: by how much the score of a patch differs between the two stores, and
ROC-AUC on both, on the patients that were not learnt from; at 96 px too. Of the squares of
CMU-1-Small-Region, where the real data are at hand (`IDC_REAL_DATA`), the scores of the same
network with and without JPEG; they have no labels. Tissue of the two classes differs little, so
that scores lie between 0 and 1 and can move.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.shared.promise import judge
from idc_core.runs.run import Run, open_run
from idc_core.score.scoring import Scorer
from idc_core.score.slide_scoring import score_image
from idc_core.train.config import TrainConfig
from idc_core.wsi.reading import open_image
from tests.cut_world import cut_store, draw_slides

WAITED = 0.02
SLIDES = {96: 60, 224: 30}
"""By side of a patch; 15 patches a slide."""

PALER, UNEVEN = 0.10, 0.08
QUICK = TrainConfig(epochs=2, batch_size=4, warmup_epochs=0.25, average=0.9)
"""So that two epochs on few patches are enough to tell the classes apart."""


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as folder:
        runs = {side: compared(Path(folder) / str(side), side) for side in SLIDES}
        info = runs[224].info
        waited, wall = info.waited_for_input_seconds, info.wall_seconds
        assert waited is not None
        assert wall is not None
        return judge(
            "waiting for patches of 224 px in JPEG",
            100 * waited / wall,
            100 * WAITED,
            " %",
            detail=f"{waited:.2f} s of {wall:.0f} s",
        )


def compared(root: Path, side: int) -> Run:
    """Train on patches of this side, print what JPEG costs them; the run."""
    from idc_core.nn.training import train

    slides = draw_slides(root, side, SLIDES[side], paler=PALER, uneven=UNEVEN)
    jpeg, png = (cut_store(root, slides, side, codec) for codec in ("jpeg", "png"))
    run = train(QUICK, root / "models" / "ours", jpeg)
    scorer = Scorer(run.path / "model.onnx")
    unseen = np.flatnonzero((jpeg.index["split"] != "train").to_numpy())
    labels = jpeg.index["label"].to_numpy()[unseen]
    lossy, exact = (scorer.score(store.patches[unseen]) for store in (jpeg, png))
    areas = [roc_auc_score(labels, scores) for scores in (lossy, exact)]
    sizes = [store.pixel_file.stat().st_size / len(store.index) / 1e3 for store in (jpeg, png)]
    print(f"{side} px, {sizes[0]:.1f} against {sizes[1]:.1f} kB a patch: {told(lossy, exact)}")
    print(f"  ROC-AUC {areas[0]:.4f} of JPEG, {areas[1]:.4f} of PNG", flush=True)
    slide = Path(os.environ.get("IDC_REAL_DATA", "")) / "slides" / "cmu_small_region.svs"
    if slide.is_file():
        with open_image(slide) as image:
            both = [score_image(image, scorer, target_um=0.499, codec=c) for c in ("jpeg", None)]
        print(f"  {slide.name}: {told(*(each.rows['score'].to_numpy() for each in both))}")
    return open_run(run.path)


def told(lossy: np.ndarray, exact: np.ndarray) -> str:
    """How far two scores of the same patches lie apart."""
    apart = np.abs(lossy - exact)
    return (
        f"{len(apart)} patches, scores {exact.min():.3f} to {exact.max():.3f}, apart by "
        f"{apart.mean():.5f} on average and {apart.max():.5f} at most"
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
