"""The index on disk: built once, switched in one step, never taken from under those who read it."""

import gc
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from embedders import FakeEmbedder, vector_of

import rag.index
from rag.errors import (
    EmbeddingDimension,
    EmbeddingError,
    IndexBusy,
    IndexMismatch,
    IndexMissing,
    IndexStateError,
)
from rag.index import Index, build_index, fingerprint
from rag.lexicon import Lexicon
from rag.types import Chunk, Span
from rag.vectors import StoredEmbeddings

ANY = ((), ())
LEXICON = Lexicon()


def chunk(n: int, zone: str | None, notice: str, text: str) -> Chunk:
    clause = f"{notice}.c{n}"
    return Chunk(f"{clause}#0", clause, notice, zone, Span(0, len(text)), text, zone or notice, 9)


CHUNKS = [
    chunk(1, "甲", "one", "建设海外仓和物流体系。"),
    chunk(2, "乙", "one", "建设海外仓和支付体系。"),
    chunk(3, None, "one", "请认真组织实施。"),
    chunk(4, "甲", "two", "物流企业申请补贴。"),
]
FIRST, SECOND, THIRD, FOURTH = (c.id for c in CHUNKS)


class Store:
    """One data folder and what is done with it."""

    def __init__(self, folder: Path, chunks: list[Chunk] = CHUNKS, **embedder) -> None:
        self.root = folder / "index"
        self.chunks = chunks
        self.embedder = FakeEmbedder(**embedder)
        self.embeddings = StoredEmbeddings(self.embedder, folder / "vectors.sqlite3", 2)
        self.wanted = fingerprint(chunks, self.embedder)

    def build(self, *, rebuild: bool = False) -> bool:
        report = build_index(self.root, self.chunks, self.embeddings, self.wanted, LEXICON, rebuild=rebuild)
        assert (report.fingerprint, report.chunks) == (self.wanted, len(self.chunks))
        return report.built

    def open(self) -> Index:
        return Index.open(self.root, self.wanted, self.embeddings, LEXICON)

    def generations(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir() if path.is_dir())


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path)


def nearest(index: Index, chunk: Chunk) -> str:
    """Id of the chunk nearest to a chunk's own text, which must be that chunk."""
    return index.dense(vector_of(f"{chunk.context}\n{chunk.text}", 8), 1, ANY)[0][0]


def answers(index: Index) -> bool:
    found = index.lexical({"海外": 1.0}, 4, ANY)
    return [nearest(index, c) for c in CHUNKS] == [c.id for c in CHUNKS] and len(found) == 2


# --- searching -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Index:
    store = Store(tmp_path_factory.mktemp("index"))
    store.build()
    return store.open()


def test_dense_gives_cosine_similarity_best_first(index):
    found = index.dense(vector_of("甲\n建设海外仓和物流体系。", 8), 4, ANY)
    assert found[0] == (FIRST, pytest.approx(1, abs=1e-5))
    assert {id_ for id_, _ in found} == {FIRST, SECOND, THIRD, FOURTH}
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert all(-1 <= score <= 1.00001 for _, score in found)


def test_lexical_ranks_by_weighted_terms(index):
    both = index.lexical({"海外": 1.0, "物流": 1.0}, 4, ANY)
    assert both[0][0] == FIRST
    assert {id_ for id_, _ in both} == {FIRST, SECOND, FOURTH}
    assert index.lexical({"支付": 5.0, "物流": 0.1}, 4, ANY)[0][0] == SECOND


@pytest.mark.parametrize("terms", [{}, {"火星": 1.0}])
def test_lexical_finds_nothing_for_no_or_unknown_terms(index, terms):
    assert index.lexical(terms, 4, ANY) == []


@pytest.mark.parametrize(
    ("where", "allowed"),
    [
        ((("甲",), ()), {FIRST, FOURTH}),
        ((("甲", "乙"), ()), {FIRST, SECOND, FOURTH}),
        (((), ("two",)), {FOURTH}),
        ((("甲",), ("one",)), {FIRST}),
        ((("丙",), ()), set()),
    ],
)
def test_both_sides_obey_zone_and_notice_filters(index, where, allowed):
    assert {id_ for id_, _ in index.dense(vector_of("x", 8), 4, where)} == allowed
    words = {"体系": 1.0, "物流": 1.0, "实施": 1.0}
    assert {id_ for id_, _ in index.lexical(words, 4, where)} == allowed


def test_filters_do_not_change_scores(index):
    free = dict(index.lexical({"海外": 1.0}, 4, ANY))
    assert index.lexical({"海外": 1.0}, 4, (("乙",), ())) == [(SECOND, pytest.approx(free[SECOND]))]


def test_k_is_kept(index):
    assert len(index.dense(vector_of("x", 8), 2, ANY)) == 2
    assert len(index.lexical({"海外": 1.0}, 1, ANY)) == 1


