"""What the words and codes of a split mean: splits, or a question with the option to answer it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from idc_core.data.split_names import EITHER, SPLITS, split_of_words, split_word
from idc_core.io.refusal import Refusal

OPTION = "--split-words"

_TRUE, _FALSE = frozenset(("true", "t", "yes", "y", "1")), frozenset(("false", "f", "no", "n", "0"))


def given_words(text: str | None) -> dict[str, str]:
    """Read the option: `0=train, 1=validation, 2=test`; words in lower case.

    >>> given_words("0=train, Eval=test")
    {'0': 'train', 'eval': 'test'}
    """
    found = {}
    for pair in filter(str.strip, (text or "").split(",")):
        word, _, said = pair.rpartition("=")
        split = split_of(said)
        if split is None or not word.strip():
            raise Refusal(
                f'expected words like "0=train, 1=validation, 2=test" for {OPTION}, naming the '
                f"splits {', '.join(SPLITS)}: found {pair.strip()[:60]!r}."
            )
        found[word.strip().lower()] = split
    return found


def splits_meant(words: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Word → split for all words that are understood, those `given` first."""
    bare = {word: _bare(word) for word in words}
    known = split_of_words(bare.values())
    said = {word: known[one] for word, one in bare.items() if one in known}
    return said | {word: given[plain(word)] for word in bare if plain(word) in given}


def split_of(word: str) -> str | None:
    """The split that one word means alone.

    >>> split_of("Test_Set"), split_of("eval")
    ('test', None)
    """
    return splits_meant([word], {}).get(word)


def plain(word: str) -> str:
    """A word as it is compared: in lower case, `2.0` as `2`."""
    text = word.strip().lower()
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdecimal() and not rest.strip("0") else text


def are_truths(words: Iterable[str]) -> bool:
    """Whether these are yes and no."""
    found = {plain(word) for word in words}
    return bool(found) and found <= _TRUE | _FALSE


def is_true(word: str) -> bool:
    """Whether this is a yes."""
    return plain(word) in _TRUE


def question(counts: Counter[str], column: str, noun: str, path: Path) -> Refusal:
    """Ask what the words of a column mean; `counts` of `noun` by word."""
    said = ", ".join(
        f"{word[:40]!r} ({count:,} {noun if count != 1 else noun[:-1]})"
        for word, count in _ranked(counts)[:6]
    )
    known = splits_meant(counts, {})
    open_ = [word for word, _ in _ranked(counts) if word not in known]
    codes = all(plain(word).isdecimal() for word in open_)
    if are_truths(open_) and set(map(plain, open_)) & {"true", "false"}:
        split = split_of(column.lower().removeprefix("is")) or "test"
        rest = next(one for one in ("train", "test") if one != split)
        why = f"that says who is {split}, not in which split the others are"
        example = ", ".join(f"{word}={split if is_true(word) else rest}" for word in open_)
    elif codes:
        kind = "numbers of folds" if len(open_) > 3 or "fold" in column.lower() else "codes"
        why = f"{kind} do not say which is train, validation and test"
        example = ", ".join(f"{plain(word)}={_example(at)}" for at, word in enumerate(open_[:6]))
    else:
        why = "not all of these are splits (train, validation, test, unused)"
        if any(plain(word) in EITHER for word in open_):
            why = "“eval” may be validation or test"
        example = ", ".join(f"{word.strip()[:40]}={_example(2)}" for word in open_[:3])
    return Refusal(
        f"expected the splits of patients in the column {column!r} of {path}: it holds {said}; "
        f'{why}. Say it: {OPTION} "{example}".'
    )


def _bare(word: str) -> str:
    """The word itself if it is one for a split, else without words like "set" and numbers."""
    return word if split_of_words([word]) or plain(word) in EITHER else split_word(word)


def _example(at: int) -> str:
    return ("train", "validation", "test")[min(at, 2)] if at < 3 else "train"


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    codes = all(plain(word).isdecimal() for word in counts)
    if codes:
        return sorted(counts.items(), key=lambda pair: int(plain(pair[0])))
    return counts.most_common()
