"""
Chicago's food inspections of September and October 2014, planned on the eve of them by the kernel's scores.

    .venv/bin/python benchmarks/chicago.py FOLDER            # prints the table; results/chicago.txt keeps one
    .venv/bin/python benchmarks/chicago.py FOLDER --choose   # rolling windows of the past alone, to choose settings by

FOLDER holds inspections_eval.parquet, history.parquet and sanitation_complaints_311.parquet, which are made from the
City of Chicago's food-inspections-evaluation (github, 2019-04-13) and are not in this repository. Rules:

1. Of the window's rows only site, place, licence and, where said, the inspector's group are read. Everything that the
   city computed as of the day of the visit (past_*, time_since_last, heat_*, temperature, age) is left or made anew.
2. The settings were chosen with --choose, which never loads the window. The weather is in no row of the table.
3. Intervals: 2,000 bootstrap samples of the window's visits with a problem, the order being fixed.
"""

import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from scipy.spatial import cKDTree

from mingcha.kernel.risk import metric, rounds
from mingcha.kernel.risk.backtest import REPETITIONS
from mingcha.kernel.risk.ledgers import Bools, Floats, Ints
from mingcha.kernel.risk.table import Table, coded
from mingcha.kernel.risk.training import Taught, chances

FIRST, LAST = "2014-09-02", "2014-10-31"
WINDOWS = (("2013-03-01", "2013-04-29"), ("2013-06-01", "2013-07-30"), ("2013-09-02", "2013-10-31"), ("2013-12-01", "2014-01-29"),
           ("2014-02-16", "2014-04-16"))  # fmt: skip
FLAGS = (
    "consumption_on_premises_incidental_activity", "tobacco_retail_over_counter", "package_goods", "outdoor_patio",
    "limited_business_license", "public_place_of_amusement", "tavern", "caterers_liquor_license", "filling_station",
)  # fmt: skip
LABELS = ("facility_type", "risk", "zip", "ward", "police_district", "address")
FOUND = ("critical_count", "serious_count", "minor_count")
SQL = """
with past as (
  select inspection_id, licence, h.inspection_date as day, h.critical_count, h.serious_count, h.minor_count, h.result,
    h.dba_name, h.facility_type, h.risk, h.zip, h.ward, h.police_district, h.address, h.latitude, h.longitude,
    h.licence_first_start, h.licence_description, e.sanitarian_group, {flags}
  from '{folder}/history.parquet' h
  left join (select * exclude (licence) from '{folder}/inspections_eval.parquet') e using (inspection_id)
), ahead as (
  select inspection_id, licence, inspection_date as day, critical_count, serious_count, minor_count, result,
    dba_name, facility_type, risk, zip, ward, police_district, address, latitude, longitude, licence_first_start,
    'Retail Food Establishment' as licence_description, sanitarian_group, {flags}
  from '{folder}/inspections_eval.parquet' e where split = 'test' and {window}
)
select * from past union all by name select * from ahead order by inspection_id
"""


def day_number(text: str) -> int:
    """Return days since 1970-01-01."""
    return int(np.datetime64(text).astype(int))


class City:
    """The history as a table, its days counted from `start`; which rows are of the kind that the window has."""

    def __init__(self, folder: Path, *, window: bool) -> None:
        sql = SQL.format(
            folder=folder, flags=", ".join(f"e.{flag}" for flag in FLAGS), window="true" if window else "false",
        )  # fmt: skip
        self.found = duckdb.sql(sql).fetchnumpy()
        day = self.found["day"].astype("datetime64[D]").astype(np.int64)
        self.start = int(day.min()) - 10
        self.day = day - self.start
        self.retail: Bools = np.array(
            [text == "Retail Food Establishment" for text in self.texts("licence_description")]
        )
        self.complaints = duckdb.sql(
            f"select creation_date, latitude, longitude from '{folder}/sanitation_complaints_311.parquet'"
        ).fetchnumpy()

    def texts(self, name: str) -> list[str | None]:
        values = np.ma.asarray(self.found[name])
        hidden = np.ma.getmaskarray(values)
        return [
            None if gone or str(value) == "nan" else str(value) for value, gone in zip(values.data, hidden, strict=True)
        ]

    def numbers(self, name: str) -> Floats:
        return np.ma.filled(np.ma.asarray(self.found[name]).astype(float), np.nan)

    def table(self, *, inspector: bool, eve: int) -> Table:
        """Return the table as known on the eve; with the inspector's group as fixed beforehand, or without it."""
        names = [
            "".join(c for c in (text or "").upper() if c.isalpha() or c == " ").strip()
            for text in self.texts("dba_name")
        ]
        since = [None if text is None else day_number(text[:10]) for text in self.texts("licence_first_start")]
        numbers = {name: self._carried(self.numbers(name)) for name in FLAGS}
        numbers["licensed since"] = np.array([np.nan if at is None else float(at - self.start) for at in since])
        numbers["complaints near"] = self._complaints(eve)
        group = coded(self.texts("sanitarian_group"))
        return Table(
            coded(self.texts("licence")), self.day, (self.numbers("critical_count") > 0).astype(float), np.full(len(names), np.nan),
            {name: coded(self.texts(name)) for name in LABELS} | {"chain": coded(names)}, numbers,
            {"result": coded(self.texts("result"))},
            {name: self.numbers(name) for name in FOUND}, self.numbers("latitude"), self.numbers("longitude"),
            roster=group if inspector else None,
        )  # fmt: skip

    def _carried(self, values: Floats) -> Floats:
        """Give a row without it the licence flag that its site had in the row before."""
        site = self.numbers("licence")
        order = np.lexsort((self.day, site))
        last: dict[float, float] = {}
        for row in order:
            if np.isfinite(values[row]):
                last[site[row]] = values[row]
            values[row] = last.get(site[row], np.nan)
        return values

    def _complaints(self, eve: int) -> Floats:
        """Return the log of complaints about litter within some 700 m, in the year until two months before, or the eve."""
        made = self.complaints["creation_date"].astype("datetime64[D]").astype(np.int64) - self.start
        there = np.isfinite(np.ma.filled(self.complaints["latitude"], np.nan)) & (made < eve)
        flat = np.array([111.0, 82.6])  # kilometres in a degree, at this latitude
        tree = cKDTree(np.column_stack([self.complaints[name][there] for name in ("latitude", "longitude")]) * flat)
        place = np.column_stack([self.numbers("latitude"), self.numbers("longitude")]) * flat
        known = np.isfinite(place).all(1)
        out = np.full(len(place), np.nan)
        near, days = tree.query_ball_point(place[known], 0.7), made[there]
        until = np.where(self.day < eve, self.day - 60, eve)[known]
        out[known] = [
            np.log1p(((days[at] < end) & (days[at] >= end - 365)).sum()) if at else 0.0
            for at, end in zip(near, until, strict=True)
        ]
        return out


