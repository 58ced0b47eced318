"""Which settings differ between runs, and which runs differ only in their seed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idc_core.records.run_info import RunInfo

_NO_SETTING = ("seed",)


def flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by their full, dotted name.

    >>> dict(flat({"seed": 1, "augment": {"zoom": 0.1}}))
    {'seed': 1, 'augment.zoom': 0.1}
    """
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def differing(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the settings that differ. A setting missing in some runs counts only if the others
    disagree: a run without it was trained before the setting existed.

    >>> differing([{"seed": 0, "epochs": 3}, {"seed": 1, "epochs": 3}])
    ['seed']
    """
    tables = [dict(flat(config)) for config in configs if config]
    names = dict.fromkeys(name for table in tables for name in table)
    return [name for name in names if len({repr(t[name]) for t in tables if name in t}) > 1]


def repeats(runs: Mapping[str, "RunInfo"]) -> list[list[str]]:
    """Groups of two or more runs with the same settings and data but different seeds.

    `runs` maps each run's name to its record; imported runs belong to no group.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name, info in runs.items():
        config = info.config
        if config is not None and "epochs" in config:
            told = sorted((k, repr(v)) for k, v in flat(config) if k not in _NO_SETTING)
            data = info.fingerprint
            teacher = None if info.teacher is None else info.teacher.sha256
            begun = None if info.pretrained is None else info.pretrained.sha256
            groups[repr((told, data, teacher, begun))].append(name)
    return [names for names in groups.values() if len(names) > 1]
