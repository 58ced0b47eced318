"""Workers on a Ray cluster that was started with `ray start`: Ray Data with an actor a worker, each
of which has one network open. The only module that imports Ray.

All machines see the same folders (slides, runs, parts) and the same program under the same path.
What a node was at when it left is done again by another: parts are written once, so nothing comes
twice.
"""

import logging
import os
import pickle
import platform
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from types import ModuleType
from typing import Any

import cv2

from idc_core.batch.processor import has_gpu, kind_here, packages
from idc_core.batch.unit import Unit
from idc_core.batch.work import Scored, Work
from idc_core.io.refusal import Refusal
from idc_core.records.cut_slides import Refused

_AUTH = "RAY_AUTH_MODE"
PATIENCE_S = 5.0
_AHEAD = 2
"""Units that wait at a worker, one among them being scored: a node that leaves holds up few."""


@dataclass(frozen=True, slots=True)
class Node:
    """What a node says of itself."""

    address: str
    has_token: bool
    gpu: bool
    kind: str
    packages: dict[str, str]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is connected to, of nodes that are all as this machine is."""

    ray: ModuleType
    kinds: frozenset[str]
    gpu: bool
    slots: int
    """How many workers it has room for."""


def connected(address: str | None) -> Cluster:
    """Connect to the cluster at `address`, or to that of this machine.

    Raises `Refusal` where Ray is not installed, there is no cluster, it is of another version or
    open to everybody, or a node has other packages than this machine.
    """
    os.environ.setdefault(_AUTH, "token")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    ray = _ray()
    where = address or "this machine"
    _refuse_silent(address)
    try:
        ray.init(address=address or "auto", log_to_driver=False, logging_level="ERROR")
    except Exception as broken:  # Ray has no common base class for these
        raise Refusal(
            f"expected a Ray cluster at {where} of Ray {ray.__version__} and Python "
            f"{platform.python_version()} that takes this machine's token: {_in_words(broken)} "
            "See docs/scale.md."
        ) from None
    _quiet()
    nodes = _nodes(ray)
    for node in nodes:
        _refuse_other(node)
    gpu = any(node.gpu for node in nodes)
    used = [node for node in nodes if node.gpu == gpu]
    slots = int(ray.cluster_resources().get("GPU" if gpu else "CPU", 0))
    return Cluster(ray, frozenset(node.kind for node in used), gpu, slots)


def on_cluster(
    units: Sequence[Unit],
    work: Work,
    cluster: Cluster,
    workers: int,
    tell_left: Callable[[str], None],
) -> Iterator[tuple[Unit, Scored | Refused]]:
    """What becomes of every unit, as it comes; raises `Refusal` where the cluster goes away.

    `tell_left` is told a sentence of each node that leaves; the others do what it was at.
    """
    ray, data = cluster.ray, import_module("ray.data")
    context = data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    rows = data.from_items([{"at": at} for at in range(len(units))], override_num_blocks=len(units))
    done = rows.map(
        _Worker,
        fn_constructor_args=(replace(work, gpu=cluster.gpu), tuple(units)),
        compute=data.ActorPoolStrategy(
            min_size=1, max_size=workers, max_tasks_in_flight_per_actor=_AHEAD
        ),
        num_cpus=1,
        num_gpus=1 if cluster.gpu else 0,
    )
    known, head = _addresses(ray), str(ray.get_runtime_context().gcs_address)
    try:
        for row in _watched(done.iter_rows(), head):
            for left in sorted(known - _addresses(ray)):
                known.discard(left)
                tell_left(f"The node {left} left the cluster: the others do what it was at.")
            outcome = pickle.loads(row["outcome"])
            if isinstance(outcome, Refusal):
                raise outcome
            yield units[row["at"]], outcome
    except ray.exceptions.RayError as broken:
        raise Refusal(
            f"expected the Ray cluster to go on: {_in_words(broken)} Look at it with ray status."
        ) from None


class _Worker:
    """An actor: one process, one network."""

    def __init__(self, work: Work, units: Sequence[Unit]) -> None:
        cv2.setNumThreads(1)
        self._work, self._units = work, units

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        outcome: Scored | Refused | Refusal
        try:
            outcome = self._work(self._units[row["at"]])
        except Refusal as refusal:
            outcome = refusal
        return {"at": row["at"], "outcome": pickle.dumps(outcome)}


def _watched(rows: Iterator[dict[str, Any]], head: str) -> Iterator[dict[str, Any]]:
    """The rows, taken by another thread; raises `Refusal` soon after the cluster's head is gone:
    Ray itself would end this process after a minute, without a word."""
    arrived: queue.Queue[dict[str, Any] | BaseException | None] = queue.Queue()

    def take() -> None:
        try:
            for row in rows:
                arrived.put(row)
            arrived.put(None)
        except BaseException as broken:
            arrived.put(broken)

    threading.Thread(target=take, daemon=True).start()
    while True:
        try:
            found = arrived.get(timeout=PATIENCE_S)
        except queue.Empty:
            _refuse_silent(head)
            continue
        if found is None:
            return
        if isinstance(found, BaseException):
            raise found
        _refuse_silent(head)
        yield found


def _refuse_silent(address: str | None) -> None:
    """Raise `Refusal` where nobody listens: Ray itself would try for minutes."""
    if address is None:
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE_S).close()
    except (OSError, ValueError) as broken:
        raise Refusal(
            f"expected a Ray cluster at {address}, as HOST:PORT: nobody answers there "
            f"({_in_words(broken)[:-1]}). Start it: ray start --head, as docs/scale.md says."
        ) from None


def _addresses(ray: ModuleType) -> set[str]:
    """Where the nodes are that take part now."""
    return {str(each["NodeManagerAddress"]) for each in ray.nodes() if each["Alive"]}


def _quiet() -> None:
    """Ray prints each of its own attempts to reach a node that has left, which we say once. It has
    no public way to be quiet about it; of another version it may go on talking."""
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    inside = import_module("ray._private.worker")
    inside.print_to_stdstream = lambda *_, **__: None  # type: ignore[attr-defined]


def _nodes(ray: ModuleType) -> list[Node]:
    """What every node of the cluster says of itself."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as OnNode

    alive = [each for each in ray.nodes() if each["Alive"]]
    asked = [
        ray.remote(_said)
        .options(num_cpus=0, scheduling_strategy=OnNode(each["NodeID"], soft=False))
        .remote(each["NodeManagerAddress"], bool(each["Resources"].get("GPU")))
        for each in alive
    ]
    found = []
    for each, answer in zip(alive, asked, strict=True):
        try:
            found.append(ray.get(answer))
        except ray.exceptions.RayError as broken:
            raise Refusal(
                f"expected this program under the same path on {each['NodeManagerAddress']}: "
                f"{_in_words(broken)} Start Ray there with the same environment."
            ) from None
    return found


