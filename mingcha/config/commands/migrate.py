"""`mingcha migrate`: bring the tables up to date. `serve` and `demo` do it by themselves."""

import argparse

from mingcha.config import house
from mingcha.config.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace) -> int:
    """Migrate and say so."""
    with house.opened(arguments.data):
        print(say("数据表已是最新。"))
    return 0
