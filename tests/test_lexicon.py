"""Words, synonyms and spellings."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PLENTY, any_text

from rag import lexicon as lexicon_module
from rag.errors import CorpusError
from rag.lexicon import Lexicon, data_file, data_hash, normalise


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon(["枣庄高新区", "中国信保山东分公司"])


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A package whose ``data`` folder holds one small list."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo.json").write_text('["甲"]', encoding="utf-8")
    monkeypatch.setattr(lexicon_module, "files", lambda package: tmp_path)
    data_file.cache_clear()
    yield tmp_path / "data"
    data_file.cache_clear()


@pytest.mark.parametrize(
    ("text", "key"),
    [("跨境電商", "跨境电商"), ("１５０億元", "150亿元"), ("（B2B）", "(b2b)"), ("棗莊", "枣庄")],
)
def test_keys_ignore_script_width_and_case(text, key):
    assert normalise(text) == key


@PLENTY
@given(st.text(max_size=40))
def test_a_cut_text_joined_is_the_text(lexicon, text):
    assert "".join(lexicon.cut(text)) == text


def test_names_stay_whole(lexicon):
    assert "枣庄高新区" in lexicon.cut("在枣庄高新区建设")
    assert lexicon.is_word("枣庄高新区")


def test_words_leave_punctuation_out(lexicon):
    words = lexicon.words("产业园,海外仓。")
    assert {"产业园", "海外仓"} <= set(words)
    assert not {",", "。"} & set(words)


def test_index_terms_bridge_word_cuts_with_pairs(lexicon):
    assert {"外仓", "仓建"} <= set(lexicon.index_terms("海外仓建设"))


def terms(lexicon, text):
    return [term.text for term in lexicon.terms(text)]


def test_terms_leave_stop_words_and_counts_out(lexicon):
    assert terms(lexicon, "有哪些七个3个的平台") == ["平台"]


def test_terms_come_once(lexicon):
    assert terms(lexicon, "平台平台") == ["平台"]


def test_a_listed_word_brings_its_equals(lexicon):
    (term,) = lexicon.terms("海外仓")
    assert "境外仓" in term.alternatives


def test_an_everyday_word_leads_to_the_notices_word_but_not_back(lexicon):
    (everyday,) = lexicon.terms("外币")
    (formal,) = lexicon.terms("外汇")
    assert "外汇" in everyday.alternatives
    assert "外币" not in formal.alternatives


def test_a_listed_phrase_is_taken_before_words_are_cut(lexicon):
    assert "产业带" in terms(lexicon, "医药产业带")


def test_a_compound_brings_the_equals_of_its_part(lexicon):
    assert any("海外仓" in (t.text, *t.alternatives) for t in lexicon.terms("公共海外仓库房"))


def test_every_data_file_is_utf_8_json():
    folder = lexicon_module.files("rag") / "data"
    assert all(
        json.loads(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".json")
    )


def test_data_of_another_shape_is_refused_by_name(data):
    with pytest.raises(CorpusError, match=r"rag/data/demo\.json"):
        data_file("demo", dict[str, list[str]])


def test_broken_data_is_refused_by_name(data):
    (data / "demo.json").write_text("[", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"rag/data/demo\.json"):
        data_file("demo", list[str])


def test_the_hash_changes_with_the_data(data):
    before = data_hash()
    (data / "demo.json").write_text('["乙"]', encoding="utf-8")
    assert data_hash() != before


@PLENTY
@given(any_text)
def test_any_text_is_a_thing_or_not(lexicon, text):
    assert lexicon.is_thing(normalise(text)) in (True, False)


def test_a_noun_is_a_thing_and_a_verb_is_not(lexicon):
    assert lexicon.is_thing("口子")
    assert not lexicon.is_thing("申请")
