"""Misspelt names are put right; what the notices write, and words of their own, stay."""

import pytest
from hypothesis import given
from samples import PLENTY, any_text, shandong

from rag.gazetteer import make_gazetteer
from rag.lexicon import Lexicon, normalise
from rag.spelling import Spelling


@pytest.fixture(scope="module")
def spelling():
    names = make_gazetteer([shandong()])
    return Spelling(names, Lexicon(names.names), "的了是在有和与")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("聊成要有多少家", "聊城要有多少家"),
        ("得州做健身器材", "德州做健身器材"),
        ("态安在国外的仓", "泰安在国外的仓"),
        ("滕洲打造什么", "滕州打造什么"),
        ("高堂县打造什么", "高唐县打造什么"),
        ("枣庄综事区", "枣庄综试区"),
        ("做跨镜电商的", "做跨境电商的"),
    ],
)
def test_a_misspelt_name_is_put_right(spelling, typed, meant):
    assert spelling.correct(typed) == meant


@pytest.mark.parametrize("text", ["疗程多少天", "完成五个园区", "一周平均多少", "惠明政策", "今天天气怎么样"])
def test_what_only_sounds_like_a_name_stays(spelling, text):
    assert spelling.correct(text) == text


def test_nothing_that_the_notice_writes_is_changed(spelling):
    for clause in shandong().clauses:
        assert spelling.correct(normalise(clause.text)) == normalise(clause.text)


@PLENTY
@given(any_text)
def test_any_text_keeps_its_length_and_is_right_after_one_pass(spelling, text):
    once = spelling.correct(normalise(text))
    assert len(once) == len(normalise(text))
    assert spelling.correct(once) == once
