"""Vectors computed once: a SQLite file beside the index, written batch by batch, so that a killed build loses one batch."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.errors import EmbeddingDimension
from rag.models import Embedder


class StoredEmbeddings(Embeddings):
    """Embeds passages through a store keyed by embedder and text; questions pass straight through."""

    def __init__(self, embedder: Embedder, path: Path, batch_size: int) -> None:
        self._embedder = embedder
        self._path = path
        self._batch_size = batch_size
        self.progress: Callable[[int, int], None] | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of the passages; those already stored cost no call of the embedder.

        Raises:
            EmbeddingDimension: the embedder now returns another length than it did for stored passages.
        """
        keys = [self._key(text) for text in texts]
        with closing(self._connect()) as store:
            known = dict(_stored(store, keys))
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            done = len(texts) - len(missing)
            pending = list(missing.items())
            for start in range(0, len(pending), self._batch_size):
                batch = pending[start : start + self._batch_size]
                if self.progress:
                    self.progress(done, len(texts))
                vectors = self._embedder.embed_documents([text for _, text in batch])
                self._check(vectors, known)
                rows = [
                    (k, np.asarray(v, np.float32).tobytes()) for (k, _), v in zip(batch, vectors, strict=True)
                ]
                with store:
                    store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                known.update(rows)
                done += len(batch)
        if self.progress:
            self.progress(len(texts), len(texts))
        return [np.frombuffer(known[key], np.float32).tolist() for key in keys]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; never stored."""
        return self._embedder.embed_query(text)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._embedder.identity}\n{text}".encode()).hexdigest()

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(self._path, timeout=60)
        store.execute("PRAGMA journal_mode=WAL")
        store.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )
        return store

    def _check(self, vectors: list[list[float]], known: dict[str, bytes]) -> None:
        size = len(next(iter(known.values()))) // 4 if known else len(vectors[0])
        if len(vectors[0]) != size:
            raise EmbeddingDimension(
                f"嵌入模型现在返回 {len(vectors[0])} 维向量,而已存的是 {size} 维;"
                "模型换了就请换一个 TIAOWEN_EMBEDDING_MODEL 名称,或运行 tiaowen index --rebuild。"
            )


def _stored(store: sqlite3.Connection, keys: list[str]) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(keys), 500):
        batch = keys[start : start + 500]
        marks = ",".join("?" * len(batch))
        yield from store.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", batch)
