"""Who is responsible for what: the unit lists of all clauses, by unit, by zone and by task."""

from collections.abc import Mapping, Sequence

from rag.evidence import Selector
from rag.facts import Facts
from rag.lexicon import Term, normalise
from rag.retrieval import above
from rag.types import Clause
from rag.unit_names import kind_of

_TOPIC = 0.5  # share of the question that a task must cover
_LONG = 4  # characters of a term that names a task by itself where its heading has it
_GOVERNMENT = "政府"


class Duties:
    """Looks up responsibility rows."""

    def __init__(self, selector: Selector, facts: Facts, zones: Sequence[str]) -> None:
        self._selector = selector
        self._zones = tuple(zones)
        self._tasks: dict[str, list[Clause]] = {zone: [] for zone in zones}
        for row in facts.responsibilities:
            if row.clause.zone and row.rank == 1:
                self._tasks[row.clause.zone].append(row.clause)

    def homes(self) -> tuple[str, ...]:
        """Zones that have tasks with a unit list."""
        return tuple(zone for zone in self._zones if self._tasks[zone])

    def tasks(self, zone: str) -> Sequence[Clause]:
        """All clauses of a zone that have a unit list."""
        return self._tasks[zone]

    def about(self, zone: str, terms: Sequence[Term]) -> Clause | None:
        """The task of a zone that the terms describe best; None if none covers half of them."""
        scorer = self._selector.scorer
        known = [term for term in terms if scorer.known(term)]
        scored = [
            (
                scorer.coverage(known, f"{normalise(c.text[: c.units_span.start - c.span.start])}", above(c))
                + scorer.coverage(known, normalise(c.heading))
                + any(len(t.text) >= _LONG and t.text in normalise(c.heading) for t in known),
                c,
            )
            for c in self._tasks[zone]
            if c.units_span
        ]
        best = max(scored, key=lambda pair: pair[0], default=None)
        return best[1] if best and best[0] >= _TOPIC else None

    def of_unit(self, unit: str, zones: Sequence[str]) -> Mapping[str, list[Clause]]:
        """Zone → tasks whose list names the unit, or a unit of that kind (海关)."""
        found = {zone: [c for c in self._tasks[zone] if named(unit, c)] for zone in zones}
        return {zone: clauses for zone, clauses in found.items() if clauses}

    def kind(self, unit: str) -> str:
        """The kind of a unit (海关), which is also given as one; empty if there are no others of its kind."""
        units = dict.fromkeys(u for tasks in self._tasks.values() for c in tasks for u in c.units)
        return unit if any(kind_of(u, units) == unit for u in units) else kind_of(unit, units)

    def rare(self) -> Mapping[str, Clause]:
        """Units that only one task of the whole corpus names → that task."""
        homes = self._homes()
        return {unit: clauses[0] for unit, clauses in homes.items() if len(clauses) == 1}

    def in_every_zone(self) -> tuple[str, ...]:
        """Units that all zones name."""
        return tuple(
            unit for unit, clauses in self._homes().items() if {c.zone for c in clauses} == {*self.homes()}
        )

    def _homes(self) -> dict[str, list[Clause]]:
        homes: dict[str, list[Clause]] = {}
        for zone in self._zones:
            for clause in self._tasks[zone]:
                for unit in others(clause):
                    homes.setdefault(unit, []).append(clause)
        return homes


def named(unit: str, clause: Clause) -> tuple[str, ...]:
    """Units of a clause's list that are the unit, or of its kind."""
    return tuple(listed for listed in clause.units if listed == unit or listed.endswith(unit))


def others(clause: Clause) -> tuple[str, ...]:
    """The units of a clause's list without the zone's own government."""
    own = f"{clause.zone}"
    return tuple(unit for unit in clause.units if not (unit.startswith(own) and unit.endswith(_GOVERNMENT)))
