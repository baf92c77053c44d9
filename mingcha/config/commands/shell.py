"""`mingcha shell`: a Python with the house loaded. What is done here by hand leaves no record; prefer `actions`."""

import argparse

from mingcha.config import house


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Offer one line to run instead of a prompt."""
    parser.add_argument("-c", "--command", metavar="CODE")


def run(arguments: argparse.Namespace) -> int:
    """Open the prompt, or run one line."""
    with house.opened(arguments.data):
        from django.core.management import call_command

        call_command("shell", command=arguments.command, verbosity=0)
    return 0
