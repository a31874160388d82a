"""What the program writes about itself: one line of JSON an event, or coloured text for a terminal."""

import sys
from typing import Any

import structlog
from structlog.typing import Processor


def configuration(level: str) -> dict[str, Any]:
    """For logging.config.dictConfig; granian applies it in the worker. Values of variables are never written."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"events": {"()": structlog.stdlib.ProcessorFormatter, "processors": processors()}},
        "handlers": {"output": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["output"], "level": "WARNING"},
        "loggers": {"qiangji": {"level": level.upper()}, "_granian": {}, "granian.access": {}},
    }


def processors() -> list[Processor]:
    common: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if sys.stderr.isatty():
        return [*common, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [*common, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
