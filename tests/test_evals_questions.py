"""Question files: every committed one fits the real corpus; every fault is named with its line."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from fakes import FIGURE, NOTICE_ID, notice

from evals.convert import convert, find_quote, main
from evals.questions import FOLDER, QuestionError, Sources, committed_sets, load_questions
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


def committed(corpus):
    """All questions; asserts are on counts of them, so that no failing test prints a held-out one."""
    return [question for path in committed_sets().values() for question in load_questions(path, corpus)]


def test_no_question_twice(corpus):
    turns = [question.turns for question in committed(corpus)]
    count, distinct = len(turns), len(set(turns))
    assert count == distinct


def test_committed_sets_are_large_and_hard_enough(corpus):
    questions = committed(corpus)
    count = len(questions)
    near_misses = sum("near_miss" in question.tags for question in questions)
    everyday = sum("low_overlap" in question.tags for question in questions)
    cats = {question.cat for question in questions}
    assert count >= 400
    assert near_misses / count >= 0.25
    assert everyday >= 40
    assert cats == CATEGORIES.keys()


def test_paraphrases_come_in_groups_of_four_inside_one_set(corpus):
    groups = [
        Counter(question.group for question in load_questions(path, corpus) if question.group)
        for path in committed_sets().values()
    ]
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names))
    assert {size for group in groups for size in group.values()} == {4}
    assert len(names) >= 40


def test_format_tells_the_counts(corpus):
    rows = []
    for name in ("seed", "own", "readers", "heldout"):
        questions = load_questions(committed_sets()[name], corpus)
        tags = Counter(tag for question in questions for tag in question.tags)
        groups = len({question.group for question in questions if question.group})
        rows.append((f"`{name}`", len(questions), tags["near_miss"], groups, tags["low_overlap"]))
    rows.append(("all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    text = (FOLDER / "FORMAT.md").read_text(encoding="utf-8")
    missing = [row for row in rows if f"| {' | '.join(str(cell or '') for cell in row)} |" not in text]
    assert missing == []


def test_near_misses_are_false_premises_and_questions_to_be_refused(corpus):
    questions = committed(corpus)
    untagged = sum(q.cat == "false_premise" and "near_miss" not in q.tags for q in questions)
    tagged = [q for q in questions if "near_miss" in q.tags]
    others = sum(q.cat != "false_premise" and not q.expect.refuse for q in tagged)
    assert untagged == 0
    assert others < 10  # a wrong premise in a follow-up or in English


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
        ({"group": " "}, "第 2 行:字段 group 不能全是空白"),
        ({"tags": "near_miss"}, "第 2 行:字段 tags 应是数组"),
        ({"tags": ["far_miss"]}, "第 2 行:字段 tags.0 不在允许的取值之内"),
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


@pytest.mark.parametrize(
    ("changes", "unlike"),
    [
        ({"expect": {"all": [["100亿元"]]}}, "expect"),
        ({"evidence": [[{"clause": FIGURE, "quote": "100亿元"}]]}, "evidence"),
        ({"max_chars": 301}, "max_chars"),
        ({"expect": {"refuse": True}, "evidence": []}, "expect、evidence"),
    ],
)
def test_paraphrases_expect_one_and_the_same_answer(load, changes, unlike):
    group = [{**GOOD, "id": id_, "group": "甲", "turns": [id_]} for id_ in ("Q2", "Q3", "Q4")]
    alone = {**GOOD, **changes, "id": "Q5"}
    first, *_ = load(GOOD, *group, alone, {**alone, "id": "Q6", "group": "乙"})
    assert (first.group, first.tags) == (None, ())
    with pytest.raises(QuestionError) as caught:
        load(GOOD, *group[:2], {**group[2], **changes})
    fault = f"第 4 行(Q4):{unlike} 与同组 甲 的 Q2 不同"
    assert str(caught.value) == f"题集 q.jsonl 有误:\n{fault}"


def test_defaults_spelled_out_do_not_part_a_group(load):
    group = {**GOOD, "group": "甲"}
    wordy = {**group, "id": "Q2", "expect": {**GOOD["expect"], "none": [], "refuse": False}}
    assert len(load(group, wordy)) == 2


def test_convert_keeps_group_and_tags_and_checks_groups(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    plain = {**GOOD, "evidence": [["突破100亿元"]], "group": "甲", "tags": ["low_overlap", "near_miss"]}
    source.write_text(json.dumps(plain), encoding="utf-8")
    convert(source, target, FAKE)
    (made,) = load_questions(target, FAKE)
    assert (made.group, made.tags) == ("甲", ("low_overlap", "near_miss"))
    target.unlink()
    source.write_text("\n".join(map(json.dumps, [plain, {**plain, "id": "Q2", "max_chars": 9}])))
    with pytest.raises(QuestionError, match="第 2 行\\(Q2\\):max_chars 与同组 甲 的 Q1 不同"):
        convert(source, target, FAKE)
    assert not target.exists()


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
