"""The form that trains a network: what most people choose; the command line has all the rest."""

from dataclasses import dataclass

import streamlit as st

from dashboard.charts.theme import plain
from dashboard.views.training import train_start
from dashboard.widgets import empty, on_demand, permitted
from idc_core.io import record
from idc_core.io.names import run_names, store_names
from idc_core.io.paths import data_root, models_root
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import FILE, Manifest, learns_from
from idc_core.train.history.pace import longest
from idc_core.train.recipes import RECIPES, recipe_for
from idc_core.train.wanted import OFFERED, Wanted, epochs_of

_FORM = "train_form"
_STORE, _NETWORK, _RECIPE, _EPOCHS, _SEED, _NAME = KEYS = (
    "train_store",
    "train_network",
    "train_recipe",
    "train_epochs",
    "train_seed",
    "train_name",
)
_REFUSED = "train_refused"
_RECIPE_WORDS = {"from-scratch": "From scratch", "fine-tune": "Fine-tune"}


@dataclass(frozen=True, slots=True)
class Offer:
    """The store that the form shows: its name, and the fingerprint of its patches."""

    store: str
    data: str


def show(data: str | None) -> None:
    """A button that opens it. `data`: the fingerprint of the store to begin with, if it is here."""
    with on_demand.popover(
        "Train a network …", _FORM, keeps=KEYS, icon=":material/model_training:"
    ) as is_open:
        if is_open:
            _form(data)


def _form(data: str | None) -> None:
    manifests = _manifests()
    if not manifests:
        empty.show(
            "There is no patch store to train on yet. Make one of your patches: python "
            "train_cli.py prepare SOURCE --name mine."
        )
        return
    _defaults(manifests, data)
    left, right = st.columns(2)
    with left:
        st.selectbox("Patch store", list(manifests), key=_STORE)
        st.selectbox(
            "Network",
            [each.name for each in OFFERED],
            key=_NETWORK,
            on_change=_network_chosen,
            help="  \n".join(f"**{each.name}**: {plain(each.about)}" for each in OFFERED),
        )
        st.selectbox(
            "Recipe",
            [each.name for each in RECIPES],
            key=_RECIPE,
            format_func=lambda name: _RECIPE_WORDS.get(name, name),
            on_change=_recipe_chosen,
            help="  \n".join(f"**{_RECIPE_WORDS[each.name]}**: {each.about}" for each in RECIPES),
        )
    with right:
        st.number_input(
            "Epochs, at most",
            1,
            10_000,
            key=_EPOCHS,
            help="Training ends sooner where validation has not improved for a while.",
        )
        st.number_input(
            "Seed",
            0,
            2**31 - 1,
            key=_SEED,
            help="The same seed gives the same network again; another shows how much is chance.",
        )
        st.text_input("Name of the run", key=_NAME, placeholder=_free_name(), max_chars=80)
    wanted = _typed()
    _told(wanted, manifests[wanted.store])
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        st.warning(plain(refused))
    permitted.button(
        "Start training",
        "train",
        key="train_go",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_pressed,
        args=(Offer(wanted.store, manifests[wanted.store].fingerprint),),
    )


def _told(wanted: Wanted, manifest: Manifest) -> None:
    """What would be done, how long it takes, and the command for the same."""
    said = f"{plain(wanted.run)} learns from {learns_from(manifest, wanted.epochs)}."
    try:
        learns = (manifest.patches or {}).get("train", 0)
        time = longest(wanted.config(), models_root(), learns)
    except Refusal:  # the button says it
        time = ""
    st.markdown(f"{said} Time: {plain(time) or 'known once the first epoch is done'}.")
    st.caption("The same on the command line, where every other setting can be given:")
    st.code(wanted.command(), language="bash", wrap_lines=True)


def _manifests() -> dict[str, Manifest]:
    found = {
        name: record.read_if_whole(Manifest, data_root() / name / FILE)
        for name in store_names(data_root())
    }
    return {name: each for name, each in found.items() if each is not None}


def _defaults(manifests: dict[str, Manifest], data: str | None) -> None:
    """What the fields hold before anybody touched them."""
    state = st.session_state
    if state.get(_STORE) not in manifests:
        own = [name for name, each in manifests.items() if each.fingerprint == data]
        state[_STORE] = next(iter(own or manifests))
    if state.get(_NETWORK) is None:
        state[_NETWORK] = OFFERED[0].name
        _network_chosen()
    state.setdefault(_SEED, 0)
    state.setdefault(_NAME, "")


def _network_chosen() -> None:
    st.session_state[_RECIPE] = recipe_for(st.session_state[_NETWORK], None).name
    _recipe_chosen()


def _recipe_chosen() -> None:
    state = st.session_state
    state[_EPOCHS] = epochs_of(state[_NETWORK], state[_RECIPE])


def _typed() -> Wanted:
    """The fields as the browser sent them last."""
    state = st.session_state
    return Wanted(
        store=state[_STORE],
        run=str(state[_NAME]).strip() or _free_name(),
        network=state[_NETWORK],
        recipe=state[_RECIPE],
        epochs=int(state[_EPOCHS]),
        seed=int(state[_SEED]),
    )


def _free_name() -> str:
    """The name that a run gets unless one is typed."""
    base = f"{st.session_state[_STORE]}-{st.session_state[_NETWORK]}"
    taken = run_names(models_root())
    return next(
        name
        for name in (base, *(f"{base}-{nth}" for nth in range(2, len(taken) + 3)))
        if name not in taken and train_start.under_way(name) is None
    )


def _pressed(offer: Offer) -> None:
    """Start what was typed, on the store that was shown."""
    try:
        wanted = _typed()
        if wanted.store != offer.store:
            raise Refusal(
                f"expected the store that the form showed, {offer.store}: another was chosen "
                "since. Look at the form again, then start."
            )
        train_start.start(wanted, offer.data)
    except Refusal as refused:
        st.session_state[_REFUSED] = f"Not started: {refused}"
        return
    st.session_state[_NAME] = ""
    st.session_state[_FORM] = False
