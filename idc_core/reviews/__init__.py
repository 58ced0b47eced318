"""What readers said of patches: an append-only list of events in SQLite.

A verdict is never changed: it is followed by another one, or by an undo. Label, score, threshold,
run and model are stored as the reader saw them. What `Reviews.record` returned from is on the disk.
SQLite may be replaced by a server behind this package; nothing else knows where verdicts lie.

`verdict` is what can be said, `log` appends and reads, `file` is SQLite.
"""

from idc_core.reviews.file import VERSION
from idc_core.reviews.later_labels import labelled_since
from idc_core.reviews.log import (
    COLUMNS,
    Mark,
    News,
    Reviews,
    default_path,
    open_reviews,
    progress_of,
    standing_of,
    with_news,
)
from idc_core.reviews.reading_order import reading_order
from idc_core.reviews.verdict import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    STAGES,
    VERDICTS,
    Verdict,
    data_key,
    says,
)

__all__ = [
    "COLUMNS",
    "LONGEST_COMMENT",
    "LONGEST_NAME",
    "STAGES",
    "VERDICTS",
    "VERSION",
    "Mark",
    "News",
    "Reviews",
    "Verdict",
    "data_key",
    "default_path",
    "labelled_since",
    "open_reviews",
    "progress_of",
    "reading_order",
    "says",
    "standing_of",
    "with_news",
]
