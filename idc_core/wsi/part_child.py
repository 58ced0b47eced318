"""The process that reads parts of slides: `python -m idc_core.wsi.part_child`, which `part_pool.py`
starts.

Slides are other people's files, read by C libraries: one that is damaged may end the process that
reads it, or keep it for ever. Here it is not the server's.

A request is a line of JSON, what `Wanted` holds; an answer a byte, 1 where it is a sentence, the
length of what follows, and that.
"""

import json
import struct
import sys
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO, NamedTuple

import cv2

from idc_core.io import confined
from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import TissueImage, open_image
from idc_core.wsi.tiles import Region, as_jpeg, region

MOST_OPEN = 8
"""Slides that a process keeps open."""

MOST_MEMORY = 4 * 1024**3
"""Address space of a process, most of it libraries."""

HEAD = struct.Struct(">BI")


class Wanted(NamedTuple):
    """A part of the slide in `file`, which was changed at `changed` (ns), `width` and `height`
    pixels large."""

    file: str
    changed: int
    width: int
    height: int
    region: Region


class Opened:
    """The slides that were asked for last."""

    def __init__(self) -> None:
        self._images: OrderedDict[tuple[str, int], TissueImage] = OrderedDict()

    def part(self, wanted: Wanted) -> bytes:
        """As JPEG; raises `Refusal`."""
        image = self._image(wanted)
        if image.size != (wanted.width, wanted.height):
            raise Refusal(
                f"expected the slide that was cut, {wanted.width:,} × {wanted.height:,} pixels: "
                f"{image.path.name} has {image.size[0]:,} × {image.size[1]:,}. Put the right file "
                "there, or cut it again."
            )
        return as_jpeg(region(image, wanted.region))

    def _image(self, wanted: Wanted) -> TissueImage:
        key = wanted.file, wanted.changed
        if key not in self._images:
            if len(self._images) >= MOST_OPEN:
                self._images.popitem(last=False)[1].__exit__(None, None, None)
            self._images[key] = open_image(Path(wanted.file))
        self._images.move_to_end(key)
        return self._images[key]


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer until nobody asks."""
    opened = Opened()
    for line in asked:
        try:
            failed, content = 0, opened.part(_read(line))
        except Refusal as refused:
            failed, content = 1, str(refused).encode()
        except (OSError, MemoryError) as broken:
            failed, content = (
                1,
                f"expected a part of a slide: the system refused ({broken}).".encode(),
            )
        answered.write(HEAD.pack(failed, len(content)) + content)
        answered.flush()


def _read(line: bytes) -> Wanted:
    file, changed, width, height, part = json.loads(line)
    return Wanted(file, changed, width, height, Region(*part))


if __name__ == "__main__":
    confined.limit_self(memory=MOST_MEMORY)
    cv2.setNumThreads(1)
    serve(sys.stdin.buffer, sys.stdout.buffer)
