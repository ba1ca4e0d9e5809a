"""Plans: the least cost by brute force, proof and exact verdicts, what binds, what gives way, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.errors import JunhengError
from analysis.planning import (
    Outlook,
    Solution,
    Task,
    Verification,
    frontier,
    horizon,
    investment,
    left_behind,
    make_plan,
    make_task,
    places,
    planned_schools,
    school_money,
    small_schools,
    solve,
    spending,
    staffing,
    tasks,
    verify,
    ways_out,
)
from analysis.planning.model import Model
from analysis.planning.program import NotFoundInTimeError
from analysis.planning.spread import cones
from analysis.programme import Programme, parameters_by_item, programme, told
from analysis.standards import RuleSet, load_standard

from .counties import county, many_counties, school
from .county_files import read, refused, rows, workbook
from .county_files import school as a_school
from .county_files import told as told_faults

RULES = load_standard("cn-quality-2017")
NOW = {"lead_buildings": 0, "lead_ground": 0, "lead_training": 0}


def outlook(base: pd.DataFrame, years: int = 1, *, factor: float = 1.0) -> Outlook:
    """Return an outlook of a few years; pupils change by a factor a year."""
    columns = [c for c in map(str, base) if c.startswith("pupils_") and c.count("_") == 1]
    frames = [base]
    for ahead in range(1, years + 1):
        later = base.assign(year=base["year"] + ahead)
        later[columns] = np.rint(later[columns] * factor**ahead)
        frames.append(later)
    table = pd.concat(frames, ignore_index=True)
    return Outlook(table, assess(table, RULES))


def numbers(*measures: str, **settings: str | float) -> Programme:
    """Return the programme with some measures alone, everything in use at once, and other settings."""
    own = programme().setting(**{**NOW, **settings})
    kept = tuple(m for m in own.measures if not measures or m.id in measures)
    return own.model_copy(update={"measures": kept})


def task_of(base: pd.DataFrame, told: Programme, years: int = 1) -> Task:
    return make_task(outlook(base, years), RULES, told)


def amounts(solution: Solution) -> dict[tuple[str, str], float]:
    """Return what is done, by school's number and measure."""
    rows = solution.actions[solution.actions["direction"] == "in"]
    found = rows.groupby([rows["school_id"].str[-1], "measure"], as_index=False)["amount"].sum()
    return {(str(s), str(m)): float(n) for s, m, n in found.itertuples(index=False)}


# --- brute force: three schools, rotation and a waiver ---

GAINS = np.array(list(product(range(4), repeat=3)))  # of each thing, what each school could get
MOVES = np.array(
    [m for m in product(range(-3, 4), repeat=3) if sum(m) == 0]
)  # what rotation leaves each with
COST = {"backbone": 20_000, "rooms": 50_000, "turn": 12_000}

Ints = npt.NDArray[np.int_]


def cheapest(pupils: Ints, held: Ints, rooms: Ints) -> float:
    """Return the least cost by trying everything, the rule written out once more; infinite where nothing does."""
    best = np.inf
    built = rooms + GAINS
    spare = np.maximum(held - np.ceil(pupils / 100), 0)
    for moved in MOVES:
        if (-moved > spare).any():
            continue
        people = held + moved + GAINS
        one, two = people * 100 >= pupils, built * 1000 >= 23 * pupils
        floor = (people * 10_000 >= 85 * pupils)[:, None] & (built * 100_000 >= 1955 * pupils)[None]
        met = ((one[:, None] | two[None]) & floor).all(
            axis=2
        )  # the five others are met: one of the two may be waived
        met &= _alike(people, pupils)[:, None] & _alike(built, pupils)[None]
        cost = COST["backbone"] * GAINS.sum(axis=1)[:, None] + COST["rooms"] * GAINS.sum(axis=1)[None]
        best = min(best, np.where(met, cost, np.inf).min() + COST["turn"] * np.maximum(moved, 0).sum())
    return float(best)


def _alike(things: Ints, pupils: Ints) -> npt.NDArray[np.bool_]:
    """Return where the coefficient of variation is at most one half."""
    x, mean = things / pupils, things.sum(axis=1, keepdims=True) / pupils.sum()
    variance = (pupils * (x - mean) ** 2).sum(axis=1) / pupils.sum()
    return np.asarray(np.sqrt(variance) <= 0.5 * mean[:, 0])


