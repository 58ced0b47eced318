from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from idc_core.importing.proved import Proved, prove
from idc_core.io.refusal import Refusal
from tests.idc_core.importing import world

TABLE = world.tissue()
MANY = len(TABLE)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    world.store(tmp_path / "data", "mine", TABLE)
    world.store(tmp_path / "data", "other", TABLE.assign(patient="someone"))
    return tmp_path


def held(here: Path, table: pd.DataFrame, **options: object) -> Proved:
    return prove(
        table["patient"],
        table["x"].to_numpy(np.float64),
        table["y"].to_numpy(np.float64),
        table["label"],
        table["score"].to_numpy(np.float64),
        data=here / "data",
        models=here / "models",
        **options,
    )


def said(found: Proved) -> list[tuple[str, str]]:
    return [(each.kind, each.sentence) for each in found.findings]


def swapped(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(x=table["y"], y=table["x"])


def indices(table: pd.DataFrame, first: int = 0) -> pd.DataFrame:
    return table.assign(x=(table["x"] - 1) // 50 + first, y=(table["y"] - 1) // 50 + first)


SAME = ("same", f"All {MANY} patches are those of the store “mine”.")


def test_the_same_patches_are_named_and_nothing_is_moved(here: Path) -> None:
    found = held(here, TABLE)
    assert said(found) == [SAME]
    assert (found.labels, found.words, found.sentences()) == ("agree", (), [])


def test_a_part_of_a_store_is_the_same_patches(here: Path) -> None:
    assert said(held(here, TABLE.iloc[::2]))[0][0] == "same"


@pytest.mark.parametrize(
    ("table", "once"),
    [
        (swapped(TABLE), "x and y are exchanged"),
        (TABLE.assign(x=TABLE["x"] + 50), "x is moved by −1 patch"),
        (
            TABLE.assign(patient=TABLE["patient"] + "_idx5"),
            "“9001_idx5” is read as patient 9001 (and 1 more)",
        ),
        (
            TABLE.assign(patient=TABLE["patient"] + ".0"),
            "“9001.0” is read as patient 9001 (and 1 more)",
        ),
        (
            TABLE.assign(patient="000" + TABLE["patient"]),
            "“0009001” is read as patient 9001 (and 1 more)",
        ),
    ],
    ids=["swapped", "shifted", "idx5", "float", "zeros"],
)
def test_what_would_fit_is_said_with_the_option_and_the_option_mends_it(
    here: Path, table: pd.DataFrame, once: str
) -> None:
    found = held(here, table)
    ends = f"All {MANY} patches are those of the store “mine” once {once}: "
    assert [sentence for _, sentence in said(found)] == [ends + "import again with --like mine."]
    assert found.x.tolist() == table["x"].tolist()
    mended = held(here, table, like="mine")
    assert mended.x.tolist() == TABLE["x"].tolist()
    assert mended.y.tolist() == TABLE["y"].tolist()
    assert mended.patient.tolist() == TABLE["patient"].tolist()
    assert said(mended) == [SAME]
    if once.startswith("“"):
        assert mended.words == ("patients as the store “mine” writes them",)
    else:
        assert mended.words == (f"{once}, as the store “mine” has them",)


@pytest.mark.parametrize("first", [0, 1])
def test_a_store_settles_whether_indices_count_from_0_or_1(here: Path, first: int) -> None:
    found = held(here, indices(TABLE, first))
    assert found.x.tolist() == TABLE["x"].tolist()
    assert said(found) == [SAME]


def test_swapped_indices_are_named_though_they_are_multiplied(here: Path) -> None:
    found = held(here, swapped(indices(TABLE)))
    assert found.x.tolist() == TABLE["y"].tolist()
    assert said(found) == [
        (
            "moved",
            f"All {MANY} patches are those of the store “mine” once x and y are exchanged "
            "and columns and rows are taken as 50 pixels each: import again with --like mine.",
        )
    ]


def test_a_store_on_another_grid_keeps_its_places(tmp_path: Path) -> None:
    own = TABLE.assign(x=TABLE["x"] - 1, y=TABLE["y"] - 1)
    world.store(tmp_path / "data", "zero", own)
    found = held(tmp_path, own)
    assert found.x.tolist() == own["x"].tolist()
    assert found.words == ()


def test_reversed_labels_get_their_own_sentence(here: Path) -> None:
    found = held(here, TABLE.assign(label=1 - TABLE["label"]))
    assert found.labels == "reversed"
    assert said(found)[1] == (
        "labels reversed",
        f"The labels are reversed: of {MANY} patches that the store “mine” knows, {MANY} carry the "
        "other label there. If 1 means no IDC in this table, import again with --label-words "
        '"1=no-idc, 0=idc".',
    )


def test_labels_that_differ_here_and_there_are_counted(here: Path) -> None:
    label = TABLE["label"].to_numpy().copy()
    label[:10] = 1 - label[:10]
    found = held(here, TABLE.assign(label=label))
    assert found.labels == "differ"
    assert said(found)[1][1].startswith(f"10 of {MANY} labels differ from those of the store")


def test_unknown_labels_neither_agree_nor_differ(here: Path) -> None:
    found = held(here, TABLE.assign(label=-1))
    assert found.labels is None
    assert said(found) == [SAME]


def test_other_patients_and_other_places_are_nothing(here: Path) -> None:
    assert said(held(here, TABLE.assign(patient="q" + TABLE["patient"]))) == []
    assert said(held(here, TABLE.assign(x=TABLE["x"] * 7 + 50))) == []
    assert said(held(here, TABLE.iloc[:10])) == []


def test_a_damaged_store_concerns_nobody(here: Path) -> None:
    (here / "data" / "mine" / "index.parquet").write_bytes(b"PAR1 no table")
    assert said(held(here, TABLE)) == []


def test_an_option_that_does_not_fit_names_what_does(here: Path) -> None:
    with pytest.raises(Refusal, match=r"'other' does not, mine does\. Say --like mine\."):
        held(here, TABLE, like="other")


def test_scores_of_a_run_are_known_again(here: Path) -> None:
    world.run(here / "models", "theirs", TABLE)
    same = held(here, TABLE)
    assert said(same)[1] == ("same scores", f"Its {MANY} scores are those of the run “theirs”.")
    assert same.sentences() == []
    back = held(here, TABLE.assign(score=1 - TABLE["score"]))
    assert said(back)[1] == (
        "scores reversed",
        f"Its {MANY} scores are 1 minus those of the run “theirs”: the probability of no IDC? "
        "Import again with --score-of no-idc.",
    )
    mixed = TABLE.assign(score=TABLE["score"].sample(frac=1, random_state=0).to_numpy())
    kind, sentence = said(held(here, mixed))[1]
    assert kind == "order lost"
    assert "and there they fit (ROC-AUC" in sentence
    assert said(held(here, mixed, besides=["theirs"])) == [SAME]


def test_the_same_scores_in_many_runs_are_one_sentence(here: Path) -> None:
    for name in ("first", "second", "third"):
        world.run(here / "models", name, TABLE)
    found = [each for each in held(here, TABLE).findings if each.kind == "same scores"]
    assert [each.sentence for each in found] == [
        f"Its {MANY} scores are those of the run “first”, and of 2 other runs."
    ]


def test_a_lost_order_is_recognised_without_a_run(here: Path) -> None:
    names = (
        TABLE["patient"]
        + "_idx5_x"
        + TABLE["x"].astype(str)
        + "_y"
        + TABLE["y"].astype(str)
        + "_class"
        + TABLE["label"].astype(str)
        + ".png"
    )
    as_read = TABLE["score"].to_numpy()[np.lexsort((names, TABLE["label"]))]
    mixed = TABLE.sample(frac=1, random_state=2).assign(score=as_read)
    kind, sentence = said(held(here, mixed))[1]
    assert kind == "order lost"
    assert "given to the patches by class, then file name" in sentence
    shuffled = TABLE["score"].sample(frac=1, random_state=4).to_numpy()
    assert said(held(here, TABLE.assign(score=shuffled))) == [SAME]


def test_two_samples_of_one_set_are_told_by_their_labels(tmp_path: Path) -> None:
    whole = world.tissue(tuple(f"9{at:03}" for at in range(20)))
    world.store(tmp_path / "data", "mine", whole.sample(frac=0.4, random_state=0))
    table = whole.sample(frac=0.4, random_state=1)
    both = len(pd.merge(table, whole.sample(frac=0.4, random_state=0)))
    start = f"{both:,} of {len(table):,} patches are those of the store “mine”"
    assert said(held(tmp_path, table)) == [("same", f"{start}.")]
    found = held(tmp_path, table.assign(label=1 - table["label"]))
    assert found.labels == "reversed"
    assert said(held(tmp_path, swapped(table)))[0][1].startswith(f"{start} once x and y are ex")
    assert said(held(tmp_path, table.assign(label=-1))) == []


def test_a_table_that_fits_is_not_blamed_for_a_run_that_was_shuffled(here: Path) -> None:
    mixed = TABLE.assign(score=TABLE["score"].sample(frac=1, random_state=0).to_numpy())
    world.run(here / "models", "shuffled", mixed)
    found = held(here, TABLE)
    assert [kind for kind, _ in said(found)] == ["same", "order there"]
    assert "it is that run whose order was lost" in said(found)[1][1]
    assert found.sentences() == []
    again = TABLE.assign(score=TABLE["score"].sample(frac=1, random_state=1).to_numpy())
    assert "of one of the two the order was lost" in said(held(here, again))[1][1]