def planned(city: City, *, first: str, last: str, inspector: bool, seed: int = 0) -> tuple[Ints, Floats]:
    """Return the window's rows and their chances, told on the eve of its first day."""
    eve, end = day_number(first) - city.start, day_number(last) - city.start
    table = city.table(inspector=inspector, eve=eve)
    blind = replace(table, problem=np.where(table.day >= eve, np.nan, table.problem))
    taught = Taught(blind, until=eve, length=end - eve + 1, seed=seed, among=city.retail)
    rows = np.flatnonzero((table.day >= eve) & (table.day <= end) & city.retail)
    return rows, chances(taught.odds(taught.asking, rows))


def own_calendar(score: Floats, day: Ints, problem: Floats, group: Ints) -> float:
    """Return days earlier where every inspector's group keeps its own dates and only their order is new."""
    earlier = np.zeros(len(day))
    for each in np.unique(group):
        rows = np.flatnonzero(group == each)
        earlier[rows[np.argsort(-score[rows], kind="stable")]] = np.sort(day[rows])
    return float((day - earlier)[problem > 0].mean())


def interval(score: Floats, day: Ints, problem: Floats) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of days earlier."""
    slots = np.empty(len(day))
    slots[np.argsort(-score, kind="stable")] = np.sort(day)
    gain = (day - slots)[problem > 0]
    means = np.random.default_rng(0).choice(gain, (2000, len(gain))).mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def choose(folder: Path) -> None:
    """Print the mean over windows of the past."""
    city = City(folder, window=False)
    for inspector in (False, True):
        got = []
        for first, last in WINDOWS:
            rows, score = planned(city, first=first, last=last, inspector=inspector)
            problem = (city.numbers("critical_count")[rows] > 0).astype(float)
            told = metric.judge(score, city.day[rows], problem)
            got.append((told.auc or 0, (told.days_earlier or 0) - (told.random_days or 0), told.first_half_share or 0))
        print(
            "inspector" if inspector else "without", np.round(np.mean(got, 0), 4), np.round([one[0] for one in got], 3)
        )


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    if "--choose" in sys.argv:
        choose(folder)
        return
    city = City(folder, window=True)
    print(
        f"{FIRST} to {LAST}, planned on the eve; {'days earlier (95 %)':>28} {'first half':>10} {'AUC':>6} {'own calendar':>12}"
    )
    print("published (2015), with inspector and weather             7.44 (5.03 to 10.24)     68.2%  0.672         1.74")
    print("published features without inspector and weather         2.02                     55.8%  0.568         0.71")
    group = coded(city.texts("sanitarian_group"))
    for inspector in (True, False):
        rows, score = planned(city, first=FIRST, last=LAST, inspector=inspector)
        day, problem = city.day[rows], (city.numbers("critical_count")[rows] > 0).astype(float)
        told, (low, high) = metric.judge(score, day, problem), interval(score, day, problem)
        name = "kernel/risk, with inspector, no weather" if inspector else "kernel/risk, no inspector, no weather"
        own = own_calendar(score, day, problem, group[rows])
        print(
            f"{name:<56} {told.days_earlier:5.2f} ({low:.2f} to {high:.2f})    {told.first_half_share:6.1%} {told.auc:6.3f} {own:12.2f}"
        )
        drawn(score, day, problem, told)
    print(f"visits {told.n}, with a problem {told.positives}, a lottery {told.random_days:.2f} days")


def drawn(score: Floats, day: Ints, problem: Floats, told: metric.Figures) -> None:
    """Print what is left when each day is drawn."""
    knobs = rounds.setting(score, day, seed=0)
    played = rounds.replay(score, day, knobs, times=REPETITIONS, seed=1)
    found = [metric.judge_order(order, day, problem, auc=None) for order in played.orders]
    days = np.array([one.days_earlier for one in found], float)
    kept = (days.mean() - (told.random_days or 0)) / ((told.days_earlier or 0) - (told.random_days or 0))
    half = np.mean([one.first_half_share for one in found])
    print(
        f"  drawn, tau {knobs.tau}, floor {rounds.FLOOR}, cap {knobs.cap}: {days.mean():.2f} days (sd {days.std():.2f}), first half {half:.1%}, "
        f"kept {kept:.1%} of the gain, insider's hit {played.insider_hit:.1%}"
    )


if __name__ == "__main__":
    main()
