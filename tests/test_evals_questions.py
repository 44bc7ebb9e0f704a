"""Question files: every committed one fits the real corpus; every fault is named with its line."""

import json
from dataclasses import replace

import pytest
from fakes import FIGURE, NOTICE_ID, notice

from evals.convert import convert, find_quote, main
from evals.questions import QuestionError, Sources, committed_sets, load_questions
from evals.report import CATEGORIES
from rag.corpus import load_corpus
from rag.settings import load_settings

FAKE = Sources.of({NOTICE_ID: notice()})
OTHER = f"{NOTICE_ID}.yi.1.1"
GOOD = {
    "id": "Q1",
    "cat": "fact",
    "turns": ["甲市的目标?"],
    "expect": {"all": [["100亿"]]},
    "evidence": [[{"clause": FIGURE, "quote": "突破100亿元"}]],
    "max_chars": 300,
    "why": "试",
}


@pytest.fixture(scope="module")
def corpus():
    return Sources.of(load_corpus(load_settings()))


@pytest.fixture
def load(tmp_path):
    def write_and_load(*records):
        path = tmp_path / "q.jsonl"
        lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_questions(path, FAKE)

    return write_and_load


@pytest.mark.parametrize("name", committed_sets())
def test_committed_sets_fit_the_corpus(name, corpus):
    questions = load_questions(committed_sets()[name], corpus)
    assert {question.cat for question in questions} <= CATEGORIES.keys()


def test_seed_is_whole(corpus):
    questions = load_questions(committed_sets()["seed"], corpus)
    assert len(questions) == 100
    assert {question.cat for question in questions} == CATEGORIES.keys()


def test_no_question_twice(corpus):
    turns = [q.turns for path in committed_sets().values() for q in load_questions(path, corpus)]
    assert len(turns) == len(set(turns))


def test_good_lines_and_defaults(load):
    short = {key: value for key, value in GOOD.items() if key != "max_chars"} | {"id": "Q2"}
    first, second = load(GOOD, "", short)
    assert (first.max_chars, second.max_chars) == (300, 400)
    assert first.evidence[0][0].clause == FIGURE
    assert first.expect.zones is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"cat": "riddle"}, "第 2 行:字段 cat 不在允许的取值之内"),
        ({"turns": []}, "第 2 行:字段 turns 不能为空"),
        ({"turns": [" "]}, "第 2 行:字段 turns.0 不能全是空白"),
        ({"turns": "甲?"}, "第 2 行:字段 turns 应是数组"),
        ({"max_chars": "9"}, "第 2 行:字段 max_chars 应是整数"),
        ({"max_chars": 0}, "第 2 行:字段 max_chars 应大于 0"),
        ({"note": "x"}, "第 2 行:字段 note 没有这样的字段"),
        ({"expect": {"any": []}}, "第 2 行:字段 expect.any 没有这样的字段"),
        ({"expect": {"all": [[]]}}, "第 2 行:字段 expect.all.0 不能为空"),
        ({"evidence": [[]]}, "第 2 行:字段 evidence.0 不能为空"),
        ({"evidence": []}, "第 2 行(Q2):可回答的题要有 evidence,并有 all 或 zones"),
        ({"expect": {}}, "第 2 行(Q2):可回答的题要有 evidence,并有 all 或 zones"),
        ({"expect": {"refuse": True}}, "第 2 行(Q2):应拒答的题不能再有 all、none、zones 或 evidence"),
        ({"expect": {"zones": ["丙"]}}, "第 2 行(Q2):没有名为“丙”的地区"),
        ({"expect": {"all": [["100亿"]], "none": ["100"]}}, "第 2 行(Q2):“100”既要求出现又不许出现"),
        ({"evidence": [[{"clause": "x.y", "quote": "一"}]]}, "第 2 行(Q2):没有编号为 x.y 的条款"),
        (
            {"evidence": [[{"clause": FIGURE, "quote": "突破200亿元"}]]},
            f"第 2 行(Q2):条款 {FIGURE} 中没有“突破200亿元”",
        ),
        ({"id": "Q1"}, "第 2 行:编号 Q1 已用过"),
    ],
)
def test_faults_are_named_with_their_line(load, changes, fault):
    with pytest.raises(QuestionError) as caught:
        load(GOOD, {**GOOD, "id": "Q2", **changes})
    assert str(caught.value) == f"题集 q.jsonl 有误:\n{fault}"


