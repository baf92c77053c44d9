"""`mingcha risk backtest` on histories as cities write them: one line of JSON, or one sentence."""

import contextlib
import io
import json
import random
from datetime import date, timedelta
from math import exp

import duckdb
import pytest

from mingcha.config import cli
from tests.conftest import mingcha

FIGURES = {"n", "positives", "days_earlier", "first_half_share", "auc", "random_days"}
WINDOW = ("--from", "2013-05-01", "--to", "2013-06-14")
HEADER = ("Business ID", "Inspection Date", "Result", "Score", "Zip", "Kind", "Where", "Type")
COLUMNS = ("--site", "Business ID", "--date", "Inspection Date", "--outcome", "Result")


def visits(*, sites=150, days=500, noise=False):
    """Rows (site, day, problem, score, zip, kind, where, type): quality lasts, is worse in some zips, and a score tells it."""
    rng = random.Random(5)
    quality = [rng.gauss(0, 1) + (site % 5 == 0) for site in range(sites)]
    rows = []
    for number in range(days):
        day = date(2012, 2, 1) + timedelta(days=number)
        for site in rng.sample(range(sites), 6):
            felt = quality[site] + rng.gauss(0, 0.6)
            problem = rng.random() < (0.25 if noise else 1 / (1 + exp(1.2 - felt)))
            score = "" if rng.random() < 0.1 else str(round(90 - 7 * felt))
            where = f"POINT (-87.{600 + site} 41.{800 + site % 40})"
            rows.append((site + 1000, day, problem, score, 60600 + site % 5, "deli" if site % 3 else "school", where,
                         rng.choice(["routine", "complaint"])))  # fmt: skip
    return rows


def csv(path, rows, *, day="%Y-%m-%d", words=("1", "0"), site="{}", delimiter=",", start=""):
    lines = [delimiter.join(HEADER)]
    lines += [
        delimiter.join([site.format(row[0]), row[1].strftime(day), words[not row[2]], *map(str, row[3:])])
        for row in rows
    ]
    path.write_text(start + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


def ran(path, *more):
    """Run in this process, which loads the libraries once; return (status, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    for stream in (out, err):
        stream.reconfigure = lambda **_how: None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main(["risk", "backtest", str(path), *COLUMNS, *WINDOW, *more, "--json"])
    return status, out.getvalue(), err.getvalue()


def asked(path, *more):
    status, out, err = ran(path, *more)
    assert status == 0 and not err, err
    assert len(out.splitlines()) == 1
    return json.loads(out)


@pytest.fixture(scope="module")
def rows():
    return visits()


@pytest.fixture(scope="module")
def plain(rows, tmp_path_factory):
    return asked(
        csv(tmp_path_factory.mktemp("risk") / "a.csv", rows), "--score", "Score", "--features", "Zip,Kind,Where,Type"
    )


def test_the_figures_are_those_of_the_window_and_the_drawn_rounds_keep_most_of_them(plain, rows):
    assert FIGURES | {"drawn"} <= set(plain) and FIGURES | {"insider_hit"} <= set(plain["drawn"])
    window = [row for row in rows if date(2013, 5, 1) <= row[1] <= date(2013, 6, 14)]
    assert plain["n"] == len(window) and plain["positives"] == sum(row[2] for row in window)
    mean = sum(row[1].toordinal() for row in window) / len(window)
    bad = [row[1].toordinal() for row in window if row[2]]
    assert plain["random_days"] == pytest.approx(sum(bad) / len(bad) - mean, abs=1e-3)
    assert plain["auc"] > 0.7 and plain["days_earlier"] > 4 and plain["first_half_share"] > 0.6
    assert plain["drawn"]["insider_hit"] <= 0.4 and plain["drawn"]["kept"] > 0.85
    assert plain["findings"] == ["Type"]


@pytest.mark.parametrize(
    "style",
    [
        {"day": "%m/%d/%Y", "words": ("Fail", "Pass"), "site": "{}.0"},
        {"day": "%Y-%m-%dT00:00:00.000", "words": ("Y", "N"), "delimiter": ";", "start": "\ufeff"},
    ],
)  # fmt: skip
def test_however_a_city_writes_it_the_answer_is_the_same(plain, rows, tmp_path, style):
    assert (
        asked(csv(tmp_path / "b.csv", rows, **style), "--score", "Score", "--features", "Zip,Kind,Where,Type") == plain
    )


def test_parquet_and_a_row_for_each_violation_give_the_same_order(plain, rows, tmp_path):
    path = tmp_path / "c.parquet"
    source = csv(tmp_path / "c.csv", [row for row in rows for _ in range(2)])
    duckdb.sql(f"select * from read_csv('{source}', header=true)").write_parquet(str(path))
    done = mingcha(
        "risk",
        "backtest",
        str(path),
        *COLUMNS,
        *WINDOW,
        "--score",
        "Score",
        "--features",
        "Zip,Kind,Where,Type",
        "--json",
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("merged") == len(rows)
    assert told == {name: value for name, value in plain.items() if name != "merged"}


def test_what_the_window_found_decides_nothing_beforehand(plain, rows, tmp_path):
    """Other outcomes and scores in the window: another verdict, the same chances."""
    begins = date(2013, 5, 1)
    turned = [(*row[:2], not row[2], "1", *row[4:]) if row[1] >= begins else row for row in rows]
    told = asked(csv(tmp_path / "d.csv", turned), "--score", "Score", "--features", "Zip,Kind,Where,Type")
    assert told["mean_chance"] == plain["mean_chance"] and told["known_visits"] == plain["known_visits"]
    assert told["auc"] == pytest.approx(1 - plain["auc"], abs=1e-3)


def test_a_score_tells_more_than_pass_and_fail_and_noise_tells_nothing(plain, rows, tmp_path):
    assert asked(csv(tmp_path / "e.csv", rows))["auc"] < plain["auc"]
    noise = asked(csv(tmp_path / "f.csv", visits(noise=True)))
    assert noise["auc"] == pytest.approx(0.5, abs=0.1)


def test_a_short_history_is_answered_by_rates(rows, tmp_path):
    few = [row for row in rows if row[1] >= date(2013, 4, 20)]
    path = csv(tmp_path / "g.csv", few)
    assert asked(path, "--features", "Zip")["method"] == "rates"
    none = asked(path, "--features", "Zip,Where", "--from", "2013-04-20")
    assert none["known_visits"] == 0 and none["auc"] == 0.5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--site", "Nope"), "Nope"),
        (("--outcome", "Kind"), "Kind"),
        (("--date", "Kind"), "Kind"),
        (("--score", "Kind"), "Kind"),
        (("--from", "2031-01-01", "--to", "2031-02-01"), "2031-01-01"),
        (("--from", "2013-09-01"), "--from"),
        (("--to", "soon"), "soon"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(rows, tmp_path, change, said):
    path = csv(tmp_path / "h.csv", rows[:200])
    status, out, err = ran(path, *change)
    assert status == 1 and not out
    assert said in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 99, b"PAR1 and no more"])
def test_a_file_that_is_no_history_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "i.csv"
    path.write_bytes(content)
    status, out, err = ran(path)
    assert status == 1 and not out and len(err.splitlines()) == 1
    status, out, err = ran(tmp_path / "none.csv")
    assert status == 2 and not out and len(err.splitlines()) == 1
