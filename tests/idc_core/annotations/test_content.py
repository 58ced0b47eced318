import gzip
from collections.abc import Callable

import pytest

from idc_core.annotations import content
from idc_core.annotations.opening import read
from idc_core.io.refusal import Refusal

Write = Callable[[object], object]

ASAP = (
    "<ASAP_Annotations><Annotations><Annotation Name='a' Type='Polygon' PartOfGroup='Tumör'>"
    "<Coordinates><Coordinate Order='0' X='0' Y='0'/><Coordinate Order='1' X='4' Y='0'/>"
    "<Coordinate Order='2' X='4' Y='3'/></Coordinates></Annotation></Annotations>"
    "</ASAP_Annotations>"
)
BOMB = (
    '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<ASAP_Annotations><Annotations/><x>&c;</x></ASAP_Annotations>"
)


@pytest.mark.parametrize(
    "stored",
    [
        ASAP.encode(),
        b"\xef\xbb\xbf" + ASAP.encode(),
        b"\r\n " + ASAP.encode(),
        ASAP.encode("utf-16"),
        ('<?xml version="1.0" encoding="utf-16"?>' + ASAP).encode("utf-16"),
        ('<?xml version="1.0" encoding="utf-16"?>' + ASAP).encode(),
        ('<?xml version="1.0" encoding="windows-1252"?>' + ASAP).encode("cp1252"),
        ASAP.encode("cp1252"),
        gzip.compress(ASAP.encode(), mtime=0),
        ASAP.replace("ö", "o\u0308").encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "blank",
        "utf16",
        "utf16-declared",
        "wrongly-declared",
        "cp1252",
        "undeclared",
        "gzip",
        "nfd",
    ],
)
def test_a_class_reads_the_same_in_every_encoding_that_tools_write(
    written: Write, stored: bytes
) -> None:
    assert read(written(stored)).classes == {"Tumör": 1}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_json_is_read_in_its_encodings(written: Write, codec: str) -> None:
    text = (
        '{"type": "Feature", "properties": {"classification": {"name": "Drüse"}}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 3]]]}}'
    )
    assert read(written(text.encode(codec))).classes == {"Drüse": 1}


def test_xml_that_declares_an_entity_is_refused_before_it_grows(written: Write) -> None:
    with pytest.raises(Refusal, match="declares an entity"):
        read(written(BOMB))


def test_a_doctype_without_entities_is_harmless(written: Write) -> None:
    assert read(written("<!DOCTYPE ASAP_Annotations>" + ASAP)).classes == {"Tumör": 1}


def test_no_more_is_unpacked_than_the_limit(
    written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_BYTES", 1000)
    with pytest.raises(Refusal, match="at most 1,000 bytes"):
        read(written(gzip.compress(b" " * 1_000_000)))


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (b"", "the file is empty"),
        (ASAP[:200], "expected XML in"),
        ('{"type": "FeatureCollection"', "expected JSON in"),
        ('{"type": "FeatureCollection"}', "a list of features"),
        ("[" * 100_000, "expected JSON in"),
        ("<html></html>", "begins with <html>"),
        ("<annotations><version>1.1</version></annotations>", "of CVAT"),
        ('{"a": 1}', "JSON with a, and no outlines"),
        (b"\xff\xd8\xff\xe0", "a JPEG"),
        ("hello", "expected"),
        (gzip.compress(ASAP.encode(), mtime=0)[:40], "cannot be read"),
    ],
)
def test_what_is_no_outlines_is_refused_in_one_sentence(
    written: Write, stored: object, said: str
) -> None:
    with pytest.raises(Refusal, match=said) as refusal:
        read(written(stored))
    assert "\n" not in str(refusal.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: object) -> None:
    with pytest.raises(Refusal, match="it is a folder"):
        read(tmp_path)
    with pytest.raises(Refusal, match="there is no such file"):
        read(tmp_path / "none.xml")
