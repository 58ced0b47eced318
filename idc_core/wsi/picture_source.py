"""Plain PNG, JPEG and TIFF pictures, which Pillow decodes whole after a look at their header."""

from pathlib import Path

import numpy as np
from PIL import Image

from idc_core.io.refusal import Refusal
from idc_core.wsi import pages, source
from idc_core.wsi.frame import frame
from idc_core.wsi.source import Pixels, Unreadable, reason

PLAIN = ("PNG", "JPEG", "TIFF")


class PictureSource:
    """A plain picture; of a TIFF the largest page. Raises `Unreadable` where Pillow cannot, and
    `Refusal` where it would be too large or holds more than 8 bits a colour."""

    def __init__(self, path: Path, shown: str) -> None:
        try:
            with pages.bombs_raise(), Image.open(path, formats=PLAIN) as opened:
                sizes = pages.sizes(opened)
                at = sizes.index(max(sizes, key=lambda size: size[0] * size[1]))
                description = pages.description(opened)
                opened.seek(at)
                wide, high = opened.size
                if wide * high > source.MOST_PICTURE_PX:
                    raise Refusal(
                        f"expected a picture of at most {source.MOST_PICTURE_PX // 10**6} million "
                        f"pixels: {shown} has {wide:,} × {high:,}. Save it as a tiled TIFF with "
                        "the slide as its first page, which is read part by part."
                    )
                self.note = pages.note(sizes, at)
                self.frame = frame([(wide, high)], pages.micrometres_of(opened, description))
                self._pixels = _rgb(opened, shown)
        except Refusal:
            raise
        except (OSError, ValueError, SyntaxError, *pages.BOMBS) as broken:
            raise Unreadable(reason(broken, path)) from None
        except Exception:  # of damaged tags Pillow raises nearly anything
            raise Unreadable("damaged") from None

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        rows = slice(round(top), max(round(top + high), round(top) + 1))
        columns = slice(round(left), max(round(left + wide), round(left) + 1))
        return self._pixels[rows, columns]

    def pixels(self, wide: float, high: float, shrink: float) -> float:
        return 0  # it is decoded already

    def close(self) -> None:
        """Nothing is held open."""


def _rgb(opened: Image.Image, shown: str) -> Pixels:
    """RGB; 16-bit grey would be cut off silently and is refused."""
    if opened.mode.startswith(("I", "F")):
        raise Refusal(
            f"expected a picture of 8 bits a colour: {shown} has more. Export it as 8-bit RGB."
        )
    if opened.mode in ("RGBA", "LA", "P", "PA"):
        layer = opened.convert("RGBA")
        white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        opened = Image.alpha_composite(white, layer)
    return np.asarray(opened.convert("RGB"), np.uint8)
