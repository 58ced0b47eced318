"""Charts that say what they were handed: what the report hands over is tested without drawing."""

import pytest

from idc_core.export.charts import Charts


def said(*words: object) -> str:
    return f'<svg viewBox="0 0 40 30"><text>{" ".join(map(str, words))}</text></svg>'


@pytest.fixture(scope="session")
def charts() -> Charts:
    return Charts(
        roc=lambda ranked, threshold, _: said("roc", len(ranked), threshold),
        precision_recall=lambda ranked, threshold, _: said(
            "precision-recall", len(ranked), threshold
        ),
        reliability=lambda bins, _: said("reliability", len(bins)),
        decision_curve=lambda curve, threshold, _: said("decision", len(curve), threshold),
        matrix=lambda counts, _: said("matrix", counts.tn, counts.fp, counts.fn, counts.tp),
        learning_curve=lambda history, metric, words, kept: said(metric, kept or "–"),
    )