def test_all_faults_at_once_and_broken_json(load):
    with pytest.raises(QuestionError) as caught:
        load("{", "[]", {"id": "Q1"})
    first, second, third = str(caught.value).splitlines()[1:]
    assert first.startswith("第 1 行:不是合法的 JSON")
    assert second == "第 2 行:应是一个 JSON 对象"
    assert "字段 cat 缺少这个字段" in third


def test_unreadable_files(tmp_path):
    with pytest.raises(QuestionError, match="读不到题集"):
        load_questions(tmp_path / "none.jsonl", FAKE)
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(QuestionError, match="是空的"):
        load_questions(tmp_path / "empty.jsonl", FAKE)
    (tmp_path / "gbk.jsonl").write_bytes("甲".encode("gbk"))
    with pytest.raises(QuestionError, match="不是 UTF-8"):
        load_questions(tmp_path / "gbk.jsonl", FAKE)


def test_evidence_only_in_clauses_too_long_to_cite(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    clause = FAKE.clauses[FIGURE]
    long = replace(clause, text=clause.text + "字" * 600)
    with pytest.raises(QuestionError, match="都超过 600 字"):
        load_questions(path, replace(FAKE, clauses={**FAKE.clauses, FIGURE: long}))


def test_convert_finds_every_clause_that_holds_a_string(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    plain = {**GOOD, "evidence": [["甲市", "突破１００ 亿元"]]}
    source.write_text(json.dumps(plain), encoding="utf-8")
    assert convert(source, target, FAKE) == 1
    (made,) = load_questions(target, FAKE)
    assert [(gold.clause, gold.quote) for gold in made.evidence[0]] == [
        (f"{NOTICE_ID}.jia.title", "甲市"),
        (FIGURE, "甲市"),
        (FIGURE, "突破100亿元"),
    ]
    assert json.loads(target.read_text(encoding="utf-8"))["expect"] == GOOD["expect"]


def test_convert_names_what_it_cannot_find_and_writes_nothing(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{**GOOD, "evidence": [["突破100亿元"]]}, {**GOOD, "id": "Q2", "evidence": [["无此一句"]]}]
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(QuestionError, match="第 2 行:\\(Q2\\)没有条款含有“无此一句”"):
        convert(source, target, FAKE)
    assert not target.exists()


@pytest.mark.parametrize(
    ("group", "places"),
    [
        (["交易规模突破"], [FIGURE, OTHER]),
        (
            ["交易规模突破", "突破100亿元"],
            [FIGURE, OTHER],
        ),  # the look-alike in another plan proves something else
        (["甲市"], [f"{NOTICE_ID}.jia.title", FIGURE]),
    ],
)
def test_convert_refuses_strings_that_stand_in_several_places(tmp_path, group, places):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({**GOOD, "evidence": [group]}), encoding="utf-8")
    with pytest.raises(QuestionError) as caught:
        convert(source, target, FAKE)
    assert f"第 1 行:(Q1)“{group[0]}”见于多个条款({'、'.join(places)})" in str(caught.value)
    assert not target.exists()


def test_convert_command(tmp_path, capsys):
    assert main([]) == 2
    assert main([str(tmp_path / "none"), str(tmp_path / "out")]) == 1
    assert "读不到题集" in capsys.readouterr().err


def test_quotes_are_cut_from_the_clause(corpus):
    for gold in find_quote("责任单位:省商务厅", corpus):
        assert gold.quote in corpus.clauses[gold.clause].text
