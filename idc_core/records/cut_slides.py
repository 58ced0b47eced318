"""What is known of a slide once it was cut, as it lies beside its patches."""

from idc_core.io.record import Record


class Done(Record, frozen=True, kw_only=True):
    """One slide. Counts are of squares with tissue, outlined area among it."""

    slide: str
    patient: str
    site: str = ""
    mark: str
    """Of the slide's file, its outlines and the settings: where it changed, it is cut again."""
    file: str
    width: int
    """Of the finest level, in pixels; so `height`."""
    height: int
    um_x: float
    """µm of such a pixel across, `um_y` down."""
    um_y: float
    um_from: str
    """"file" or "given"."""
    origin_x: int = 0
    """Where the scanned part begins, which QuPath shows as the whole."""
    origin_y: int = 0
    scanner: str = ""
    annotation: str | None = None
    """The file of its outlines, `annotation_sha256` what it held, `tool` who wrote it."""
    annotation_sha256: str | None = None
    tool: str | None = None
    exhaustive: bool
    sections: int
    squares: int
    """Of the grid, glass too."""
    tissue: int
    positive: int
    negative: int
    undecided: int
    unknown: int
    excluded: int
    regions: int
    holes: int
    repaired: int
    """Invalid outlines that were mended."""
    conflicts: int
    """Pairs of a positive and a negative outline that overlap."""
    classes: dict[str, str] = {}
    """What each class of the outlines counts as (`annotations.classes.Role`)."""
    left_out: dict[str, int] = {}
    """Objects of the annotation that are no area, by reason."""
    alarms: list[str] = []
    notes: list[str] = []

    @property
    def taken(self) -> int:
        return self.positive + self.negative


class Refused(Record, frozen=True, kw_only=True):
    """A slide that was not cut, and why, in a sentence."""

    slide: str
    file: str
    why: str
