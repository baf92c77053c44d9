"""
The house rules that import-linter cannot see, as functions: each takes the root of a clone and returns the offences.

`test_house.py` holds this clone to them; `test_breakage.py` breaks each in a copy and sees it named.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

FURNITURE = {"__init__", "apps", "states", "models", "queries", "actions", "tasks", "migrations"}
EXTRA = {
    "mingcha/flow/draws": {"apart", "boxes", "moving", "roads"},
    "mingcha/flow/fieldwork": {"custody", "packages", "pacing"},
    "mingcha/flow/rectifications": {
        "intake",
        "intake_sql",
        "intake_words",
        "held",
        "by_link",
        "dues",
        "moving",
        "papering",
    },
    "mingcha/flow/referrals": {"moving"},
    "mingcha/flow/reports": {"published"},
    "mingcha/ground/accounts": {"devices", "permissions", "roles", "ties"},
    "mingcha/ground/evidence": {"darkroom"},
    "mingcha/ground/notices": {"channels", "outbox"},
    "mingcha/ground/rulebook": {"catalogues", "terms"},
    "mingcha/tips": {
        "boxes",
        "clocks",
        "directory",
        "marks",
        "moving",
        "passphrases",
        "prints",
        "public",
        "routing",
        "unlocked",
        "vault",
    },
}
UNTOLD = {"utils", "helpers", "managers", "signals", "services", "common", "misc"}
# The only places that may read a clock; there the ban of pyproject.toml is lifted line by line.
CLOCKS = re.compile(r"mingcha/(config/|doors/hall/clock\.py|.*/tasks\.py)")
# Django's own hashers are not ours; they need argon2, which nothing here names.
PRIMITIVES = {"nacl", "argon2", "cryptography", "Crypto", "Cryptodome", "hmac", "pyrage"}
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 400, 600, 40


def sources(root: Path) -> list[Path]:
    return [p for p in sorted(root.glob("mingcha/**/*.py")) if "migrations" not in p.parts]


def rooms(root: Path) -> list[Path]:
    found = [*root.glob("mingcha/flow/*/"), *root.glob("mingcha/ground/*/"), root / "mingcha/tips"]
    return sorted(room for room in found if (room / "__init__.py").exists())


def short(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def contracts(root: Path) -> dict[str, dict[str, object]]:
    """Return the import contracts by id."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract for contract in settings["contracts"]}


def stages_out_of_order(root: Path) -> list[str]:
    """The rooms of flow are named so that they sort in the order the work happens."""
    latest_first = contracts(root)["stages"]["layers"]
    return [] if latest_first == sorted(latest_first, reverse=True) else [f"stages: {latest_first}"]


def floors_out_of_order(root: Path) -> list[str]:
    """The floors sort from the top of the house down; tips, the sealed room, lies beside flow."""
    floors = [name.strip() for row in contracts(root)["floors"]["layers"] for name in row.split("|")]
    floors.remove("tips")
    # config stands above doors in rank and in the alphabet alike.
    return [] if floors == sorted(floors) else [f"floors: {floors}"]


def strange_furniture(root: Path) -> list[str]:
    """A room holds only what every room holds, so that a reader knows where to look."""
    offences = []
    for room in rooms(root):
        known = FURNITURE | EXTRA.get(short(room, root), set())
        found = {p.stem for p in room.iterdir() if p.name not in {"__pycache__", "templates", "static"}}
        offences += [f"{short(room, root)}/{name}" for name in sorted(found - known)]
    return offences


def untold_names(root: Path) -> list[str]:
    """No file is named after what it is not about."""
    return [short(p, root) for p in sources(root) if p.stem in UNTOLD or p.parent.name in UNTOLD]


def missing_door_plates(root: Path) -> list[str]:
    """Every package says in its first sentence what it owns."""
    packages = [
        p for p in sorted(root.glob("mingcha/**/__init__.py")) if not {"migrations", "templatetags"} & {*p.parts}
    ]
    return [short(p, root) for p in packages if not ast.get_docstring(tree(p))]


def long_files(root: Path) -> list[str]:
    tests = sorted(root.glob("tests/**/*.py"))
    sized = [(p, LONGEST_FILE) for p in sources(root)] + [(p, LONGEST_TEST) for p in tests]
    return [short(p, root) for p, longest in sized if p.read_text(encoding="utf-8").count("\n") > longest]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def long_functions(root: Path) -> list[str]:
    """A function fits on a screen; its docstring does not count."""
    offences = []
    for path in sources(root):
        for node in functions(path):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > LONGEST_FUNCTION:
                offences.append(f"{short(path, root)}:{node.name} has {lines} lines")
    return offences


