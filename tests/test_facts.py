"""The fact tables of the Shandong notice against tables made by hand: ``tests/gold/shandong-2023.*.csv``."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from samples import shandong

from rag.facts import Facts, unit_matches

GOLD = Path(__file__).parent / "gold"
LEAST = 0.98  # of precision and of recall
# table: its columns in the file that a row must agree in, and the same of our own rows
TABLES = {
    "indicators": (
        ("zone", "name", "comparator", "number", "unit", "by"),
        lambda row: (row.clause.zone, row.name, row.comparator, row.number, row.unit, row.by or ""),
    ),
    "responsibilities": (
        ("zone", "clause_heading", "unit"),
        lambda row: (row.clause.zone, row.clause.heading, row.unit),
    ),
    "places": (
        ("zone", "place", "industry"),
        lambda row: (row.clause.zone, row.place, row.name),
    ),
}


def gold(table: str) -> list[dict[str, str]]:
    with (GOLD / f"shandong-2023.{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", TABLES)
def test_precision_and_recall(table, capsys):
    columns, key = TABLES[table]
    wanted = Counter(tuple(row[name] for name in columns) for row in gold(table))
    found = Counter(key(row) for row in getattr(Facts.of(shandong().clauses), table))
    hits = (wanted & found).total()
    precision, recall = hits / found.total(), hits / wanted.total()
    with capsys.disabled():
        print(f"\n{table}: {found.total()} rows, precision {precision:.3f}, recall {recall:.3f}")
    surplus, missing = sorted(found - wanted), sorted(wanted - found)
    assert min(precision, recall) >= LEAST, f"surplus: {surplus}\nmissing: {missing}"


@pytest.mark.parametrize("table", ["indicators", "places"])
def test_gold_quotes_stand_in_the_notice(table):
    for row in gold(table):
        assert row["quote"] in shandong().text


def test_units_keep_their_printed_order():
    rows = [row for row in Facts.of(shandong().clauses).responsibilities if row.rank == 1]
    assert [row.unit for row in rows] == [clause.units[0] for clause in shandong().clauses if clause.units]


@pytest.mark.parametrize(
    ("alias", "unit", "matches"),
    [
        ("省甲厅", "省甲厅", True),
        ("甲事厅", "省甲事厅", True),
        (" 甲事廳 ", "省甲事厅", True),  # spaces and traditional characters
        ("海关", "乙海关", True),
        ("甲银行", "甲银行乙分行", True),
        ("甲信保", "甲信保乙分公司", True),
        ("厅", "省甲厅", False),
        ("省甲", "省甲事厅", False),
        ("省甲厅外事处", "省甲厅", False),
        ("", "省甲厅", False),
    ],
)
def test_unit_matches(alias, unit, matches):
    assert unit_matches(alias, unit) is matches
