"""`mingcha lots`: replay a published draw, prove one site's ticket, check such a proof. Needs no database."""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mingcha.config.words import say, sentence
from mingcha.kernel import lots
from mingcha.kernel.refusals import Refusal

LARGEST = 64 * 1024 * 1024
HASH = re.compile(r"[0-9a-f]{64}")
BINDING = ("frame_hash", "terms_hash", "root")


class FileRefused(Refusal):
    """A file that is not what it was named as."""

    message = "%(file)s 不是可以核验的文件：%(reason)s。请核对后重新取得原件。"
    status = 422


class RootUnclear(Refusal):
    """A root that is none."""

    message = "树根应为 64 位十六进制数字，请照公布的原文填写。"
    status = 422


class NothingPublished(Refusal):
    """A file of published values that holds none."""

    message = "%(file)s 里没有可以对照的内容，请填事先公布的哈希，或以公开包的项目名为键的 JSON。"
    status = 422


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Three acts."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    bundle = say("公开包文件，“-”为标准输入")
    verify = acts.add_parser("verify", help=say("重新计算一轮抽签，核对公开包"))
    verify.add_argument("bundle", metavar="BUNDLE.json", help=bundle)
    verify.add_argument("--published", metavar="FILE", help=say("事先公布的内容：JSON，或一行一个哈希的文本；一并对照"))
    prove = acts.add_parser("prove", help=say("取出一个点位的签和它到树根的路径"))
    prove.add_argument("bundle", metavar="BUNDLE.json", help=bundle)
    prove.add_argument("site", metavar="SITE", help=say("点位编号"))
    check = acts.add_parser("check", help=say("核对一个点位的证明"))
    check.add_argument("proof", metavar="PROOF.json", help=say("证明文件，“-”为标准输入"))
    check.add_argument("root", metavar="ROOT", help=say("公布的树根"))
    for act in (verify, prove, check):
        act.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Do one of them; 1 where the answer is no, with one sentence that names the place where it breaks."""
    act = {"verify": _verify, "prove": _prove, "check": _check}[arguments.act]
    try:
        act(arguments)
    except Refusal as refusal:
        print(_plain(sentence(refusal)), file=sys.stderr)
        return 1
    return 0


def _verify(arguments: argparse.Namespace) -> None:
    bundle = _json(arguments.bundle)
    published = None if arguments.published is None else _published(arguments.published, bundle)
    lots.verify(bundle, published=published)
    print(
        say("核验通过：名录 %(size)d 个点位，抽中 %(n)d 个，逐个重新计算均相符。")
        % {"size": len(bundle["tickets"]), "n": bundle["n"]}
    )
    if published is None:
        print(say("这只证明公开包前后一致。请用 --published 与事先公布的哈希对照："))
        for key in BINDING:
            print(f"  {key}  {bundle[key]}")
        for commitment in bundle["commitments"]:
            print(f"  commitment  {commitment}")
    else:
        print(say("与事先公布的内容一致。"))


def _prove(arguments: argparse.Namespace) -> None:
    bundle = _json(arguments.bundle)
    lots.verify(bundle)
    done = lots.draw(lots.read_frame(bundle["frame"]), seed=bytes.fromhex(bundle["seed"]))
    print(json.dumps(lots.prove(done, arguments.site), ensure_ascii=False))


def _check(arguments: argparse.Namespace) -> None:
    root = arguments.root.strip().lower()
    if not HASH.fullmatch(root):
        raise RootUnclear
    proof = _json(arguments.proof)
    lots.check_proof(proof, root=root)
    said = say("已抽中") if proof["drawn"] else say("未抽中")
    print(
        say("核验通过：点位 %(site)s（%(stratum)s）的机会为 %(chance)s，%(drawn)s，层内次序 %(rank)d。")
        % {"site": proof["site"], "stratum": proof["stratum"], "chance": proof["chance"], "drawn": said,
           "rank": proof["rank"]}
    )  # fmt: skip


def _read(name: str) -> bytes:
    """Return a file's bytes, never more than fits. Raises FileRefused, OSError."""
    if name == "-":
        content = sys.stdin.buffer.read(LARGEST + 1)
    else:
        with Path(name).open("rb") as file:
            content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise FileRefused(file=name, reason=say("超过 64 MB"))
    return content


def _json(name: str) -> Any:
    """Return what a JSON file says. Raises FileRefused, OSError."""
    return _said(name, _read(name))


def _said(name: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileRefused(file=name, reason=say("不是 UTF-8 文本")) from None
    except json.JSONDecodeError as error:
        raise FileRefused(file=name, reason=say("第 %(line)d 行不是 JSON") % {"line": error.lineno}) from None
    except (ValueError, RecursionError):
        # A number of thousands of digits; brackets nested by the thousand.
        raise FileRefused(file=name, reason=say("不是 JSON")) from None


def _published(name: str, bundle: object) -> Mapping[str, Any]:
    """
    Return what was published before, by the bundle's keys: a JSON object as it is, hashes under the key they match.

    Raises FileRefused, NothingPublished, OSError; lots.Tampered where a hash is nowhere in the bundle.
    """
    content = _read(name)
    words = content.decode("utf-8", "replace").lower().split()
    if words and all(map(HASH.fullmatch, words)):
        _each_in(bundle, words)
        return {}
    published = _said(name, content)
    if not isinstance(published, Mapping) or not published:
        raise NothingPublished(file=name)
    return published


def _each_in(bundle: object, hashes: Sequence[str]) -> None:
    given = bundle if isinstance(bundle, Mapping) else {}
    commitments = given.get("commitments")
    held = [given.get(key) for key in BINDING] + (commitments if isinstance(commitments, list) else [])
    for each in hashes:
        if each not in held:
            raise lots.Tampered(place=say("事先公布的 %(hash)s") % {"hash": each})


def _plain(text: str) -> str:
    """Return one line without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
