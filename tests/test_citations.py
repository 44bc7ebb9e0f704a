"""Marks and citations: numbered by first appearance, quotes cut from the clause."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from samples import PLENTY, parse

from rag.citations import Claim, Marks, make_citation
from rag.sentences import sentences
from rag.types import Span

NOTICE = parse("各市:\n一、目标\n突破150亿元。企业突破200家。\n二、任务\n建设园区。", title="")
AIMS, TASKS = NOTICE.clauses[1:]
FIRST, SECOND = sentences(AIMS)
THIRD = sentences(TASKS)[0]


def test_numbers_follow_first_appearance():
    marks = Marks()
    assert marks.of(Claim("园区", (THIRD,))) == "[1]"
    assert marks.of(Claim("规模", (FIRST, THIRD))) == "[2][1]"
    assert [citation.n for citation in marks.citations] == [1, 2]


def test_two_quotes_of_one_clause_are_two_citations():
    marks = Marks()
    assert marks.of(Claim("规模和企业", (FIRST, SECOND))) == "[1][2]"


def test_every_mark_has_its_citation():
    marks = Marks()
    marks.of(Claim("规模", (FIRST,)))
    (citation,) = marks.citations
    assert (citation.n, citation.clause, citation.quote) == (1, AIMS, "突破150亿元。")


@PLENTY
@given(st.data())
def test_quotes_are_exact(data):
    start = data.draw(st.integers(AIMS.span.start, AIMS.span.end))
    end = data.draw(st.integers(start, AIMS.span.end))
    assert make_citation(AIMS, Span(start, end)).quote == NOTICE.text[start:end]


def test_the_url_opens_the_clause_at_the_quote():
    url = urlsplit(make_citation(AIMS, FIRST.span).url)
    assert url.path == "/"
    assert parse_qs(url.query) == {
        "clause": [AIMS.id],
        "start": [str(FIRST.span.start)],
        "end": [str(FIRST.span.end)],
    }


def test_a_citation_without_a_mark_has_number_0():
    assert make_citation(TASKS, TASKS.span).n == 0
