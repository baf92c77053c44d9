"""
The `mingcha` command. A subcommand's module is imported only when it is asked for, so that each starts quickly.

Exit status: 0 done, 1 done and the answer is no (a broken chain, a refused file), 2 could not be done.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence

import psycopg

from mingcha.config.words import say, sentence
from mingcha.kernel.refusals import Refusal

# Every subcommand, its module in mingcha/config/commands, and what it is for.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "装入演示数据并开始服务"),
    "serve": ("serve", "开始服务"),
    "worker": ("worker", "只运行后台任务"),
    "import": ("importing", "导入区划、机制、单位、人员、任职、联系、点位或清单"),
    "forms": ("forms", "发布、列出和下载检查表单"),
    "devices": ("devices", "发放和收回手机的设备凭证"),
    "audit": ("audit", "核验留痕链"),
    "brief": ("brief", "生成简报"),
    "lots": ("lots", "核验一轮抽签的公开包，证明一个点位的签"),
    "route": ("route", "从文件计算一天的检查路线"),
    "risk": ("risk", "用已有的检查记录检验评分"),
    "ladder": ("ladder", "列出到期的督办步骤"),
    "tips": ("tips", "保管举报密钥：根、保管人、目录、恢复"),
    "migrate": ("migrate", "更新数据表"),
    "shell": ("shell", "打开已装入本系统的 Python"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status. What a person can mend is said in one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, not a stack trace.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return _run(_parse(argv))
    except Refusal as refusal:
        return _failed(sentence(refusal))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # `mingcha brief --json | head`: the reader has left; nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        return _failed(
            say("无法读写 %(file)s：%(reason)s。") % {"file": error.filename or "?", "reason": error.strerror or error}
        )
    except Exception as error:
        if _is_lost_database(error):
            return _failed(
                say("数据库没有应答：%(reason)s。请稍后重试。") % {"reason": str(error).strip().split("\n")[0]}
            )
        raise


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    top = argparse.ArgumentParser(
        prog="mingcha",
        usage="mingcha [-h] [--data DIR] COMMAND …",
        description=say("明察：突击监督检查，从抽取到简报。"),
        epilog="\n".join(f"  {name:<9}{say(purpose)}" for name, (_, purpose) in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--data", metavar="DIR", help=say("数据目录（默认 MINGCHA_DATA，否则为本目录下的 .data）"))
    top.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    top.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = sys.argv[1:] if argv is None else argv
    first = top.parse_args(given or ["--help"])

    module = importlib.import_module(f"mingcha.config.commands.{COMMANDS[first.command][0]}")
    sub = argparse.ArgumentParser(prog=f"mingcha {first.command}", description=say(COMMANDS[first.command][1]))
    # Before the subcommand or after it: both read naturally, so both are right.
    sub.add_argument("--data", metavar="DIR", default=first.data, help=say("数据目录"))
    module.add_arguments(sub)
    arguments = sub.parse_args(first.rest)
    arguments.run = module.run
    return arguments


def _run(arguments: argparse.Namespace) -> int:
    status = arguments.run(arguments)
    sys.stdout.flush()
    return int(status or 0)


def _failed(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def _is_lost_database(error: BaseException) -> bool:
    """Whether the database went away, as psycopg says it or as Django wraps it."""
    return isinstance(error, psycopg.OperationalError) or isinstance(error.__cause__, psycopg.OperationalError)


if __name__ == "__main__":
    sys.exit(main())