@pytest.mark.parametrize("seed", range(20))
def test_the_least_cost_is_that_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pupils, held, rooms = rng.integers(60, 125, 3), rng.integers(0, 4, 3), rng.integers(1, 4, 3)
    rows = [
        school(pupils=int(p), teachers_backbone_primary=float(b), multimedia_rooms=float(r))
        for p, b, r in zip(pupils, held, rooms, strict=True)
    ]
    own = numbers(
        "backbone", "multimedia", "rotate_backbone", rotation_share=100, rotation_share_backbone=100
    )
    solution = solve(task_of(county(*rows), own), gap=1e-9)
    assert solution is not None
    best = cheapest(pupils, held, rooms)
    assert solution.cost == pytest.approx(best / 1.04)
    assert verify(solution).met
    assert verify(solution).broken == ()


# --- what a plan does ---

SHORT = county(
    school(pupils=200, multimedia_rooms=1.0),
    school(pupils=100, multimedia_rooms=4.0, teachers_backbone_primary=0.0),
    school(pupils=100),
)
BOTH_SHORT = county(
    school(pupils=1000, multimedia_rooms=10.0, sports_ground_area_m2=5000.0, indoor_sports_area_m2=0.0),
    school(pupils=100),
    school(pupils=400),
)


def test_one_of_seven_may_stay_at_the_floor_and_the_dearest_does() -> None:
    # 1000 pupils: 23 rooms are the threshold, 20 (19.55) the floor; sports 7500 or 6375 m². Ten rooms cost 50 0000, …
    solution = solve(task_of(BOTH_SHORT, numbers("multimedia", "ground")), gap=1e-9)
    assert solution is not None
    assert amounts(solution) == {("1", "multimedia"): 13.0, ("1", "ground"): 1375.0} or amounts(solution) == {
        ("1", "multimedia"): 10.0,
        ("1", "ground"): 2500.0,
    }
    rooms_waived = 10 * 50_000 + 2500 * 200
    ground_waived = 13 * 50_000 + 1375 * 200
    assert solution.cost == pytest.approx(min(rooms_waived, ground_waived) / 1.04)
    left = left_behind(verify(solution), RULES, 2026)
    assert left[["indicator", "area", "n_floor", "pupils_floor"]].to_numpy().tolist() == [
        ["sports_area_per_pupil", "urban", 1, 1000.0]
    ]


def test_nothing_is_done_where_all_is_met() -> None:
    solution = solve(task_of(county(school(), school()), numbers()))
    assert solution is not None
    assert solution.actions.empty
    assert (solution.cost, solution.gap) == (0.0, 0.0)


def test_a_missing_figure_gets_no_money_and_stays_open() -> None:
    rows = county(
        school(pupils=100, multimedia_rooms=None), school(pupils=200, multimedia_rooms=1.0), school()
    )
    solution = solve(task_of(rows, numbers("multimedia")))
    assert solution is not None
    assert {s for s, _ in amounts(solution)} == {"2"}
    last = verify(solution).assessment.county_verdicts.iloc[-1]
    assert last["verdict"] == "undetermined"


def test_what_is_built_is_in_use_after_its_lead_time_and_not_begun_too_late() -> None:
    own = numbers("multimedia", "backbone", lead_equipment=2, lead_training=2)
    solution = solve(task_of(SHORT, own, years=3))
    assert solution is not None
    assert (solution.actions["in_use"] == solution.actions["year"] + 2).all()
    schools = planned_schools(solution).set_index(["school_name", "year"])["multimedia_rooms"]
    assert schools["第1学校", 2027] == 1
    assert schools["第1学校", 2028] > 1
    assert solve(task_of(SHORT, own, years=1)) is None


def test_a_budget_spreads_the_work_over_the_years() -> None:
    solution = solve(task_of(BOTH_SHORT, numbers("multimedia", "ground", budget=40), years=3))
    assert solution is not None
    yearly = spending(solution.actions, solution.task.years).groupby("year")["cost"].sum()
    assert (yearly > 0).sum() >= 2
    assert (yearly <= 40e4 + 500).all()
    assert verify(solution).broken == ()


