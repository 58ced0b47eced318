"""From files to patches, with what was left out on the way."""

from dashboard.charts.theme import many
from dashboard.components import figure
from idc_core.store import PatchStore


def show(store: PatchStore) -> None:
    """The way as a row of figures."""
    manifest, index = store.manifest, store.index
    rejected = sum(manifest["rejected"].values())
    reasons = ", ".join(f"{many(n)} {reason}" for reason, n in manifest["rejected"].items())
    edge = many(int(manifest["edge_patches"]))
    sides = " · ".join(f"{name} {many(n)}" for name, n in manifest["patches"].items() if n)
    figure.numbers(
        [
            ("Files found", many(int(manifest["files"])), f"data set {manifest['name']}"),
            ("→ not taken", many(rejected), reasons or "every file became a patch"),
            ("→ patches", many(len(index)), f"{edge} edge patches, padded"),
            (
                "→ patients",
                many(index["patient"].nunique()),
                f"{len(store.whole_patients)} whole slides",
            ),
            ("→ split by patient", many(len(index)), sides),
        ]
    )  # fmt: skip
