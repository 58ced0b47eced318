"""What each method needs, as the code that computes it asks for it."""

from idc_core.interpret.explain.methods import METHODS


def test_only_occlusion_does_without_gradients_and_only_the_two_cams_look_at_a_layer():
    assert {each.key: (each.of_layer, each.needs_gradients) for each in METHODS} == {
        "grad_cam": (True, True),
        "layer_cam": (True, True),
        "occlusion": (False, False),
        "integrated": (False, True),
    }
