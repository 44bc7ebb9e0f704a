"""What several test files share: the real pipeline over the packaged corpus, opened once."""

import os

import pytest

from rag.pipeline import Pipeline
from rag.settings import PREFIX, Settings


@pytest.fixture(scope="session")
def pipeline(pytestconfig) -> Pipeline:
    """Its data live in pytest's cache, so only the first run embeds; xdist's workers wait for one of them to build."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(PREFIX):
                patch.delenv(name)
        settings = Settings(_env_file=None, data_dir=pytestconfig.cache.mkdir("tiaowen"))
    return Pipeline.open(settings)
