"""`mingcha audit verify`: walk the whole chain of the record of acts and say whether it holds."""

import argparse

from mingcha.config import house
from mingcha.config.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One act so far."""
    parser.add_argument("act", choices=["verify"])


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict; 1 where the chain is broken."""
    with house.opened(arguments.data):
        from mingcha.ground.audit import queries as audit

        verdict = audit.verify()
    for fault in verdict.broken:
        print(say("断链：%(fault)s") % {"fault": fault})
    if not verdict.sound:
        print(say("留痕链不完整：发现 %(faults)d 处断链，请保全数据库并追查。") % {"faults": len(verdict.broken)})
        return 1
    print(
        say("留痕链完整：已封存 %(sealed)d 条，待封存 %(tail)d 条。") % {"sealed": verdict.sealed, "tail": verdict.tail}
    )
    return 0
