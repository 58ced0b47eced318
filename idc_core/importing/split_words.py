"""What a column of split names means, in the words of whoever wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from idc_core.data.split.words import OPTION as OPTION
from idc_core.data.split.words import given_words as given_words
from idc_core.data.split.words import plain, splits_meant


def splits_in_column(
    words: Iterable[Any], given: Mapping[str, str] | None = None
) -> dict[str, str] | None:
    """The split that each word of a column means; None where one of them means none.

    >>> splits_in_column(["TEST ", "Val"]), splits_in_column(["eval", "tuning"])
    ({'TEST ': 'test', 'Val': 'validation'}, {'eval': 'test', 'tuning': 'validation'})
    >>> splits_in_column(["0", "1"])
    """
    texts = list(dict.fromkeys(map(str, words)))
    said = splits_meant(texts, {plain(word): split for word, split in (given or {}).items()})
    return {text: said[text] for text in texts} if texts and len(said) == len(texts) else None
