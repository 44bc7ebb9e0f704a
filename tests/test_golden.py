"""Clause trees of real notices, one reviewed file each; a missing one is written, and fails until someone has read it."""

from pathlib import Path

import pytest
from samples import corpus, more

NOTICES = [*corpus().values(), *more().values()]


def tree(notice):
    lines = (
        f"{c.id} | {c.label} | {c.span.start}-{c.span.end} | {'、'.join(c.units)} | {c.text[:20].replace(chr(10), '⏎')}\n"
        for c in notice.clauses
    )
    return "".join(lines)


@pytest.mark.parametrize("notice", NOTICES, ids=lambda n: n.id)
def test_clause_tree(notice):
    golden = Path(__file__).parent / "golden" / f"{notice.id}.txt"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(tree(notice), encoding="utf-8")
        pytest.fail(f"{golden} was missing and has been written; compare it with the published text.")
    assert tree(notice) == golden.read_text(encoding="utf-8")
