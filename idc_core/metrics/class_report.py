"""Precision, recall and F1 of both classes, as text and as a table."""

from typing import Any

import numpy as np

from idc_core.metrics.catalogue import RATES

CLASSES = ("no IDC", "IDC")
"""What they are called where the data do not say otherwise: negative, positive."""


def classification_report(
    tn: int, fp: int, fn: int, tp: int, classes: tuple[str, str] = CLASSES
) -> str:
    """Precision, recall, F1 and support of both classes, laid out like scikit-learn's.

    >>> print(classification_report(36257, 3412, 4370, 11466).splitlines()[2].split())
    ['no', 'IDC', '0.89', '0.91', '0.90', '39669']
    """
    mirrored, own = (tp, fn, fp, tn), (tn, fp, fn, tp)
    figures = [
        [float(RATES[name](*counts)) for name in ("precision", "sensitivity", "f1")]
        for counts in (mirrored, own)
    ]
    supports = [tn + fp, fn + tp]
    total = sum(supports)
    weights = np.array(supports) / max(total, 1)
    wide = max(12, *map(len, classes))
    lines = [f"{'':>{wide}} {'precision':>10} {'recall':>9} {'f1-score':>9} {'support':>9}", ""]
    for name, row, support in zip(classes, figures, supports, strict=True):
        lines.append(_report_line(name, row, support, wide))
    accuracy = float(RATES["accuracy"](tn, fp, fn, tp))
    lines += ["", f"{'accuracy':>{wide}} {'':>10} {'':>9} {accuracy:>9.2f} {total:>9}"]
    lines.append(_report_line("macro avg", np.mean(figures, axis=0), total, wide))
    lines.append(_report_line("weighted avg", weights @ np.array(figures), total, wide))
    return "\n".join(lines) + "\n"


def per_class(
    tn: int, fp: int, fn: int, tp: int, classes: tuple[str, str] = CLASSES
) -> list[dict[str, Any]]:
    """The same as a table: precision, recall, F1 and number of patches of each class.

    >>> [(row["class"], row["n"]) for row in per_class(36257, 3412, 4370, 11466)]
    [('no IDC', 39669), ('IDC', 15836)]
    """
    return [
        {
            "class": name,
            "precision": float(RATES["precision"](*counts)),
            "recall": float(RATES["sensitivity"](*counts)),
            "f1": float(RATES["f1"](*counts)),
            "n": int(counts[2] + counts[3]),
        }
        for name, counts in zip(classes, ((tp, fn, fp, tn), (tn, fp, fn, tp)), strict=True)
    ]


def _report_line(name: str, row: Any, support: int, wide: int) -> str:
    return f"{name:>{wide}} {row[0]:>10.2f} {row[1]:>9.2f} {row[2]:>9.2f} {support:>9}"
