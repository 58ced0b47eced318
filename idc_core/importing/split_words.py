"""What a column of sides says, in the words of whoever wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from idc_core.data.split.words import OPTION as OPTION
from idc_core.data.split.words import given_words as given_words
from idc_core.data.split.words import plain, sides_said


def sides_in(words: Iterable[Any], given: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """The side that each word of a column means; None where one of them means none.

    >>> sides_in(["TEST ", "Val"]), sides_in(["eval", "tuning"]), sides_in(["0", "1"])
    ({'TEST ': 'test', 'Val': 'validation'}, {'eval': 'test', 'tuning': 'validation'}, None)
    """
    texts = list(dict.fromkeys(map(str, words)))
    said = sides_said(texts, {plain(word): side for word, side in (given or {}).items()})
    return {text: said[text] for text in texts} if texts and len(said) == len(texts) else None
