"""Clauses → chunks: they tile the clause and never pass the budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PLENTY, any_text, corpus, more, parse, shandong

from rag.chunking import chunk_notice, context_of, count_tokens, pieces

NOTICES = [*corpus().values(), *more().values()]
BUDGETS = st.sampled_from((100, 200, 480))


def by_clause(notice, budget):
    grouped = {clause.id: [] for clause in notice.clauses}
    for chunk in chunk_notice(notice, budget):
        grouped[chunk.clause_id].append(chunk)
    return grouped


def assert_tiled(notice, budget):
    grouped = by_clause(notice, budget)
    for clause in notice.clauses:
        chunks = grouped[clause.id]
        assert "".join(chunk.text for chunk in chunks) == clause.text
        assert all(c.text == notice.text[c.span.start : c.span.end] for c in chunks)
        assert [c.id for c in chunks] == [f"{clause.id}#{n}" for n in range(len(chunks))]


@PLENTY
@given(any_text, BUDGETS)
def test_chunks_tile_each_clause(text, budget):
    assert_tiled(parse(text), budget)


@PLENTY
@given(any_text, BUDGETS)
def test_no_chunk_passes_the_budget(text, budget):
    assert all(chunk.tokens <= budget for chunk in chunk_notice(parse(text), budget))


@pytest.mark.parametrize("notice", NOTICES, ids=lambda n: n.id)
def test_chunks_of_real_notices(notice):
    assert_tiled(notice, 400)
    assert all(chunk.tokens <= 400 for chunk in chunk_notice(notice, 400))


def test_tokens_count_context_and_text():
    chunk = next(chunk_notice(shandong(), 400))
    assert chunk.tokens == count_tokens(f"{chunk.context}\n{chunk.text}")


def test_special_tokens_are_plain_text():
    assert count_tokens("<|endoftext|>") > 1


def test_context_names_zone_and_headings_innermost_first():
    clause = next(c for c in shandong().clauses if c.id.endswith("zaozhuang.2.4.3"))
    assert context_of(clause, shandong(), 300) == "枣庄 3.构建智慧物流体系 (四)构建六大体系 二、主要任务"


def test_context_without_zone_is_the_plans_title():
    notice = parse("一、目标\n甲", title="关于试点的通知")
    assert context_of(notice.clauses[0], notice, 300) == "关于试点的通知 一、目标"


def test_long_context_is_cut_from_its_outer_end():
    clause = next(c for c in shandong().clauses if c.id.endswith("zaozhuang.2.4.3"))
    cut = context_of(clause, shandong(), 10)
    assert context_of(clause, shandong(), 300).startswith(cut)
    assert 0 < count_tokens(cut) <= 10


def test_a_sentence_a_piece_and_the_unit_bracket_apart():
    clause = parse("1.平台。建设平台。共享数据。(责任单位:省商务厅)", title="").clauses[0]
    assert list(pieces(clause)) == ["1.平台。建设平台。", "共享数据。", "(责任单位:省商务厅)"]


def test_listed_places_stand_apart():
    listed = ["滕州市打造高端装备带，", "薛城区打造新能源带，", "山亭区打造大健康带。"]
    clause = parse("1.产业带。" + "".join(listed), title="").clauses[0]
    assert list(pieces(clause)) == ["1.产业带。" + listed[0], *listed[1:]]