def test_an_earmark_pays_for_its_kind_alone() -> None:
    rows = county(school(pupils=1000, multimedia_rooms=10.0), school(pupils=1000))
    poor = {"budget": 10, "earmark_buildings": 500}
    assert solve(task_of(rows, numbers("multimedia", **poor))) is None
    assert solve(task_of(rows, numbers("multimedia", **poor | {"earmark_equipment": 100}))) is not None


def test_grounds_stay_within_the_site() -> None:
    rows = county(
        school(pupils=1000, sports_ground_area_m2=5000.0, multimedia_rooms=20.0, site_area_m2=10_000.0),
        school(),
    )
    capped = numbers("ground", ground_share=60)
    assert solve(task_of(rows, numbers("ground"))) is not None
    assert solve(task_of(rows, capped)) is None
    with_hall = solve(
        task_of(rows, capped.model_copy(update={"measures": numbers("ground", "hall").measures}))
    )
    assert with_hall is not None
    assert amounts(with_hall)["1", "ground"] <= 1000


def test_grounds_stay_on_the_land_that_a_school_has() -> None:
    rows = county(
        school(pupils=1000, sports_ground_area_m2=5000.0, multimedia_rooms=20.0, free_land_m2=1500.0),
        school(),
    )
    assert solve(task_of(rows, numbers("ground"))) is None
    enough = rows.assign(free_land_m2=[2000.0, np.nan])
    solution = solve(task_of(enough, numbers("ground")))
    assert solution is not None
    assert amounts(solution) == {("1", "ground"): 2000.0}
    assert verify(solution).broken == ()
    moved = replace(solution, task=task_of(rows, numbers("ground")))
    assert "超过可用的1500平方米" in verify(moved).broken[0].zh


def test_rotation_takes_from_what_is_above_the_needs_and_never_out_of_the_country() -> None:
    rows = county(
        school(pupils=100, teachers_backbone_primary=0.0, multimedia_rooms=2.0),
        school(pupils=200, teachers_backbone_primary=5.0, urban_rural_code="220"),
    )
    own = numbers("rotate_backbone", rotation_share_backbone=100, rotation_share=100)
    assert solve(task_of(rows, own)) is None
    allowed = own.setting(rural_to_urban="是").model_copy(update={"measures": own.measures})
    solution = solve(task_of(rows, allowed))
    assert solution is not None
    assert set(solution.actions["direction"]) == {"in", "out"}
    assert verify(solution).broken == ()


def test_hiring_stays_within_the_posts() -> None:
    rows = county(
        school(pupils=1000, teachers_pe_art_primary=8.0, multimedia_rooms=20.0), school(pupils=1000)
    )
    assert solve(task_of(rows, numbers("hire_pe_art", posts=200))) is None
    solution = solve(task_of(rows, numbers("hire_pe_art", posts=201)))
    assert solution is not None
    assert amounts(solution) == {("1", "hire_pe_art"): 1.0}


def test_refills_stay_within_retirements() -> None:
    rows = county(
        school(pupils=1000, teachers_pe_art_primary=6.0, multimedia_rooms=20.0), school(pupils=1000)
    )
    assert (
        solve(task_of(rows, numbers("refill_pe_art", retirement_rate=2))) is None
    )  # two of a hundred a year
    assert solve(task_of(rows, numbers("refill_pe_art", retirement_rate=3))) is not None


def test_excluded_schools_get_nothing() -> None:
    base = county(school(pupils=200, multimedia_rooms=1.0, teachers_backbone_primary=0.0), school())
    barred = numbers(excluded=base["school_id"].iloc[0])
    assert solve(task_of(base, barred)) is None


# --- proof ---


def test_a_plan_broken_on_purpose_is_caught() -> None:
    solution = solve(task_of(BOTH_SHORT, numbers("multimedia", "ground", budget=300)))
    assert solution is not None
    assert verify(solution).met
    fewer = solution.actions.copy()
    fewer["amount"] -= 1
    assert not verify(replace(solution, actions=fewer)).met
    dear = solution.actions.copy()
    dear["once"] *= 4
    assert [w.zh[:4] for w in verify(replace(solution, actions=dear)).broken] == ["2026"]


