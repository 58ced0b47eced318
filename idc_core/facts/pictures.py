"""Facts in pictures: as text inside a PNG or an SVG, and in a line below where it is a figure."""

import io
import json
import re
import struct
import zlib
from html import escape

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from idc_core.facts.record import Facts

Pixels = npt.NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SVG = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SMALL, _ROOM = 13, 20  # pixels of a letter and of a line


def png_with_facts(png: bytes, facts: Facts) -> bytes:
    """The PNG with each fact as text of its own (iTXt, UTF-8); its pixels stay as they are."""
    after_header = len(_SIGNATURE) + 12 + 13
    if not png.startswith(_SIGNATURE) or png[12:16] != b"IHDR":
        raise ValueError("expected a PNG: found other bytes.")
    said = b"".join(
        _chunk(b"iTXt", f"idc:{name}".encode("latin-1") + b"\0\0\0\0\0" + text.encode())
        for name, text in facts.said().items()
    )
    return png[:after_header] + said + png[after_header:]


def figure_png(pixels: Pixels, facts: Facts, title: str) -> bytes:
    """A picture (h, w, 3) RGB with its title above, the facts below and inside."""
    lines = _wrapped([title], pixels.shape[1]), _wrapped([facts.line()], pixels.shape[1])
    top, foot = (_ROOM * len(each) + 8 for each in lines)
    high, wide = pixels.shape[:2]
    sheet = Image.new("RGB", (max(wide, 320), top + high + foot), "white")
    sheet.paste(Image.fromarray(pixels), (0, top))
    pen = ImageDraw.Draw(sheet)
    for at, said in enumerate(lines[0]):
        pen.text((4, 4 + at * _ROOM), said, "#1C2733", _font())
    for at, said in enumerate(lines[1]):
        pen.text((4, top + high + 4 + at * _ROOM), said, "#5B6875", _font())
    stored = io.BytesIO()
    sheet.save(stored, "PNG")
    return png_with_facts(stored.getvalue(), facts)


def svg_with_facts(svg: str, facts: Facts, title: str) -> str:
    """A drawing with its title and the facts: read out, kept as metadata, and in a line below."""
    found = _SVG.search(svg)
    if found is None:
        raise ValueError('expected an SVG with viewBox="0 0 WIDTH HEIGHT": found none.')
    wide, high = float(found[1]), float(found[2])
    lines = _wrapped([title, facts.line()], wide)
    taller = high + _ROOM * len(lines) + 6
    start, end = svg.index(">", found.end()) + 1, svg.rindex("</svg>")
    head = svg[:start].replace(found[0], f'viewBox="0 0 {found[1]} {taller:g}"')
    head = re.sub(rf'(?<= height="){found[2]}(?=")', f"{taller:g}", head)
    words = "".join(
        f'<text x="4" y="{high + _ROOM * (at + 1) - 4:g}" font-size="{_SMALL}" '
        f'font-family="sans-serif" fill="#5B6875">{escape(said)}</text>'
        for at, said in enumerate(lines)
    )
    kept = escape(json.dumps(facts.said(), ensure_ascii=False), quote=False)
    return f"{head}<metadata>{kept}</metadata>{svg[start:end]}{words}</svg>"


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def _font() -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    return ImageFont.load_default(_SMALL)


def _wrapped(texts: list[str], wide: float) -> list[str]:
    """Lines that fit in `wide` pixels, broken between words."""
    most = max(int(max(wide, 320) / (_SMALL * 0.56)), 20)
    lines = [""]
    for number, text in enumerate(texts):
        if number:
            lines.append("")
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if len(longer) > most and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
    return lines