def blind_saves(root: Path) -> list[str]:
    """save() names its fields: a blind one writes back columns that someone else has changed since they were read."""
    offences = []
    for path in sources(root):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
                named = {keyword.arg for keyword in node.keywords}
                if not node.args and not named & {"update_fields", "force_insert"}:
                    offences.append(f"{short(path, root)}:{node.lineno}")
    return offences


def actions_of(root: Path) -> list[Path]:
    return [p for room in rooms(root) for p in [*room.glob("actions.py"), *room.glob("actions/*.py")]]


def acts_without_actor_or_time(root: Path) -> list[str]:
    """A public function of `actions` that changes anything takes one thing at most, then keywords, `at=` among them."""
    offences = []
    for path in actions_of(root):
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or not changes_rows(node):
                continue
            names = {arg.arg for arg in node.args.kwonlyargs}
            plain = [arg.arg for arg in [*node.args.posonlyargs, *node.args.args]]
            if len(plain) > 2 or "at" not in names or not names & {"by", "username", "to"}:
                offences.append(f"{short(path, root)}:{node.name}")
    return offences


def changes_rows(node: ast.FunctionDef) -> bool:
    """Whether a function is decorated or worded as one that writes."""
    writes = {"create", "bulk_create", "update", "update_or_create", "save", "delete", "record"}
    called = {n.func.attr for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    atomic = any("atomic" in ast.dump(decorator) for decorator in node.decorator_list)
    return atomic or bool(called & writes)


def string_links(root: Path) -> list[str]:
    """A foreign key names a class: a string is invisible to import-linter, and could point forward in time."""
    offences = []
    for room in rooms(root):
        for path in room.glob("models*.py"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                    first = node.args[0]
                    key = node.func.attr in {"ForeignKey", "OneToOneField", "ManyToManyField"}
                    if key and isinstance(first, ast.Constant) and first.value != "self":
                        offences.append(f"{short(path, root)}:{node.lineno}")
    return offences


def borrowed_verbs(root: Path) -> list[str]:
    """Another room's actions and queries are imported as modules, so that a line reads `findings.confirm(…)`."""
    offences = []
    for path in sources(root):
        here = ".".join(path.relative_to(root).with_suffix("").parts)
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            room = re.match(r"(mingcha\.(?:(?:flow|ground)\.\w+|tips))\.(?:actions|queries)\b", node.module)
            if room is None or here.startswith(room[1] + "."):
                continue
            verbs = [alias.name for alias in node.names if alias.name.islower()]
            package = (root / node.module.replace(".", "/")).is_dir()
            if verbs and not package:
                offences.append(f"{short(path, root)}:{node.lineno} {', '.join(verbs)}")
    return offences


def clocks_elsewhere(root: Path) -> list[str]:
    """The ban on reading the clock is lifted only where the time comes in."""
    offences = []
    for path in sources(root):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "noqa" in line and "TID251" in line and not CLOCKS.match(short(path, root)):
                offences.append(f"{short(path, root)}:{number}")
    return offences


def several_changing_calls(root: Path) -> list[str]:
    """A view makes one changing call: two would be two transactions, and the first stands when the second fails."""
    offences = []
    for path in sorted(root.glob("mingcha/doors/**/views*/*.py")):
        module = tree(path)
        aliases = {
            alias.asname or alias.name
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom)
            and node.module
            and re.match(r"mingcha\.(flow|ground|tips)\b", node.module)
            for alias in node.names
            if alias.name == "actions" or ".actions" in node.module
        }
        for node in functions(path):
            calls = {
                call.func.attr
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id in aliases
            }
            if len({name for name in calls if name.islower() and not name.startswith("preview")}) > 1:
                offences.append(f"{short(path, root)}:{node.name} {sorted(calls)}")
    return offences


def primitives_elsewhere(root: Path) -> list[str]:
    """One package touches ciphers, stretching and marks; everybody else says what is sealed, to whom and about what."""
    offences = []
    for path in sources(root):
        if short(path, root).startswith("mingcha/kernel/sealing/"):
            continue
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if {name.partition(".")[0] for name in names} & PRIMITIVES:
                offences.append(f"{short(path, root)}:{node.lineno}")
    return offences


RULES = (
    stages_out_of_order,
    floors_out_of_order,
    strange_furniture,
    untold_names,
    missing_door_plates,
    long_files,
    long_functions,
    blind_saves,
    acts_without_actor_or_time,
    string_links,
    borrowed_verbs,
    clocks_elsewhere,
    several_changing_calls,
    primitives_elsewhere,
)
