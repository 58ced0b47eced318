"""What a user reads of an error."""

import pytest

from idc_core.io.refusal import SystemRefused, refused_by_system


def test_what_the_system_refuses_is_said_in_words_and_not_by_number() -> None:
    with pytest.raises(SystemRefused) as caught, refused_by_system("write /a/file"):
        raise FileExistsError(17, "File exists", "/a/file")
    assert str(caught.value) == (
        "the system refused to write /a/file: File exists. Free the path or name another."
    )
    assert (caught.value.errno, caught.value.filename) == (17, "/a/file")
