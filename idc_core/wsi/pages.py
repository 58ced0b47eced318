"""The pages of a TIFF: how large each is, which is the slide, and what the file says of it.

Labels, thumbnails and reduced copies come before the slide as often as after it.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from idc_core.wsi import micrometres
from idc_core.wsi.micrometres import Micrometres

UNREADABLE = (0, 0)

MOST_PAGES = 1_000
"""Of a TIFF: further ones are not looked at."""

BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@contextmanager
def bombs_raise() -> Iterator[None]:
    """Pillow only warns of pictures up to twice its limit; of damaged tags it need not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def note(found: list[tuple[int, int]], at: int) -> str:
    """Which page is read, where it is not the first, and which cannot be."""
    said = ""
    if at:
        wide, high = found[at]
        said = (
            f"Of the {len(found)} pages of the file the largest is read, number {at + 1} with "
            f"{wide:,} × {high:,} pixels."
        )
    if UNREADABLE in found:
        said += f" Page {len(found)} of the file cannot be read."
    return said.strip()


def has_larger(path: Path, size: tuple[int, int]) -> bool:
    """Whether a TIFF holds a page of more pixels than `size`; not where Pillow cannot say."""
    try:
        with bombs_raise(), Image.open(path, formats=("TIFF",)) as opened:
            return any(wide * high > size[0] * size[1] for wide, high in sizes(opened))
    except Exception:  # of damaged tags Pillow raises nearly anything
        return False


def sizes(opened: Image.Image) -> list[tuple[int, int]]:
    """Sizes (width, height) of all pages of a TIFF, from their headers; of others of the one."""
    if opened.format != "TIFF":
        return [opened.size]
    found = []
    for at in range(MOST_PAGES):
        try:
            _open_page(opened, at)
        except EOFError:
            break
        except (OSError, ValueError, SyntaxError, UserWarning):
            if not at:
                raise
            found.append(UNREADABLE)
            break
        found.append(opened.size)
    return found


def _open_page(opened: Image.Image, at: int) -> None:
    with warnings.catch_warnings():
        if at:  # of a damaged page Pillow only warns, and takes the size of the one before
            warnings.simplefilter("error", UserWarning)
        opened.seek(at)


def description(opened: Image.Image) -> str:
    """ImageDescription of the page that is open; Pillow takes its UTF-8 for Latin-1."""
    text = str(opened.tag_v2.get(270, "")) if opened.format == "TIFF" else ""  # type: ignore[attr-defined]
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def micrometres_of(opened: Image.Image, first: str) -> Micrometres | None:
    """From the tags of the page that is open; `first`: the description of the file's first page,
    where OME and ImageJ speak for all."""
    if opened.format != "TIFF":
        return None
    tags = opened.tag_v2  # type: ignore[attr-defined]
    try:
        across = float(tags.get(282, 0))
        resolution, unit = (across, float(tags.get(283, across))), int(tags.get(296, 2))
    except (TypeError, ValueError, ZeroDivisionError):
        resolution, unit = (0.0, 0.0), 1
    return micrometres.of_file(first or description(opened), opened.size, resolution, unit)
