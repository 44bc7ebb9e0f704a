"""The one logging configuration: everything to stderr, our own messages at the level of the settings.

Questions are never logged: our messages name request ids, and other packages, some of which log whole request bodies at
debug level, speak from warning upwards only.
"""

import logging.config
from typing import Literal

OURS = ("rag", "server", "ui", "evals")


def configure_logging(level: Literal["debug", "info", "warning", "error"]) -> None:
    """Set up logging for this process; called by the commands, never at import."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stderr",
                    "formatter": "line",
                }
            },
            "loggers": {name: {"level": level.upper()} for name in OURS},
            "root": {"level": "WARNING", "handlers": ["stderr"]},
        }
    )
