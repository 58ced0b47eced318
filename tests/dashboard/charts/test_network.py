"""The row of layers says of each what the exported file says."""

from dashboard.charts import network
from idc_core.score.scoring import Layer

LAYERS = (
    Layer("scale", "Rescaling", (50, 50, 3), 0),
    Layer("stem_conv", "Conv2D", (25, 25, 32), 864),
    Layer("stem_relu", "ReLU", (25, 25, 32), 0),
    Layer("average", "GlobalAveragePooling2D", (128,), 0),
    Layer("logit", "Dense", (1,), 129),
)


def test_every_layer_is_one_box_in_its_place():
    assert [box.name for box in network.boxes(LAYERS)] == [layer.name for layer in LAYERS]


def test_more_channels_are_wider_and_more_resolution_is_higher():
    boxes = {box.name: box for box in network.boxes(LAYERS)}
    assert boxes["average"].width == 1
    assert boxes["scale"].width < boxes["stem_conv"].width < boxes["average"].width
    assert boxes["scale"].height == 1
    assert boxes["scale"].height > boxes["stem_conv"].height > boxes["average"].height > 0


def test_a_box_says_size_and_parameters():
    assert network.facts(LAYERS[1]) == "Conv2D · 25 × 25 × 32 · 864 parameters"
    assert network.facts(LAYERS[3]) == "GlobalAveragePooling2D · 128"


def test_a_batch_in_the_shape_is_left_out():
    assert network.facts(Layer("a", "ReLU", (-1, 25, 25, 32), 0)) == "ReLU · 25 × 25 × 32"


def test_the_first_rectified_layer_is_shown_first():
    assert network.first_to_show(LAYERS) == "stem_relu"
    assert network.first_to_show(LAYERS[3:]) == "average"
    assert network.first_to_show(()) is None
