"""Tables of text as people have them: every kind gives the same rows, and says what was unusual."""

import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.io.tabular import numbers, open_table

NAMES = [f"0886{at}_idx5_x{51 + 50 * at}_y1_class{at % 2}.png" for at in range(6)]
SCORES = [0.1, 0.9, 0.25, 0.75, 0.3, 0.8]
LINES = [
    f"{name},{score},{at % 2}" for at, (name, score) in enumerate(zip(NAMES, SCORES, strict=True))
]
PLAIN = "\n".join(["file,prob,label", *LINES, ""])
BODY = "\n".join([*LINES, ""])


@pytest.fixture
def opened(tmp_path):
    def read(content, name="t.csv", **options):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(file, **options)

    return read


def same(table):
    """Whether the table holds the six rows, in order."""
    frame = table.read(["file", "prob", "label"])
    return (
        frame["file"].tolist() == NAMES
        and numbers(frame["prob"]).tolist() == SCORES
        and numbers(frame["label"]).tolist() == [0, 1] * 3
    )


SEMICOLONS = "Columns are separated by semicolons."
KINDS = {
    "plain": (PLAIN, ()),
    "semicolons and decimal commas": (
        PLAIN.replace(",", ";").replace(".", ",").replace(",png", ".png"),
        (SEMICOLONS, "Numbers in “prob” have a decimal comma."),
    ),
    "tabs": (PLAIN.replace(",", "\t"), ("Columns are separated by tabs.",)),
    "bars": (PLAIN.replace(",", "|"), ("Columns are separated by bars (|).",)),
    "spaces": (PLAIN.replace(",", "   "), ("Columns are separated by spaces.",)),
    "what pandas prints": (
        pd.DataFrame({"file": NAMES, "prob": SCORES, "label": [0, 1] * 3}).to_string(index=False),
        ("Columns are separated by spaces.",),
    ),
    "a line that names the separator": ("sep=;\r\n" + PLAIN.replace(",", ";"), (SEMICOLONS,)),
    "a comment": ("# model v3, 2021\n" + PLAIN, ("One comment above the table left out.",)),
    "a header that is a comment": (
        "# file,prob,label\n" + BODY,
        ("One comment above the table left out.",),
    ),
    "a header that begins with #": ("#" + PLAIN, ()),
    "a title": ("Results of the model\n\n" + PLAIN, ("2 lines above the table left out.",)),
    "a title with a comma": ("Results, 2021\n" + PLAIN, ("One line above the table left out.",)),
    "a title in its first cell": ("Results,,\n" + PLAIN, ("One line above the table left out.",)),
    "separators at the end of rows": (PLAIN.replace("\n", ",\n").replace("label,", "label"), ()),
    "separators at the end of all lines": (PLAIN.replace("\n", ",\n"), ()),
    "a separator at the end of the header": (PLAIN.replace("label\n", "label,\n"), ()),
    "everything quoted": (
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.split()),
        (),
    ),
    "carriage returns": (PLAIN.replace("\n", "\r"), ()),
    "line ends of Windows": (PLAIN.replace("\n", "\r\n"), ()),
    "empty lines": (PLAIN.replace("\n", "\n\n"), ()),
    "no line end": (PLAIN.rstrip("\n"), ()),
    "a mark of order": ("\ufeff" + PLAIN, ()),
    "UTF-16": (PLAIN.encode("utf-16"), ("Read as UTF-16.",)),
    "UTF-16 without a mark": (PLAIN.encode("utf-16-le"), ("Read as UTF-16.",)),
    "UTF-16, the other order": (PLAIN.encode("utf-16-be"), ("Read as UTF-16.",)),
    "the header again": (
        PLAIN + PLAIN,
        ("The header comes again in row 7: left out.",),
    ),
    "a comment between": (
        PLAIN.replace(NAMES[3], f"# epoch 3\n{NAMES[3]}"),
        ("Row 4 is a comment: left out.",),
    ),
    "a cut last line": (
        PLAIN + "08866_idx5_x1_y5",
        (
            "The last line is no whole row, cut off perhaps: row 7, '08866_idx5_x1_y5', is left "
            "out.",
        ),
    ),
    "row names without a name": (
        "file,prob,label\n" + "\n".join(f"{at},{line}" for at, line in enumerate(LINES)),
        (
            "The header is one name short: the first column, without a name, holds the names of "
            "the rows.",
        ),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_text_gives_the_same_rows(opened, kind):
    content, notes = KINDS[kind]
    table = opened(content)
    if kind == "the header again":
        assert table.read(["file"])["file"].tolist() == NAMES + NAMES
    else:
        assert same(table)
    assert table.notes == notes


def test_old_letters_of_windows_are_read_and_said(opened):
    table = opened(PLAIN.replace("08860", "Müller").encode("cp1252"))
    assert table.read(["file"])["file"][0] == NAMES[0].replace("08860", "Müller")
    assert table.notes == ("Read as Windows-1252 (Latin-1).",)


def test_without_a_header_columns_are_called_by_their_place(opened):
    table = opened(BODY)
    assert table.columns == ("column 1", "column 2", "column 3")
    assert table.read(["column 1"])["column 1"].tolist() == NAMES
    numbers_only = opened("A-1,1001,1051,1,0.93\nA-2,1051,1051,0,0.1\n")
    assert len(numbers_only) == 2


def test_classes_are_names_of_columns(opened):
    table = opened("filename,0,1,y_true\na,0.1,0.9,1\nb,0.2,0.8,0\n")
    assert table.columns == ("filename", "0", "1", "y_true")
    assert opened("0,1\n0.3,0.7\n").columns == ("0", "1")


def test_two_columns_of_one_name_are_told_apart(opened):
    table = opened("file,prob,prob\na,0.1,0.2\n")
    assert table.columns == ("file", "prob", "prob.1")
    assert table.notes == ("Several columns are called “prob”: the second is read as “prob.1”.",)


def test_short_rows_are_filled_up_where_they_stood_and_told(opened):
    table = opened(PLAIN.replace(",0.25,0", ",0.25").replace(",0.3,0", ""))
    frame = table.read(table.columns)
    assert frame["file"].tolist() == NAMES
    assert frame["prob"].isna().tolist() == [False] * 4 + [True, False]
    assert frame["label"].isna().tolist() == [False, False, True, False, True, False]
    assert table.notes == (
        "2 rows are shorter than the header (first row 3): their last cells are taken as empty.",
    )


def test_rows_are_never_taken_for_a_title(opened):
    """Four rows of three fields above rows of two: none of them may be left out as a heading."""
    table = opened("file,prob,label\n" + BODY + "a,1\nb,2\nc,3\nd,4\ne,5\nf,6\ng,7\n")
    assert len(table) == 12, "the last of them is no whole row"
    alone = opened(NAMES[0] + "\nfile,prob\nb,0.1\nc,0.2\n")
    assert alone.read(["column 1"])["column 1"].tolist() == [NAMES[0], "file", "b", "c"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PLAIN.replace("0.25", "0.25,x"), "row 3 has 4: .*Put quotes around"),
        (
            PLAIN.replace(".", ",").replace(",png", ".png"),
            "numbers like 0,25 are written with a decimal comma",
        ),
        ("a,b,c,d\n1,2\n3,4\n", "4 names and rows of 2 fields"),
        ('file,score\na,"open\nb,2\nc,3\n', "one in row 1 is not closed"),
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("a," * 10_001 + "\n", "at most 10,000 columns"),
        ("a" * 300_000 + "\n", "its first line has more than 262,144 bytes"),
    ],
)
def test_the_true_cause_is_said(opened, content, said):
    with pytest.raises(Refusal, match=said):
        opened(content)


def test_rows_are_counted_before_they_are_read(opened, monkeypatch):
    from idc_core.io.tabular import text

    monkeypatch.setattr(text, "MOST_ROWS", 5)
    with pytest.raises(Refusal, match="at most 5 rows"):
        opened(PLAIN)


@pytest.mark.parametrize(
    "name", ["NA", "null", "None", "nan", "00123", "S20-1/2", "000.A1", "患者七"]
)
def test_names_are_opaque_text(opened, name):
    table = opened(f"patient,x\n{name},1\n,2\n")
    assert table.read(["patient"])["patient"].tolist()[0] == name
    assert table.read(["patient"])["patient"].isna().tolist() == [False, True]


def test_samples_are_taken_from_the_whole_table(opened):
    table = opened("x\n" + "\n".join(map(str, range(1000))))
    assert opened("x,y\n1,\n").samples(5) == {"x": ["1"], "y": [""]}
    assert table.samples(3)["x"] == ["0", "499", "999"]
