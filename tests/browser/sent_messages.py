"""What the server sent to a page, as lines of text: every word, figure and picture, but no mark.

Nothing is known here of the dashboard's code: messages are walked by the shape they say themselves.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pyarrow as pa
from google.protobuf.message import Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MARKS = frozenset(
    {
        "id",
        "form_id",
        "element_id",
        "uuid",
        "source_id",
        "active_script_hash",
        "page_script_hash",
        "url",
        "deferred_file_id",
        "component_name",
        "page",
        "favicon",
        "js_content",
        "js_source_path",
        "css_content",
        "css_source_path",
    }
)
"""Fields that hold an address, a program, a look or a mark that the next start draws anew, and
no word."""
DRAWN = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b|/media/[0-9a-f]+\.\w+"
)
"""Marks drawn anew at every look, digests that name a chart's data (which is held itself), and
addresses of bytes that are served."""
VARYING = (
    # Predict measures the machine.
    (re.compile(r"Scored in [\d.,]+ m?s, [\d.,]+ patches/s"), "Scored in …"),
    # How far a dot stands beside its row is drawn in the browser, and said in the dot's label.
    (re.compile(r"jitter: [\d.e-]+"), "jitter: …"),
    # The quiz draws its patches anew for every reader.
    (re.compile(r'"(seed|identity)": (?:\d+|"[0-9a-f]{24}")'), r'"\1": …'),
)
"""What two looks at the same code say otherwise, and what is written for it."""
UNSEEN = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
PICTURE = re.compile(r"data:([\w/+.-]+);base64,([\w+/=]+)")
QUERY = re.compile(r"\?(?:[\w.~%+-]+=[^\s\"'<>)\]&]*&?(?:amp;)?)+")


class Placed(NamedTuple):
    """An element or a block, with the run that sent it and the fragment that it belongs to."""

    run: str
    fragment: str
    message: Message


class Lines(NamedTuple):
    """Texts and figures in their order, and the queries that were cut from their links."""

    texts: list[str]
    links: list[str]


def last_sent(frames: Iterable[bytes]) -> list[Message]:
    """What stands when the frames are through, in the page's order.

    As the browser does: what comes later at a place replaces what stood there, and a run that ends
    takes away what an earlier one had left; otherwise the record would hold how often the
    server told of its progress."""
    known: dict[str, ForwardMsg] = {}
    heads: dict[str, Message] = {}
    placed: dict[tuple[int, ...], Placed] = {}
    run, fragments = "", frozenset[str]()
    for frame in frames:
        message = ForwardMsg.FromString(frame)
        place, kind = tuple(message.metadata.delta_path), message.WhichOneof("type")
        if kind == "ref_hash":
            message = known[message.ref_hash]
            kind = message.WhichOneof("type")
        elif message.hash:
            known[message.hash] = message
        if kind == "new_session":
            run = message.metadata.run.script_run_id
            fragments = frozenset(message.metadata.run.fragment_ids)
        elif kind == "delta" and message.delta.WhichOneof("type") != "new_transient":
            sent = getattr(message.delta, message.delta.WhichOneof("type"))
            placed[place] = Placed(run, message.delta.fragment_id, sent)
        elif kind == "script_finished":
            stale = [
                at
                for at, each in placed.items()
                if each.run != run and (not fragments or each.fragment in fragments)
            ]
            for at in stale:
                del placed[at]
        elif kind in ("navigation", "page_config_changed", "page_info_changed"):
            heads[kind] = getattr(message, kind)
    return [*heads.values(), *(placed[at].message for at in sorted(placed))]


def lines(messages: Iterable[Message]) -> Lines:
    """Every field of the messages that a reader could see or read off, a line each."""
    found = Lines([], [])
    for message in messages:
        for name, value in _fields(message, (message.DESCRIPTOR.name,)):
            if name.endswith("query_string"):
                found.links.append(value)
                continue
            bare, queries = without_queries(value)
            found.links.extend(queries)
            found.texts.extend(f"{name}: {line}" for line in bare.splitlines() if line.strip())
    return found


def without_queries(text: str) -> tuple[str, list[str]]:
    """A text with `?…` for every query of a link in it, and those queries.

    >>> without_queries('<a href="./slide?run=demo&amp;x=1">Which?</a>')
    ('<a href="./slide?…">Which?</a>', ['?run=demo&amp;x=1'])
    """
    return QUERY.sub("?…", text), QUERY.findall(text)


def steady(text: str) -> str:
    """A text without what two looks at the same code say otherwise.

    >>> steady("All correctly classified. Scored in 6.7 ms, 1,784 patches/s.")
    'All correctly classified. Scored in ….'
    """
    for varying, instead in VARYING:
        text = varying.sub(instead, text)
    return text


def _fields(message: Message, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        name = (*above, field.name)
        if field.full_name == "Image.url":
            yield ".".join(name), _digest(value.encode())  # served under a digest of its bytes
            continue
        if field.name in MARKS:
            continue
        if hasattr(value, "items"):
            for key, each in sorted(value.items()):
                yield from _one(each, (*name, key))
        elif isinstance(value, (str, bytes, int, float, Message)):
            yield from _one(value, name)
        else:
            for each in value:
                yield from _one(each, name)


def _one(value: Any, name: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, Message):
        yield from _fields(value, name)
        return
    said = _of_bytes(value) if isinstance(value, bytes) else _of_text(str(value))
    yield ".".join(name), said


def _of_text(text: str) -> str:
    """A text without programs and marks; JSON with its keys in order, a line each."""
    if text[:1] in ("{", "["):
        with suppress(ValueError):
            text = json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False)
    text = PICTURE.sub(lambda found: f"data:{found[1]} {_digest(found[2].encode())}", text)
    return DRAWN.sub("…", UNSEEN.sub("", text))


def _of_bytes(value: bytes) -> str:
    """A table's rows; of anything else a digest."""
    try:
        table = pa.ipc.open_stream(value).read_all()
    except pa.ArrowInvalid:
        return _digest(value)
    text = io.StringIO()
    columns = [each.to_pylist() for each in table.columns]
    csv.writer(text).writerows([table.column_names, *zip(*columns, strict=True)])
    return _of_text(text.getvalue())


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()[:16]
