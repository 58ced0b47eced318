"""What can be said of patches without labels: what is predicted, never how good that is."""

from idc_core.data.known_labels import is_known
from idc_core.records.raster import Raster


def in_words(patches: int, called: int, raster: Raster) -> str:
    """How many patches are predicted positive, in two sentences.

    >>> in_words(512, 96, Raster())
    'Of 512 patches, 96 are predicted IDC at this threshold. None has a label.'
    >>> in_words(1, 1, Raster(positive="tumour", negative="stroma"))
    'Of 1 patch, 1 is predicted tumour at this threshold. It has no label.'
    """
    noun, last = ("patch", "It has no label") if patches == 1 else ("patches", "None has a label")
    verb = "is" if called == 1 else "are"
    return (
        f"Of {patches:,} {noun}, {called:,} {verb} {raster.predicted(True)} at this threshold. "
        f"{last}."
    )


def labels_fact(labels: object) -> str | None:
    """What an exported file says of its labels; None where every patch has one.

    >>> labels_fact([-1, -1]), labels_fact([1, -1, 0]), labels_fact([1, 0])
    ('no label', '2 of 3 patches have a label', None)
    """
    known = is_known(labels)  # type: ignore[arg-type]
    if known.all():
        return None
    if not known.any():
        return "no label"
    verb = "has" if known.sum() == 1 else "have"
    return f"{int(known.sum()):,} of {len(known):,} patches {verb} a label"
