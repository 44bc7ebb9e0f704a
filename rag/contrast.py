"""What differs between zones: their unit lists as sets, and the phrases of look-alike clauses as a diff."""

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from rag.duties import others
from rag.sentences import Passage, phrases, sentences
from rag.types import Clause

_LIKE = 60.0  # rapidfuzz partial ratio from which a phrase may be another wording
_ALIKE = 88.0  # rapidfuzz ratio from which phrases of three and more zones say the same; of two, each letter counts


def only_in(lists: Mapping[str, Clause]) -> dict[str, tuple[str, ...]]:
    """Zone → units of its list that not all other lists name; a zone's own government does not count."""
    names = {zone: others(clause) for zone, clause in lists.items()}
    shared = in_all(lists)
    return {zone: tuple(unit for unit in units if unit not in shared) for zone, units in names.items()}


def unusual(lists: Mapping[str, Clause]) -> dict[str, tuple[str, ...]]:
    """Zone → units that fewer than half of the lists name; zones without any are left out."""
    names = {zone: others(clause) for zone, clause in lists.items()}
    every = [unit for units in names.values() for unit in units]
    found = {z: tuple(u for u in units if 2 * every.count(u) < len(lists)) for z, units in names.items()}
    return {zone: units for zone, units in found.items() if units}


def in_all(lists: Mapping[str, Clause]) -> tuple[str, ...]:
    """Units that all lists name, in the order of the first."""
    names = [others(clause) for clause in lists.values()]
    return tuple(unit for unit in names[0] if all(unit in other for other in names[1:]))


def differing(clauses: Mapping[str, Sequence[Clause]]) -> dict[str, list[Passage]]:
    """Zone → runs of phrases that no other zone's clauses say, in printed order.

    Names of zones are taken out before texts are compared: they differ everywhere and say nothing.
    """
    parts = {
        zone: [(p, _masked(p.key, clauses)) for c in own for s in sentences(c) for p in phrases(s)]
        for zone, own in clauses.items()
    }
    found: dict[str, list[Passage]] = {}
    alike = 100.0 if len(clauses) == 2 else _ALIKE
    for zone, own in parts.items():
        others_keys = [key for other, rest in parts.items() if other != zone for _, key in rest]
        found[zone] = [p for p, key in own if not any(fuzz.ratio(key, o) >= alike for o in others_keys)]
    return found


def reordered(lists: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """Zone → places in its list where it has another order than most zones; names that not all have do not count."""
    shared = set.intersection(*(set(names) for names in lists.values())) if lists else set()
    orders = {zone: tuple(name for name in names if name in shared) for zone, names in lists.items()}
    usual = max(orders.values(), key=list(orders.values()).count, default=())
    found = {}
    for zone, order in orders.items():
        moved = [name for name, other in zip(order, usual, strict=True) if name != other]
        if moved:
            found[zone] = tuple(lists[zone].index(name) for name in moved)
    return found


def nearest(words: str, clauses: Mapping[str, Sequence[Clause]]) -> dict[str, Passage]:
    """Zone → the phrase that is likest to some words; zones where nothing is like them are left out."""
    found: dict[str, Passage] = {}
    for zone, own in clauses.items():
        parts = [p for c in own for s in sentences(c) for p in phrases(s)]
        best = max(parts, key=lambda p: fuzz.partial_ratio(words, p.key), default=None)
        if best and fuzz.partial_ratio(words, best.key) >= _LIKE:
            found[zone] = best
    return found


def _masked(key: str, zones: Mapping[str, Sequence[Clause]]) -> str:
    for zone in zones:
        key = key.replace(f"{zone}市", "").replace(zone, "")
    return key.rstrip(",，;；。")
