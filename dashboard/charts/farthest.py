"""A chart with one mark per patient, where there are more patients than marks that can be seen."""

import pandas as pd

from dashboard.charts.theme import many

MOST = 1000
"""Marks of one chart; the browser gets no more, however many patients there are."""


def farthest(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows whose `column` is farthest from 0, in their order; all where they are few.

    >>> table = pd.DataFrame({"gap": [0.1, -0.9, 0.0]})
    >>> farthest(table, "gap")["gap"].tolist()
    [0.1, -0.9, 0.0]
    """
    if len(table) <= MOST:
        return table
    far = table[column].abs().sort_values(ascending=False, kind="stable").index[:MOST]
    return table.loc[table.index.isin(far)]


def said(table: pd.DataFrame, of: str) -> str:
    """That not all are drawn, and which; empty where all are. `of`: what they are far from.

    >>> said(pd.DataFrame({"gap": range(2000)}), "0")
    'Drawn: the 1,000 of 2,000 patients farthest from 0; the CSV has all. '
    """
    if len(table) <= MOST:
        return ""
    return (
        f"Drawn: the {many(MOST)} of {many(len(table))} patients farthest from {of}; the CSV has "
        "all. "
    )
