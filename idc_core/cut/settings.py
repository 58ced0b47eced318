"""How slides are cut: what is the same for all slides of a store."""

from dataclasses import dataclass, field
from hashlib import sha256

from idc_core.annotations.classes import ClassMap
from idc_core.annotations.labels import Thresholds
from idc_core.io.record import replace
from idc_core.records.raster import Codec, Raster
from idc_core.wsi.sections import GAP_UM
from idc_core.wsi.tissue import TissueRule

RAW_TO_PX = 64
"""Patches up to this side are kept as they are, in one array; larger ones compressed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`raster`: side and µm per pixel of the patches, names of the two classes. `classes`: what the
    outlines' classes mean; `priority`: which of them has the place where two overlap.
    `detections`: QuPath's cells count as outlines. `gap_um`: glass between two sections."""

    raster: Raster
    um: float
    """µm per pixel of the patches."""
    classes: ClassMap
    codec: Codec = "jpeg"
    thresholds: Thresholds = field(default_factory=Thresholds)
    tissue: TissueRule = field(default_factory=TissueRule)
    priority: tuple[str, ...] = ()
    detections: bool = False
    unlabelled: bool = False
    """Nobody drew anything: every square with tissue is cut, without a label."""
    gap_um: float = GAP_UM

    @property
    def is_raw(self) -> bool:
        return self.raster.patch_px <= RAW_TO_PX

    @property
    def kept(self) -> Raster:
        """The raster as the store has it: with what its patches went through."""
        return replace(self.raster, codec=None if self.is_raw else self.codec)

    def digest(self) -> str:
        """The same for the same settings: what was cut with others is cut again."""
        said = (
            self.raster.words(),
            self.um,
            self.classes.rules,
            self.codec,
            self.thresholds,
            self.tissue,
            self.priority,
            self.detections,
            self.unlabelled,
            self.gap_um,
        )
        return sha256(repr(said).encode()).hexdigest()
