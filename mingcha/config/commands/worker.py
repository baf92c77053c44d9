"""`mingcha worker`: run the background jobs alone, on a machine that serves no pages."""

import argparse

from mingcha.config import house


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop."""
    with house.opened(arguments.data):
        from mingcha.config import jobs

        jobs.work()
    return 0
