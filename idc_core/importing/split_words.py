"""What a column of sides says, in the words of whoever wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from idc_core.refusal import Refusal
from idc_core.sides import SPLITS, WORDS

OPTION = "--split-words"

_MORE = {
    "validate": "validation", "dev": "validation", "tune": "validation", "tuning": "validation",
    "holdout": "test", "hold-out": "test", "hold out": "test", "held-out": "test",
    "train set": "train", "test set": "test", "training set": "train",
    "validation set": "validation", "trn": "train", "tst": "test",
}  # fmt: skip
_EITHER = ("eval", "evaluation")
"""Validation beside a test side, test beside a validation side; alone nobody knows."""


def sides_in(words: Iterable[Any], given: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """The side that each word of a column means; None where one of them means none.

    >>> sides_in(["TEST ", "Val"]), sides_in(["eval", "tuning"]), sides_in(["0", "1"])
    ({'TEST ': 'test', 'Val': 'validation'}, {'eval': 'test', 'tuning': 'validation'}, None)
    """
    texts = [str(word) for word in words]
    said = {word.strip().lower(): side for word, side in (given or {}).items()}
    found = {text: said.get(_plain(text)) or _side(_plain(text)) for text in texts}
    known = set(found.values())
    for text in texts:
        if found[text] is None and _plain(text) in _EITHER:
            found[text] = {
                (True, False): "validation", (False, True): "test",
            }.get(("test" in known, "validation" in known))  # fmt: skip
    sides = {text: side for text, side in found.items() if side is not None}
    return sides if texts and len(sides) == len(texts) else None


def given_words(text: str | None) -> dict[str, str]:
    """Read the option: `eval=test, tuning=validation`.

    >>> given_words("eval=test, tuning=val")
    {'eval': 'test', 'tuning': 'validation'}
    """
    found = {}
    for pair in filter(str.strip, (text or "").split(",")):
        word, _, side = pair.partition("=")
        meant = _side(_plain(side))
        if meant is None or not word.strip():
            raise Refusal(
                f'expected words like "eval=test, tuning=validation" for {OPTION}, with the sides '
                f"{', '.join(SPLITS)}: found {pair.strip()[:60]!r}."
            )
        found[word.strip()] = meant
    return found


def _plain(word: str) -> str:
    return word.strip().lower()


def _side(plain: str) -> str | None:
    return WORDS.get(plain) or _MORE.get(plain)
