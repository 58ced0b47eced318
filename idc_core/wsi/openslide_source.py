"""Slides that OpenSlide reads, region by region (SVS, NDPI, MRXS, DICOM, tiled TIFF, …).

A handle of OpenSlide that failed once fails for good, whatever is asked next. So every call goes
through one guard, which makes a sentence of the failure and lets go of the handle: the next call
opens the file anew, and what is damaged is refused in the same words each time.

Label and macro picture are never asked for, and of the properties only those that `frame` names.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import openslide

from idc_core.io.refusal import Refusal
from idc_core.wsi import pages
from idc_core.wsi.frame import NAMED, frame_of_slide
from idc_core.wsi.source import Pixels, Unreadable, level_for, on_white, reason


class OpenSlideSource:
    """A file that OpenSlide reads; `shown`: what it is called in sentences. Raises `Unreadable`."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path, self._shown = path, shown
        self._slide: openslide.OpenSlide | None = None
        self.note = ""
        with self._guard(Unreadable):
            if openslide.OpenSlide.detect_format(str(path)) is None:
                raise Unreadable("not a format that it knows")
            slide = self._handle()
            sizes = slide.level_dimensions
            self._steps = [float(step) for step in slide.level_downsamples]
            known = {name: slide.properties.get(name) for name in NAMED}
            self.fingerprint = slide.properties.get("openslide.quickhash-1")
        self.frame = frame_of_slide(sizes, {n: text for n, text in known.items() if text})
        if known["openslide.vendor"] == "generic-tiff" and pages.has_larger(path, self.frame.size):
            # OpenSlide takes the first tiled page of such a file, which may be a label.
            self.close()
            raise Unreadable("another page than the largest would be read")

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        level = level_for(self._steps, shrink)
        step = self._steps[level]
        place = round(left), round(top)
        size = max(round(wide / step), 1), max(round(high / step), 1)

        def broken(said: str) -> Refusal:
            return Refusal(
                f"expected a whole slide in {self._shown}: it cannot be read at {place[0]}, "
                f"{place[1]} ({said}). Copy or export it again."
            )

        with self._guard(broken):
            found = self._handle().read_region(place, level, size)
        return on_white(np.asarray(found))

    def pixels(self, wide: float, high: float, shrink: float) -> float:
        return wide * high / self._steps[level_for(self._steps, shrink)] ** 2

    def close(self) -> None:
        if self._slide is not None:
            with suppress(openslide.OpenSlideError):
                self._slide.close()
            self._slide = None

    def _handle(self) -> openslide.OpenSlide:
        if self._slide is None:
            self._slide = openslide.OpenSlide(str(self._path))
        return self._slide

    @contextmanager
    def _guard(self, sentence: Callable[[str], Exception]) -> Iterator[None]:
        try:
            yield
        except (openslide.OpenSlideError, OSError, ValueError) as broken:
            self.close()
            raise sentence(reason(broken, self._path)) from None


def fingerprint(path: Path) -> str | None:
    """OpenSlide's digest, the same for every file of a slide; None where it reads none."""
    try:
        opened = OpenSlideSource(path, path.name)
    except Unreadable:
        return None
    opened.close()
    return opened.fingerprint