def test_threads_read_alike(index):
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: answers(index), range(40)))


# --- building and opening --------------------------------------------------------------------------------------------


def test_nothing_changed_means_nothing_built_and_nothing_embedded(tmp_path, store):
    assert store.build()
    before = store.generations()
    again = Store(tmp_path)
    assert not again.build()
    assert again.embedder.batches == []
    assert again.generations() == before


def test_rebuild_uses_stored_vectors(tmp_path, store):
    store.build()
    again = Store(tmp_path)
    assert again.build(rebuild=True)
    assert again.embedder.batches == []
    assert answers(again.open())


def test_changed_chunk_is_the_only_one_embedded(tmp_path, store):
    store.build()
    changed = Store(tmp_path, [*CHUNKS[:3], chunk(4, "甲", "two", "物流企业申请奖励。")])
    assert changed.build()
    assert changed.embedder.batches == [["甲\n物流企业申请奖励。"]]


def test_missing_and_mismatched_index_name_the_command(tmp_path, store):
    with pytest.raises(IndexMissing, match="tiaowen index"):
        store.open()
    store.build()
    with pytest.raises(IndexMismatch, match="tiaowen index"):
        Store(tmp_path, CHUNKS[:3]).open()


def test_fingerprint_covers_embedder_texts_and_word_lists(monkeypatch):
    base = fingerprint(CHUNKS, FakeEmbedder())
    assert fingerprint(list(CHUNKS), FakeEmbedder()) == base
    assert fingerprint(CHUNKS, FakeEmbedder(identity="other")) != base
    assert fingerprint(CHUNKS[:3], FakeEmbedder()) != base
    monkeypatch.setattr(rag.index, "data_hash", lambda: "changed")
    assert fingerprint(CHUNKS, FakeEmbedder()) != base


def test_no_chunks_at_all(tmp_path):
    store = Store(tmp_path, [])
    store.build()
    index = store.open()
    assert index.dense(vector_of("x", 8), 4, ANY) == index.lexical({"海外": 1.0}, 4, ANY) == []


def test_question_of_another_dimension_names_the_setting(store):
    store.build()
    index = store.open()
    store.embedder.size = 16
    with pytest.raises(EmbeddingDimension, match=r"16 维.*8 维.*TIAOWEN_EMBEDDING_MODEL"):
        index.embed("海外仓")


# --- broken off, damaged, unwritable ---------------------------------------------------------------------------------


def test_embedder_failing_in_the_middle_leaves_the_old_index_and_what_was_embedded(tmp_path, store):
    store.build()
    more = [*CHUNKS, *(chunk(n, "乙", "one", f"第{n}条。") for n in range(5, 11))]
    with pytest.raises(EmbeddingError):
        Store(tmp_path, more, fail_after=2).build()
    assert answers(store.open())
    rest = Store(tmp_path, more)
    assert rest.build()
    assert rest.embedder.passages == 4
    assert len(rest.generations()) == 1


@pytest.mark.parametrize("rebuild", [True, False])
def test_half_a_generation_is_ignored_and_swept(tmp_path, store, rebuild):
    store.build()
    half = store.root / "0123456789ab-1-abcdef"
    (half / "chroma").mkdir(parents=True)
    (half / "chroma" / "chroma.sqlite3").write_bytes(b"half")
    assert answers(store.open())
    Store(tmp_path).build(rebuild=rebuild)
    assert half.name not in store.generations()


def damage(text: str):
    return lambda path: path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["CURRENT", "meta.json"])
@pytest.mark.parametrize(
    "spoil",
    [
        damage(""),
        damage("{"),
        damage("null"),
        damage('{"fingerprint": 1}'),
        damage("a\0b"),
        damage("../.."),
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        Path.unlink,
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["empty", "cut", "null", "other keys", "nul", "elsewhere", "binary", "gone", "folder"],
)
def test_damaged_marker_counts_as_no_index_and_is_built_anew(tmp_path, store, name, spoil):
    store.build()
    path = store.root / "CURRENT" if name == "CURRENT" else store.root / store.generations()[0] / name
    spoil(path)
    with pytest.raises(IndexMissing, match="tiaowen index"):
        store.open()
    again = Store(tmp_path)
    if name == "CURRENT" and path.is_dir():  # cannot be replaced: told, not a traceback
        with pytest.raises(IndexStateError, match="无法写入"):
            again.build()
        return
    assert again.build()
    assert again.embedder.batches == []
    assert answers(again.open())


@pytest.mark.parametrize("engine", ["chroma/chroma.sqlite3", "tantivy/meta.json"])
def test_damaged_engine_file_names_the_command_that_helps(tmp_path, store, engine):
    store.build()
    (store.root / store.generations()[0] / engine).write_bytes(b"broken")
    with pytest.raises(IndexMissing, match="tiaowen index --rebuild"):
        store.open()
    again = Store(tmp_path)
    assert again.build(rebuild=True)
    assert answers(again.open())


def test_data_folder_that_is_a_file(tmp_path):
    (tmp_path / "data").write_text("here already")
    with pytest.raises(IndexStateError, match=r"无法写入.*TIAOWEN_DATA_DIR"):
        Store(tmp_path / "data").build()


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that even root cannot write")
def test_data_folder_that_cannot_be_written():
    with pytest.raises(IndexStateError, match=r"无法写入.*TIAOWEN_DATA_DIR"):
        Store(Path("/sys/tiaowen")).build()


# --- side by side ----------------------------------------------------------------------------------------------------


def test_open_index_answers_while_others_replace_it_again_and_again(tmp_path, store):
    store.build()
    index = store.open()
    first = store.generations()
    for n in range(3):
        Store(tmp_path, [*CHUNKS, chunk(9, "乙", "one", f"第{n}次修订。")]).build()
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda _: answers(index), range(16)))
    assert len(store.generations()) == 2
    index = None
    gc.collect()
    store.build()
    assert not set(first) & set(store.generations())