def test_people_from_nowhere_are_caught() -> None:
    rows = county(school(pupils=100, teachers_backbone_primary=0.0, multimedia_rooms=2.0), school(pupils=200, teachers_backbone_primary=5.0))  # fmt: skip
    own = numbers("rotate_backbone", rotation_share_backbone=100, rotation_share=100)
    solution = solve(task_of(rows, own))
    assert solution is not None
    alone = solution.actions[solution.actions["direction"] == "in"]
    assert "交流" in verify(replace(solution, actions=alone)).broken[0].zh
    many = alone.assign(amount=500.0, measure="rotate_backbone", direction="out")
    assert len(verify(replace(solution, actions=many)).broken) >= 2


def test_the_bound_is_below_the_cost_and_the_gap_is_what_lies_between() -> None:
    solution = solve(task_of(BOTH_SHORT, numbers(), years=3))
    assert solution is not None
    assert 0 < solution.bound <= solution.cost * (1 + 1e-9)
    assert solution.gap == pytest.approx(1 - solution.bound / solution.cost, abs=1e-9)
    assert solution.gap < 0.01


def test_a_coefficient_above_its_limit_is_brought_below_it() -> None:
    rich = school(pupils=300, sports_ground_area_m2=30_000.0, indoor_sports_area_m2=0.0)
    poor = [school(pupils=300, sports_ground_area_m2=2250.0, indoor_sports_area_m2=0.0) for _ in range(5)]
    task = task_of(county(rich, *poor), numbers("ground"))
    before = task.outlook.assessment.dispersion.set_index(["year", "indicator"])["verdict"]
    assert before[2026, "sports_area_per_pupil"] == "fail"
    plan = make_plan(task)
    assert plan.solution is not None
    assert plan.verification is not None
    assert plan.verification.met
    cv = plan.verification.assessment.dispersion.set_index(["year", "indicator"])["cv"][
        2026, "sports_area_per_pupil"
    ]
    assert 0.499 < cv <= 0.5


def test_every_cut_holds_wherever_the_limit_does() -> None:
    model = Model(task_of(BOTH_SHORT, numbers()), everyone=True)
    cone = next(iter(cones(model)))
    rng = np.random.default_rng(0)
    weights = cone.weights()
    for _ in range(200):
        broken, within = (rng.normal(0, 1, len(weights)) for _ in range(2))
        within -= weights @ within
        most = float(np.sqrt(weights @ within**2))
        rows, slope = cone.cuts(broken, np.zeros(len(weights)), 0.3, 0.0)
        assert (2 * slope * within[rows] - slope**2 * most <= within[rows] ** 2 / most + 1e-9).all()
    assert len(cone.cuts(np.zeros(len(weights)), np.zeros(len(weights)), 0.3, 0.0)[0]) == 0


@pytest.mark.parametrize("schools", [40, pytest.param(200, marks=pytest.mark.full)])
def test_a_county_of_many_schools_is_planned_within_one_per_cent(schools: int) -> None:
    base = many_counties(schools, per_county=schools)
    solution = solve(task_of(base, programme(), years=5), seconds=60)
    assert solution is not None
    assert 0 < solution.gap <= 0.01
    found = verify(solution)
    assert found.met
    assert found.broken == ()


def test_the_bound_holds_at_the_limits_themselves_however_far_within_a_plan_is_kept() -> None:
    task = task_of(UNLIKE, numbers("ground"))
    near, far = (solve(task, gap=1e-6, margin=margin) for margin in (1e-4, 1e-2))
    assert near is not None
    assert far is not None
    assert far.cost > near.cost * 1.005
    assert far.bound == pytest.approx(near.bound, rel=1e-3)


# --- what gives way ---


def test_ways_out_are_the_least_that_must_give_way() -> None:
    task = task_of(BOTH_SHORT, numbers("multimedia", "ground", budget=20))
    plan = make_plan(task)
    assert plan.solution is None
    found = {way.kind: way for way in plan.ways_out}
    cheapest_plan = 13 * 50_000 + 1375 * 200
    assert found["money"].money == {2026: pytest.approx(cheapest_plan - 200_000, abs=500)}