def _said(address: str, has_gpu_slot: bool) -> Node:
    gpu = has_gpu_slot and has_gpu()
    token = os.environ.get(_AUTH) == "token"
    return Node(address, token, gpu, kind_here(gpu=gpu), packages())


def _refuse_other(node: Node) -> None:
    """Raise `Refusal` where a node is open to everybody, or would give other scores."""
    if not node.has_token:
        raise Refusal(
            f"expected a Ray cluster that asks for a token: {node.address} was started without, "
            f"and runs whatever it is sent. Start it with {_AUTH}=token."
        )
    ours = packages()
    for name in sorted(ours.keys() | node.packages.keys()):
        here, there = ours.get(name, "none"), node.packages.get(name, "none")
        if here != there:
            raise Refusal(
                f"expected {name} {here} on all nodes, as here: {node.address} has {there}. "
                "Install the same there: pip install -r requirements.txt -c constraints.txt."
            )


def _ray() -> ModuleType:
    try:
        return import_module("ray")
    except ImportError:
        raise Refusal(
            "expected Ray for --engine ray: it is not installed. Install it: pip install -r "
            "requirements-ray.txt -c constraints.txt, or use --engine local."
        ) from None


def _in_words(broken: Exception) -> str:
    """What Ray says, its lines in one sentence."""
    said = " ".join(str(broken).split())[:300] or type(broken).__name__
    return said if said.endswith(".") else f"{said}."