def test_readers_leave_nothing_behind(tmp_path, store):
    store.build()
    for _ in range(3):
        store.open()
        gc.collect()
        store.build()
    assert list(store.root.rglob("*.reader")) == []


def test_current_is_never_seen_half_written(tmp_path, store, monkeypatch):
    """At every moment of the switch CURRENT names a complete generation."""
    store.build()
    replace, seen = Path.replace, []

    def look(path: Path, target: Path) -> Path:
        for step in (lambda: None, lambda: replace(path, target)):
            step()
            name = (store.root / "CURRENT").read_text(encoding="utf-8")
            seen.append(json.loads((store.root / name / "meta.json").read_text())["fingerprint"])
        return target

    monkeypatch.setattr(Path, "replace", look)
    changed = Store(tmp_path, CHUNKS[:3])
    changed.build()
    assert seen == [store.wanted] * 3 + [changed.wanted]


def test_second_builder_waits_and_finds_it_done(tmp_path):
    one, two = Store(tmp_path), Store(tmp_path)
    inside, go_on = threading.Event(), threading.Event()
    embed = one.embedder.embed_documents

    def held(texts: list[str]) -> list[list[float]]:
        inside.set()
        go_on.wait(30)
        return embed(texts)

    one.embedder.embed_documents = held
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one.build)
        assert inside.wait(30)
        second = pool.submit(two.build)
        assert not second.done()
        go_on.set()
        assert (first.result(60), second.result(60)) == (True, False)
    assert two.embedder.batches == []
    assert answers(two.open())


def test_builder_that_waits_too_long_is_told(tmp_path, store, monkeypatch):
    monkeypatch.setattr(rag.index, "_LOCK_WAIT", 0.05)
    store.root.mkdir(parents=True)
    with rag.index.FileLock(store.root / "build.lock"), pytest.raises(IndexBusy, match="另一个进程"):
        store.build()


def test_live_index_is_used_at_once_while_another_process_builds(tmp_path, store, monkeypatch):
    monkeypatch.setattr(rag.index, "_LOCK_WAIT", 0.0)
    store.build()
    with rag.index.FileLock(store.root / "build.lock"):
        again = Store(tmp_path)
        assert not again.build()
        assert answers(again.open())


def test_reader_overtaken_while_opening_takes_the_new_generation(tmp_path, store, monkeypatch):
    """Between reading CURRENT and being counted as a reader, the generation is replaced and swept."""
    store.build()
    lock = rag.index._reader_lock

    def overtaken(folder: Path):
        monkeypatch.setattr(rag.index, "_reader_lock", lock)
        Store(tmp_path).build(rebuild=True)
        return lock(folder)

    monkeypatch.setattr(rag.index, "_reader_lock", overtaken)
    assert answers(store.open())


def test_a_new_model_of_the_same_name_is_taken_in_as_the_message_advises(tmp_path):
    Store(tmp_path).build()
    changed = Store(tmp_path, size=16)
    changed.build(rebuild=True)  # stored vectors of the old model are used again
    with pytest.raises(EmbeddingDimension, match=r"vectors\.sqlite3|TIAOWEN_EMBEDDING_MODEL"):
        changed.open().embed("海外仓")
    (tmp_path / "vectors.sqlite3").unlink()
    changed.build(rebuild=True)
    assert len(changed.open().embed("海外仓")) == 16


def test_a_new_model_of_another_name_is_taken_in(tmp_path):
    Store(tmp_path).build()
    renamed = Store(tmp_path, size=16, identity="other")
    assert renamed.build()
    assert len(renamed.open().embed("海外仓")) == 16