def test_a_school_can_be_let_go() -> None:
    rows = county(school(pupils=300, teachers_backbone_primary=2.4, multimedia_rooms=6.0), school(pupils=300))
    found = {way.kind: way for way in ways_out(task_of(rows, numbers("backbone", budget=1)))}
    assert found["schools"].schools == ("第1学校",)


def test_posts_can_give_way() -> None:
    rows = county(
        school(pupils=1000, teachers_pe_art_primary=8.0, multimedia_rooms=20.0), school(pupils=1000)
    )
    found = {way.kind: way for way in ways_out(task_of(rows, numbers("hire_pe_art", posts=200)))}
    assert found["posts"].posts == 1


def test_a_limit_can_give_way() -> None:
    rich = school(pupils=300, sports_ground_area_m2=30_000.0, indoor_sports_area_m2=0.0)
    poor = [school(pupils=300, sports_ground_area_m2=2250.0, indoor_sports_area_m2=0.0) for _ in range(5)]
    found = {way.kind: way for way in ways_out(task_of(county(rich, *poor), numbers("ground", budget=10)))}
    assert 0.5 < found["spread"].spread["primary", "sports_area_per_pupil"] < 2


def test_the_coefficients_count_under_every_objective() -> None:
    task = task_of(UNLIKE, numbers("ground"))
    solution = solve(task, ("pupils", "cost"))
    assert solution is not None
    assert [name for name, _, _ in solution.objectives] == ["pupils", "spread", "cost"]
    assert verify(solution).met
    poor = task_of(UNLIKE, numbers("ground", budget=10))
    table = frontier(poor, [1e5])
    assert table["n_pass"].to_list() == [6, 6]
    assert table["n_cv_fail"].to_list() == [1, 1]
    some = solve(poor, ("pupils", "cost"))
    assert some is not None
    assert coefficient(verify(some)) < coefficient(verify(replace(some, actions=some.actions[:0]))) - 0.02


UNLIKE = county(
    school(pupils=300, sports_ground_area_m2=30_000.0, indoor_sports_area_m2=0.0),
    *[school(pupils=300, sports_ground_area_m2=2250.0, indoor_sports_area_m2=0.0) for _ in range(5)],
)


def coefficient(found: Verification) -> float:
    rows = found.assessment.dispersion.set_index(["year", "indicator"])
    return float(rows["cv"][2026, "sports_area_per_pupil"])


def test_with_little_money_most_pupils_come_first() -> None:
    rows = county(
        school(pupils=200, multimedia_rooms=1.0, teachers_backbone_primary=1.7), BACKBONE_SHORT, school()
    )
    table = frontier(task_of(rows, numbers("multimedia", "backbone")), [1e5, 3e5])
    assert table["n_pass"].to_list() == [1, 2, 3]
    assert table["pupils_pass"].is_monotonic_increasing
    assert (table["bound"] >= 1 - 1e-6).all()


BACKBONE_SHORT = school(pupils=100, multimedia_rooms=2.0, teachers_backbone_primary=0.0)


def test_the_largest_shortfall_comes_down_first_when_asked() -> None:
    rows = county(
        school(pupils=1000, multimedia_rooms=2.0, teachers_backbone_primary=9.0),
        school(pupils=1000, multimedia_rooms=20.0, teachers_backbone_primary=9.0),
    )
    solution = solve(task_of(rows, numbers("multimedia", budget=30)), ("shortfall", "cost"))
    assert solution is not None
    assert amounts(solution) == {("1", "multimedia"): 6.0}


def test_too_little_time_is_not_taken_for_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object, **__: object) -> None:
        raise NotFoundInTimeError

    monkeypatch.setattr("analysis.planning.plans.solve", late)
    with pytest.raises(JunhengError, match="没有找到方案"):
        make_plan(task_of(SHORT, numbers("multimedia")), seconds=1)


# --- with nothing done ---


