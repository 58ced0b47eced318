"""XML as text: user's words escaped, signs that XML cannot hold replaced, facts in a comment."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Comment, Element

from idc_core.annotations.writers.outline import Colour, Facts

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """The text without the signs that no XML may hold, escaped or not.

    >>> plain("a\\x00<b>")
    'a\\ufffd<b>'
    """
    return _NOT_IN_XML.sub("\ufffd", text)


def text_of(root: Element, facts: Facts) -> str:
    """The document, with the facts as a comment at the top of its root; readers pass it over."""
    said = "\n".join(f"{name}: {value}" for name, value in facts.items() if value is not None)
    if said:
        # Two dashes end a comment, whatever follows.
        root.insert(0, Comment(plain(f"\n{said}\n").replace("--", "- -")))
    ElementTree.indent(root)
    body: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def hexadecimal(colour: Colour) -> str:
    """
    >>> hexadecimal((213, 94, 0))
    '#d55e00'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)
