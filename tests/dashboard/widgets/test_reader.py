"""The reader's name is typed where verdicts are given, and only asked of the browser elsewhere."""

from dashboard.widgets import reader


def test_the_field_is_one_and_the_question_draws_none(monkeypatch):
    mounted = {}
    monkeypatch.setattr(reader, "_FIELD", lambda **given: mounted.update({given["key"]: given}))
    reader.field()
    reader.recall()
    assert {key: given["data"]["field"] for key, given in mounted.items()} == {
        "reader_field": True,
        "reader_known": False,
    }
    assert mounted["reader_field"]["width"] == 175