def test_falling_pupils_alone_lift_the_figures_and_empty_the_places() -> None:
    base = county(
        school(pupils=1000, classes_primary=20.0, multimedia_rooms=18.0),
        school(pupils=60, classes_primary=6.0),
    )
    ahead = outlook(base, 2, factor=0.8)
    seats = places(ahead.schools, programme(), RULES)
    whole = seats[seats["area3"] == "all"].set_index(["stage", "year"])
    assert list(whole.xs("primary")["balance"]) == [26 * 45 - 1060, 26 * 45 - 848, 26 * 45 - 678]
    staff = staffing(ahead.schools, programme(), RULES).set_index(["stage", "year"]).loc["primary"]
    assert staff["needed"].to_list() == [56, 45, 36]
    assert staff["balance"].to_list() == [50, 61, 70]
    few = small_schools(ahead, programme())
    assert few[["pupils", "pupils_last", "below"]].to_numpy().tolist() == [[60, 38, "tiny"]]


def test_a_special_school_is_no_small_school() -> None:
    ahead = outlook(county(school(pupils=60), school("special", {"primary": 30})), 1)
    assert small_schools(ahead, programme())["pupils"].tolist() == [60]


# --- the numbers ---


def test_sums_of_a_plan_add_up() -> None:
    solution = solve(task_of(BOTH_SHORT, numbers(), years=3))
    assert solution is not None
    money = investment(solution)
    years = list(solution.task.years)
    assert money[years].sum(axis=1).to_list() == pytest.approx(money["cost"].to_list())
    assert school_money(solution)["cost"].sum() == pytest.approx(money["cost"].sum())
    begun = tasks(solution)
    assert begun[years].sum(axis=1).to_list() == begun["amount"].to_list()


def test_a_horizon_before_the_data_is_refused() -> None:
    assert horizon(programme(), 2025) == 2030
    assert horizon(programme().setting(target_year=2035), 2025) == 2035
    for year in (2025, 2024, 2060):
        with pytest.raises(JunhengError, match="基年为2025年"):
            horizon(programme().setting(target_year=year), 2025)


@pytest.mark.parametrize("name", ["cn-basic-2012", "br-basic-resources"])
def test_rules_that_cannot_be_planned_for_are_refused_in_words(name: str) -> None:
    rules: RuleSet = load_standard(name)
    if rules.gives_verdict and not any(i.denominator for i in rules.indicators):
        pytest.skip("can be planned for")
    with pytest.raises(JunhengError, match="规划"):
        make_task(outlook(SHORT), rules, numbers())


def test_what_the_sheet_says_goes_before_the_defaults() -> None:
    own = told({"年度规划资金": "700、800", "县名": "手算县"})
    assert own.years("budget", 3) == [700, 800, 800]
    assert programme().years("budget", 3) is None


@pytest.mark.parametrize(
    ("item", "text", "meant"),
    [
        ("年度规划资金", "1,200、８００", "1200、800"),
        ("年度规划资金", "-1", None),
        ("贴现率", "4%", "4"),
        ("贴现率", "三", None),
        ("规划目标年", "2030.5", None),
        ("允许乡村教师净流向城镇", "yes", "是"),
        ("不安排项目的学校", "2199000001、2199000002", "2199000001、2199000002"),
        ("不安排项目的学校", "实验小学", None),
    ],
)
def test_a_parameter_is_read_as_written_or_not_at_all(item: str, text: str, meant: str | None) -> None:
    assert parameters_by_item()[item].read(text) == meant


def test_the_sheet_of_the_plan_is_read_and_its_faults_are_told_at_once(tmp_path: Path) -> None:
    head: list[Any] = ["项目", "内容", "单位"]
    asked: list[list[Any]] = [
        ["年度规划资金", "500、600"],
        ["贴现率", "40"],
        ["规划目标年", "明年"],
        ["教学及辅助用房单价", None],
    ]
    path = workbook(tmp_path / "a.xlsx", {"学校数据": rows([a_school()]), "规划参数": [head, *asked]})
    assert told_faults(refused(path)) == {
        ("wrong-parameter", 3, "贴现率", "40"),
        ("wrong-parameter", 4, "规划目标年", "明年"),
    }
    sound = workbook(tmp_path / "b.xlsx", {"学校数据": rows([a_school()]), "规划参数": [head, asked[0]]})
    assert told(read(sound).settings).years("budget", 2) == [500, 600]


def test_a_school_to_be_left_out_must_be_there() -> None:
    with pytest.raises(JunhengError, match="没有这所学校"):
        task_of(SHORT, numbers(excluded="2199999999"))
