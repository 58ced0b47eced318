"""What is known of patches that were cut of slides here: tissue, ink and sharpness of each, the
section of its slide, and the scanner and site that the slide came from.

A store that was not cut by `train_cli.py cut` knows none of it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import SLIDE
from idc_core.data.stores.store import MEASURED, SLIDES, PatchStore
from idc_core.evaluate.slices.attributes import UNKNOWN, Attribute, aligned, quarters
from idc_core.io import kinds
from idc_core.io.files import read_parquet

INK_EDGES = (0.0, 0.05)
MOST_SECTIONS = 6
MOST_CATEGORIES = 12
"""More scanners or sites than this: the rarest together are "others"."""

LONGEST = 40
"""Signs of a scanner's or site's name that are shown."""

_KINDS = {
    "section": kinds.WHOLE,
    "share": kinds.SHARE,
    "tissue": kinds.SHARE,
    "pen": kinds.SHARE,
    SLIDE: kinds.TEXT,
}
_OF_SLIDES = {"scanner": "Scanner", "site": "Site"}


def of_cut(rows: pd.DataFrame, store: PatchStore | None) -> list[Attribute]:
    """Attributes of `rows` (patient, slide, x, y) from the store that holds them; none of a store
    that was not cut, and of section, scanner and site only those that differ within the store.

    Raises `Refusal` where a column holds something else.
    """
    if store is None or not {SLIDE, *MEASURED} <= set(store.index):
        return []
    kinds.refuse_others(store.path / "index.parquet", store.index, _KINDS)
    named = {name: _of_slides(store, name) for name in _OF_SLIDES}
    numbers = {name: codes for name, (_, codes) in named.items()}
    known = store.index.assign(**numbers)
    own = aligned(rows, known, ["tissue", "pen", "sharpness", "section", *numbers])
    training = known[known["split"] == "train"]
    reference = training if len(training) else known
    of = "the training split" if len(training) else "all patches, as there is no training split"
    found = [
        quarters(
            "tissue",
            "Tissue share",
            own["tissue"],
            reference["tissue"],
            f"Share of the patch that is tissue. Quarters of {of}.",
        ),
        ink(own["pen"]),
        quarters(
            "sharpness",
            "Sharpness",
            own["sharpness"],
            reference["sharpness"],
            f"Variance of the Laplacian: low where it is blurred. Quarters of {of}.",
            digits=0,
        ),
    ]
    if known["section"].max() > 1:
        found.append(section(own["section"]))
    for name, (values, _) in named.items():
        if len(values) > 1:
            codes = own[name].fillna(UNKNOWN).to_numpy(np.int8)
            note = f"{_OF_SLIDES[name]} of the slide, as its file or the table of slides says."
            found.append(Attribute(name, _OF_SLIDES[name], values, codes, note))
    return found


def ink(share: npt.ArrayLike) -> Attribute:
    """Patches by their share of ink; `nan` is not known. Not by quarters: most have none."""
    given = np.asarray(share, np.float64)
    codes = np.where(np.isnan(given), UNKNOWN, np.digitize(given, INK_EDGES, right=True))
    return Attribute(
        "ink",
        "Ink share",
        ("none", "up to 5 %", "over 5 %"),
        codes.astype(np.int8),
        "Share of the patch that is pen or marker ink.",
    )


def section(number: npt.ArrayLike) -> Attribute:
    """Patches by the section of their slide, numbered from 1 as one reads; 0 is not known."""
    given = np.nan_to_num(np.asarray(number, np.float64))
    return Attribute(
        "section",
        "Section of the slide",
        (*(str(at) for at in range(1, MOST_SECTIONS)), f"{MOST_SECTIONS} and later"),
        (np.minimum(given, MOST_SECTIONS) - 1).astype(np.int8),
        "Tissue that lies apart on the slide, from left to right, line by line.",
    )


def categories(names: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.int8]]:
    """The different names by the alphabet, and the number of each; an empty one is not known.

    >>> values, codes = categories(["B", "", "A", "B"])
    >>> values, codes.tolist()
    (('A', 'B'), [1, -1, 0, 1])
    """
    said = pd.Series([" ".join(name.replace("|", "/").split())[:LONGEST] for name in names])
    often = said[said != ""].value_counts()
    values = sorted(often.index)
    if len(values) > MOST_CATEGORIES:
        values = [*sorted(often.index[: MOST_CATEGORIES - 1]), "others"]
        said = said.where(said.isin([*values, ""]), "others")
    number = {name: at for at, name in enumerate(values)}
    return tuple(values), said.map(number).fillna(UNKNOWN).to_numpy(np.int8)


def _of_slides(store: PatchStore, column: str) -> tuple[tuple[str, ...], npt.NDArray[np.int8]]:
    """What `slides.parquet` says of each patch's slide: the values, and the number of each row."""
    unknown = np.full(len(store.index), UNKNOWN, np.int8)
    file = store.path / SLIDES
    if not file.is_file():
        return (), unknown
    table = read_parquet(file)
    if not {SLIDE, column} <= set(table):
        return (), unknown
    table = table.assign(**{column: table[column].fillna("").astype(str)})
    kinds.refuse_others(file, table, {SLIDE: kinds.TEXT})
    by_slide = table.drop_duplicates(SLIDE).set_index(SLIDE)[column]
    values, codes = categories(by_slide.tolist())
    number = pd.Series(codes, index=by_slide.index)
    found = store.index[SLIDE].astype(str).map(number).fillna(UNKNOWN).to_numpy(np.int8)
    present = np.unique(found[found != UNKNOWN])
    # A slide that was refused, or left no patch, is no group of patches.
    lies = np.full(len(values) + 1, UNKNOWN, np.int8)
    lies[present] = np.arange(len(present))
    return tuple(values[at] for at in present), lies[found]
