"""Whatever bytes come: a table, or one sentence."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idc_core.data.split.given_split import read_given_split
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import ids, numbers, open_table, vectors
from idc_core.runs.corrected_labels import read_labels

PIECES = st.sampled_from(
    [
        "patient",
        "file",
        "split",
        "label",
        "x",
        "train",
        "test",
        "a_idx5_x1_y1_class0.png",
        "0,93",
        "1.03E+04",
        '="7"',
        "[0.1 0.9]",
        "NA",
        "nan",
        "7 %",
        ",",
        ";",
        "\t",
        "|",
        " ",
        "\n",
        "\r",
        '"',
        "#",
        "sep=;",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\ufeff",
        "é",
        "患",
        "\x00",
        "+",
        "'",
    ]
)
ANY = st.one_of(
    st.binary(max_size=200),
    st.lists(PIECES, max_size=60).map(lambda parts: "".join(parts).encode()),
    st.lists(PIECES, max_size=60).map(lambda parts: "".join(parts).encode("utf-16")),
)


@given(content=ANY, name=st.sampled_from(["t.csv", "train.txt", "t.json", "t"]))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_are_a_table_or_one_sentence(tmp_path, content, name):
    file = tmp_path / name
    file.write_bytes(content)
    with suppress(Refusal):
        table = open_table(file)
        table.samples()
        for _, column in table.read(table.columns).items():
            numbers(column)
            vectors(column)
            ids(column)
    for read in (read_given_split, read_labels):
        with suppress(Refusal):
            read(file)
