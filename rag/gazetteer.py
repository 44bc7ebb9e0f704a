"""Names that questions use: zones, their places and responsible units from the notices; other places from GB/T 2260.

Everything here is data of the corpus or of ``rag/data``; a new notice brings its own names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pypinyin import lazy_pinyin

from rag.lexicon import data_file, normalise
from rag.types import Notice

_SUFFIX = re.compile(r"[市县区]$")
_GENERIC = re.compile("[市县区郊城]")  # 市中 for 市中区 would be found in 七市中
_QUOTED = re.compile("“([^“”]{2,20})”")
AREA = "(?:经济|高新)?(?:技术)?(?:产业)?开发区|高新区|经开区|度假区|新区"  # what development areas are called
_ZONE_AREA = f"[一-鿿]{{0,6}}?(?:{AREA})"


@dataclass(frozen=True, slots=True)
class Divisions:
    """Shape of ``divisions.json``: province → city → counties."""

    source: str
    divisions: dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names of the corpus.

    Attributes:
        zones: short names in corpus order.
        places: county, district or development zone → its zone, for names that belong to one zone only.
        units: responsible units as printed.
        foreign: names of divisions that the notices do not speak of.
        mentioned: names of other divisions that they mention.
        pinyin: toneless pinyin of a zone, without spaces → zone.
        phrases: what the notices put in quotation marks, e.g. ``一核多园``.
        headings: normalised headings of all clauses.
        written: normalised text of all plans; what stands there is spelt right.
    """

    zones: tuple[str, ...]
    places: dict[str, str]
    units: tuple[str, ...]
    foreign: frozenset[str]
    mentioned: frozenset[str]
    pinyin: dict[str, str]
    phrases: frozenset[str]
    headings: frozenset[str]
    written: str

    @property
    def names(self) -> tuple[str, ...]:
        """All names worth keeping whole when a text is cut into words."""
        return (*self.zones, *self.places, *self.units, *self.foreign, *self.phrases)


def make_gazetteer(notices: Iterable[Notice]) -> Gazetteer:
    """Collect the names of parsed notices."""
    read = tuple(notices)
    plans: list[tuple[str, str]] = []  # zone, text of its plan
    units: dict[str, None] = {}
    outside: list[str] = []
    for notice in read:
        for plan in notice.plans:
            text = notice.text[plan.span.start : plan.span.end]
            outside.append(text)
            if plan.zone:
                plans.append((plan.zone, text))
        units.update(dict.fromkeys(unit for clause in notice.clauses for unit in clause.units))
    zones = tuple(dict.fromkeys(zone for zone, _ in plans))
    body = "".join(outside)
    for unit in sorted(units, key=len, reverse=True):
        body = body.replace(unit, "\n")
    places = _places(plans)
    others = {name for name in _all_divisions() if name not in zones and name not in places}
    return Gazetteer(
        zones=zones,
        places=places,
        units=tuple(units),
        foreign=frozenset(name for name in others if name not in body),
        mentioned=frozenset(name for name in others if name in body and len(name) > 1),
        pinyin={"".join(lazy_pinyin(zone)): zone for zone in zones},
        phrases=frozenset(
            part for quoted in _QUOTED.findall(body) for part in re.split("[、,，]", normalise(quoted))
        ),
        headings=frozenset(normalise(c.heading) for n in read for c in n.clauses if c.heading),
        written=normalise("\n".join(outside)),
    )


def _places(plans: list[tuple[str, str]]) -> dict[str, str]:
    """Counties of the zone's city, and areas that begin with the zone's name; with and without their last character."""
    owners: dict[str, set[str]] = {}
    for zone, text in plans:
        for county in _counties(zone):
            owners.setdefault(county, set()).add(zone)
            if len(county) > 2 and not _GENERIC.match(county):
                owners.setdefault(_SUFFIX.sub("", county), set()).add(zone)
        for area in re.findall(f"(?<![一-鿿]){zone}{_ZONE_AREA}", text):
            owners.setdefault(normalise(area), set()).add(zone)
    return {name: next(iter(zones)) for name, zones in owners.items() if len(zones) == 1}


def _divisions() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = data_file("divisions", Divisions).divisions
    return table


def _counties(city: str) -> list[str]:
    return next((cities[city] for cities in _divisions().values() if city in cities), [])


def _all_divisions() -> Iterable[str]:
    for province, cities in _divisions().items():
        yield from (province, f"{province}省")
        for city, counties in cities.items():
            yield from (city, f"{city}市")
            yield from (county for county in counties if len(county) > 2)
            yield from (county[:-1] for county in counties if len(county) > 2 and county.endswith("市"))
