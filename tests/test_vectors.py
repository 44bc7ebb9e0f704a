"""The store of vectors: nothing is asked twice, nothing finished is lost."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from embedders import FakeEmbedder, vector_of

from rag.errors import EmbeddingDimension, EmbeddingError, IndexStateError
from rag.vectors import StoredEmbeddings

TEXTS = [f"第{n}条" for n in range(10)]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "data" / "vectors.sqlite3"


def test_vectors_come_back_as_they_were_in_order(path):
    store = StoredEmbeddings(FakeEmbedder(), path, 3)
    for _ in range(2):
        found = store.embed_documents([TEXTS[4], TEXTS[0], TEXTS[4]])
        wanted = [vector_of(TEXTS[n], 8) for n in (4, 0, 4)]
        assert np.array(found) == pytest.approx(np.array(wanted), abs=1e-6)


def test_stored_passages_are_never_asked_again(path):
    embedder = FakeEmbedder()
    StoredEmbeddings(embedder, path, 3).fill(TEXTS[:7])
    assert [len(batch) for batch in embedder.batches] == [3, 3, 1]
    again = FakeEmbedder()
    assert StoredEmbeddings(again, path, 3).fill(TEXTS) == 8
    assert again.batches == [TEXTS[7:]]


def test_the_same_passage_twice_is_asked_once(path):
    embedder = FakeEmbedder()
    StoredEmbeddings(embedder, path, 3).fill(["甲", "乙", "甲"])
    assert embedder.batches == [["甲", "乙"]]


def test_another_embedder_has_its_own_vectors(path):
    StoredEmbeddings(FakeEmbedder(size=8), path, 3).fill(TEXTS)
    other = FakeEmbedder(size=4, identity="other")
    assert StoredEmbeddings(other, path, 3).fill(TEXTS) == 4
    assert other.passages == len(TEXTS)


def test_questions_are_not_stored(path):
    StoredEmbeddings(FakeEmbedder(), path, 3).embed_query("甲")
    assert not path.exists()


def test_failure_in_the_middle_keeps_finished_batches(path):
    with pytest.raises(EmbeddingError):
        StoredEmbeddings(FakeEmbedder(fail_after=6), path, 3).fill(TEXTS)
    rest = FakeEmbedder()
    StoredEmbeddings(rest, path, 3).fill(TEXTS)
    assert rest.batches == [TEXTS[6:9], TEXTS[9:]]


def test_progress_goes_from_what_is_stored_to_all(path):
    store, seen = StoredEmbeddings(FakeEmbedder(), path, 3), []
    store.fill(TEXTS[:4])
    store.fill(TEXTS, lambda done, total: seen.append((done, total)))
    assert seen == [(4, 10), (7, 10), (10, 10)]
    store.fill(TEXTS, lambda done, total: pytest.fail("nothing to embed"))


def test_another_dimension_under_the_same_name_names_the_setting(path):
    StoredEmbeddings(FakeEmbedder(size=8), path, 3).fill(TEXTS[:5])
    with pytest.raises(EmbeddingDimension, match=r"4、8 维.*TIAOWEN_EMBEDDING_MODEL"):
        StoredEmbeddings(FakeEmbedder(size=4), path, 3).fill(TEXTS)
    assert StoredEmbeddings(FakeEmbedder(size=8), path, 3).fill(TEXTS) == 8  # nothing wrong was kept


def test_dimensions_mixed_in_the_store_are_found_though_nothing_is_missing(path):
    StoredEmbeddings(FakeEmbedder(size=8), path, 3).fill(TEXTS[:5])
    StoredEmbeddings(FakeEmbedder(size=4), path, 3).fill(TEXTS[5:])
    with pytest.raises(EmbeddingDimension):
        StoredEmbeddings(FakeEmbedder(size=4), path, 3).fill(TEXTS)


def test_what_was_written_before_a_kill_is_read_back(path, tmp_path):
    """A process killed leaves the write-ahead log beside the file; a copy of both is what it leaves."""
    path.parent.mkdir()
    store = StoredEmbeddings(FakeEmbedder(), path, 3)
    left = tmp_path / "left"
    left.mkdir()

    def copy(done: int, total: int) -> None:
        if done == 9:
            for file in path.parent.iterdir():
                (left / file.name).write_bytes(file.read_bytes())

    store.fill(TEXTS, copy)
    assert (left / f"{path.name}-wal").stat().st_size > 0
    rest = FakeEmbedder()
    StoredEmbeddings(rest, left / path.name, 3).fill(TEXTS)
    assert rest.batches == [TEXTS[9:]]


def test_damaged_file_is_named_with_what_to_do(path):
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(IndexStateError, match=rf"{path} 无法读写.*删除后运行 tiaowen index"):
        StoredEmbeddings(FakeEmbedder(), path, 3).fill(TEXTS)


def test_full_disk_is_told_and_loses_no_finished_batch(path, monkeypatch):
    connect = sqlite3.connect

    def small(*args, **more):
        store = connect(*args, **more)
        store.execute("PRAGMA max_page_count = 5")
        return store

    monkeypatch.setattr(sqlite3, "connect", small)
    texts = [f"{n}" for n in range(100)]
    with pytest.raises(IndexStateError, match=r"disk is full.*磁盘空间"):
        StoredEmbeddings(FakeEmbedder(size=64), path, 10).fill(texts)
    monkeypatch.undo()
    rest = FakeEmbedder(size=64)
    StoredEmbeddings(rest, path, 10).fill(texts)
    assert 0 < rest.passages < len(texts)


def test_data_folder_that_is_a_file(path):
    path.parent.write_text("here already")
    with pytest.raises(IndexStateError, match="TIAOWEN_DATA_DIR"):
        StoredEmbeddings(FakeEmbedder(), path, 3).fill(TEXTS)
