"""What a column of sides says, in the words of whoever wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from idc_core.refusal import Refusal
from idc_core.sides import SPLITS, sides_of_words

OPTION = "--split-words"


def sides_in(words: Iterable[Any], given: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """The side that each word of a column means; None where one of them means none.

    >>> sides_in(["TEST ", "Val"]), sides_in(["eval", "tuning"]), sides_in(["0", "1"])
    ({'TEST ': 'test', 'Val': 'validation'}, {'tuning': 'validation', 'eval': 'test'}, None)
    """
    texts = [str(word) for word in words]
    said = {word.strip().lower(): side for word, side in (given or {}).items()}
    own = {text: side for text in texts if (side := said.get(text.strip().lower())) is not None}
    found = sides_of_words(texts) | own
    return found if texts and len(found) == len(set(texts)) else None


def given_words(text: str | None) -> dict[str, str]:
    """Read the option: `eval=test, tuning=validation`.

    >>> given_words("eval=test, tuning=val")
    {'eval': 'test', 'tuning': 'validation'}
    """
    found = {}
    for pair in filter(str.strip, (text or "").split(",")):
        word, _, side = pair.partition("=")
        meant = sides_of_words([side.strip()]).get(side.strip())
        if meant is None or not word.strip():
            raise Refusal(
                f'expected words like "eval=test, tuning=validation" for {OPTION}, with the sides '
                f"{', '.join(SPLITS)}: found {pair.strip()[:60]!r}."
            )
        found[word.strip()] = meant
    return found
