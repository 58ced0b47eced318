"""What readers said of patches: an append-only list of events, in SQLite or PostgreSQL.

A verdict is never changed: it is followed by another one, or by an undo. Label, score, threshold,
run and model are stored as the reader saw them. What `Reviews.record` returned from is on the disk.
Nothing outside this package asks in which of the two they lie (docs/storage.md).

`verdict` is what can be said, `log` appends and reads, `where` chooses between `file`, which is
SQLite, and `idc_core.io.postgres`.
"""

from idc_core.reviews.file import VERSION
from idc_core.reviews.later_labels import labelled_since, verdicts_in
from idc_core.reviews.log import (
    COLUMNS,
    Mark,
    News,
    Reviews,
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
from idc_core.reviews.where import Where, default_where, is_begun

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
    "Where",
    "data_key",
    "default_where",
    "is_begun",
    "labelled_since",
    "open_reviews",
    "progress_of",
    "reading_order",
    "says",
    "standing_of",
    "verdicts_in",
    "with_news",
]
