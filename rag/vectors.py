"""Vectors computed once: a SQLite file beside the index, written batch by batch, so that a killed build loses one batch."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.errors import EmbeddingDimension, IndexStateError
from rag.models import Embedder

Progress = Callable[[int, int], None]
_ITEM = np.dtype(np.float32).itemsize


class StoredEmbeddings(Embeddings):
    """Embeds passages through a store keyed by embedder and text; questions pass straight through."""

    def __init__(self, embedder: Embedder, path: Path, batch_size: int) -> None:
        self._embedder = embedder
        self._path = path
        self._batch_size = batch_size

    def fill(self, texts: Sequence[str], progress: Progress | None = None) -> int:
        """Embed what is not stored yet, batch by batch, and return the length of the vectors (0 without any text).

        Args:
            texts: passages.
            progress: called with (passages stored, passages in all), only if there is something to embed.

        Raises:
            EmbeddingError: the embedder failed; finished batches are kept.
            EmbeddingDimension: it now returns another length than it did for stored passages.
            IndexStateError: the store cannot be read or written.
        """
        keys = dict(zip(map(self._key, texts), texts, strict=True))
        with self._open() as store:
            sizes = {key: len(vector) for key, vector in _stored(store, list(keys))}
            size = self._only(set(sizes.values()))
            missing = [(key, text) for key, text in keys.items() if key not in sizes]
            done = len(texts) - len(missing)
            for start in range(0, len(missing), self._batch_size):
                batch = missing[start : start + self._batch_size]
                if progress:
                    progress(done, len(texts))
                vectors = self._embedder.embed_documents([text for _, text in batch])
                rows = [(key, _pack(vector)) for (key, _), vector in zip(batch, vectors, strict=True)]
                size = self._only({*([size] if size else []), *(len(vector) for _, vector in rows)})
                with store:
                    store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                done += len(batch)
        if progress and missing:
            progress(len(texts), len(texts))
        return size // _ITEM

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of the passages; those already stored cost no call of the embedder. Same errors as :meth:`fill`."""
        self.fill(texts)
        keys = [self._key(text) for text in texts]
        with self._open() as store:
            found = dict(_stored(store, keys))
        return [np.frombuffer(found[key], np.float32).tolist() for key in keys]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; never stored."""
        return self._embedder.embed_query(text)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._embedder.identity}\n{text}".encode()).hexdigest()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=60)) as store:
                store.execute("PRAGMA journal_mode=WAL")
                store.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
                )
                yield store
        except (FileExistsError, NotADirectoryError, PermissionError, sqlite3.Error) as error:
            raise IndexStateError(
                f"向量库 {self._path} 无法读写({error});请检查 TIAOWEN_DATA_DIR 的权限和磁盘空间,"
                "该文件若已损坏,删除后运行 tiaowen index。"
            ) from error

    def _only(self, sizes: set[int]) -> int:
        """The one size in bytes, 0 if there is none."""
        if len(sizes) > 1:
            lengths = "、".join(str(size // _ITEM) for size in sorted(sizes))
            raise EmbeddingDimension(
                f"嵌入模型返回的向量长度不一({lengths} 维),多半是同一名称下换了模型;"
                f"请改 TIAOWEN_EMBEDDING_MODEL,或删除 {self._path} 后运行 tiaowen index --rebuild。"
            )
        return next(iter(sizes), 0)


def _pack(vector: list[float]) -> bytes:
    return np.asarray(vector, np.float32).tobytes()


def _stored(store: sqlite3.Connection, keys: list[str]) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(keys), 500):
        batch = keys[start : start + 500]
        marks = ",".join("?" * len(batch))
        yield from store.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", batch)
