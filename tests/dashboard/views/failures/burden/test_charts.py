"""Burdens are drawn over the whole of 0 to 100 %, so that a line of equal ones is a diagonal."""

from dashboard.views.failures.burden import charts


def domains(spec, channel):
    """Of every layer that draws on the channel."""
    drawn = [layer["encoding"] for layer in spec["layer"]]
    return [each[channel]["scale"]["domain"] for each in drawn if channel in each]


def test_both_axes_of_the_scatter_go_from_0_to_100():
    spec = charts._scatter()
    for channel in ("x", "y"):
        found = domains(spec, channel)
        assert found
        assert all(each == [0, 100] for each in found), (channel, found)
