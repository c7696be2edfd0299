"""Train a model that a TOML file describes."""

from __future__ import annotations

import argparse
from typing import Any

from pygrad.exceptions import ArgumentError, PyGradError

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and what may be different this time."""
    parser.add_argument("config", help="the TOML file")
    parser.add_argument("--epochs", type=int, help="train for so many epochs in all")
    parser.add_argument(
        "--fresh", action="store_true", help="begin again, even if there is a checkpoint"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    """Train, write what is to be written, and say how good it has become."""
    from pygrad.nn.training import config

    try:
        run = config.run_from(config.read(args.config), progress=not args.quiet)
    except PyGradError as error:
        raise ArgumentError(f"train: {args.config}: {error}") from error
    epochs = run.epochs if args.epochs is None else args.epochs
    run.trainer.fit(run.train, epochs, run.validation, resume=not args.fresh)
    if run.weights is not None:
        run.trainer.model.save(run.weights)
        print(f"{run.weights}: the weights")
    if run.history is not None:
        write = run.trainer.history
        (write.to_jsonl if run.history.endswith("l") else write.to_csv)(run.history)
        print(f"{run.history}: the history")
    if run.test is not None:
        print(f"test: {_line(run.trainer.evaluate(run.test))}")
    return 0


def _line(found: dict[str, Any]) -> str:
    return "  ".join(f"{k} {v:.4g}" for k, v in found.items() if isinstance(v, int | float))
