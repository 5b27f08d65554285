"""Which unit of the tree a printed name means: the exact name, or an ending that only one unit has. Never a guess."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MAX_CANDIDATES: Final = 5
_SHORTEST: Final = 2
_SHORTEST_UNIT: Final = 3
# 白石镇人民政府 is the town itself; the longest is tried first.
_BODY_TAILS: Final = ("党委政府", "党委、政府", "党委和政府", "人民政府", "政府")


@dataclass(frozen=True, slots=True)
class Near:
    """A unit that a plan of the issuer may mean by a name."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name means. Without a unit the candidates are what it could mean."""

    unit: Near | None
    candidates: tuple[Near, ...] = ()


class Names:
    """The names of the units near an issuer, looked up by whole name and by ending."""

    def __init__(self, near: Iterable[Near]) -> None:
        self._near = tuple(near)
        self._by_name: dict[str, list[Near]] = {}
        for unit in self._near:
            self._by_name.setdefault(unit.name, []).append(unit)

    def resolve(self, printed: str) -> Resolution:
        """Find the one unit that the name means."""
        name = _plain(printed)
        for wanted in dict.fromkeys((name, _without_tail(name))):
            if found := self._by_name.get(wanted):
                return _one(found)
        if len(name) < _SHORTEST:
            return Resolution(None)
        return _one(self._ending_in(_without_tail(name)) or self._ends_of(name))

    def _ending_in(self, name: str) -> list[Near]:
        """县应急局 for the unit 青山县应急局."""
        return [unit for unit in self._near if unit.name.endswith(name)]

    def _ends_of(self, name: str) -> list[Near]:
        """青山县住建局 for the unit 住建局."""
        return [unit for unit in self._near if len(unit.name) >= _SHORTEST_UNIT and name.endswith(unit.name)]


def _plain(name: str) -> str:
    return "".join(name.split())


def _without_tail(name: str) -> str:
    tail = next((tail for tail in _BODY_TAILS if name.endswith(tail) and len(name) > len(tail) + 1), "")
    return name.removesuffix(tail)


def _one(found: Sequence[Near]) -> Resolution:
    if len(found) == 1:
        return Resolution(found[0], (found[0],))
    return Resolution(None, tuple(found[:MAX_CANDIDATES]))
