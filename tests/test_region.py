"""Counties side by side: ranks, what cannot be ranked, changes, sentences that know no worse side, and notebook 06."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from shapely.geometry import box

from analysis import batch, cli, style
from analysis.assessment import assess
from analysis.charts import native
from analysis.charts import profile as charts_profile
from analysis.charts import region as charts_region
from analysis.charts import region_panels as charts_region_panels
from analysis.configuration import RegionParams, load_options
from analysis.errors import JunhengError, Lang
from analysis.maps import region as charts_region_map
from analysis.publish.arrangement import arranged
from analysis.publish.numbers import numbers
from analysis.publish.public import write_public
from analysis.publish.record import load
from analysis.region import RegionRequest, open_region, resolve_region
from analysis.research import comparison
from analysis.research.comparison import Comparison, county_gaps, load_comparison, moved_together
from analysis.research.spatial import clustering, neighbours
from analysis.standards import RuleSet
from analysis.suppression import suppressing
from analysis.wording import region as words
from analysis.wording import region_moves as moves
from analysis.wording import region_spatial as near

from . import outputs
from .counties import canonical, county, indicator, rules, school, whole_school_rules
from .shared import shared
from .test_params import home as home
from .test_params import kinds, schools

BOOKS = whole_school_rules(
    indicator(id="books", digits=1),
    area={
        "urban": ["urban", "town"],
        "rural": ["rural"],
        "zh": {"urban": "城镇", "rural": "乡村"},
        "en": {"urban": "urban", "rural": "rural"},
    },
)
RURAL: dict[str, Any] = {"urban_rural_code": "220"}
CHOICES = load_comparison()


def pair(code: str, urban: float | None, rural: float | None, year: int = 2025) -> pd.DataFrame:
    """Return a county of one urban and one rural school of 100 pupils with so many books a pupil."""
    both: list[dict[str, Any]] = [
        school(books=None if urban is None else 100 * urban, pupils_compulsory=100),
        school(books=None if rural is None else 100 * rural, pupils_compulsory=100, **RURAL),
    ]
    return county(*both, county_code=code, year=year)


def gaps_of(*tables: pd.DataFrame, by: RuleSet = BOOKS) -> pd.DataFrame:
    return county_gaps(assess(pd.concat(tables, ignore_index=True), by).values, by)


def names_of(gaps: pd.DataFrame) -> dict[str, str]:
    return {code: f"县{code[-1]}" for code in gaps["county_code"]}


# --- ranks ---


def test_counties_are_ranked_by_width_whichever_side_is_higher_and_ties_share() -> None:
    gaps = gaps_of(
        pair("110001", 30, 10),
        pair("110002", 10, 30),
        pair("110003", 20, 15),
        pair("110004", 12, 12),
        pair("110005", 15.02, 10),  # prints as 5.0, like the third
    ).set_index("county_code")
    assert gaps["difference"].tolist() == [20, -20, 5, 0, 5]
    assert gaps["higher"].tolist() == ["urban", "rural", "urban", "equal", "urban"]
    assert gaps["rank"].tolist() == [1, 1, 3, 5, 3]
    assert set(gaps["n"]) == {5}
    assert gaps["level"].tolist() == pytest.approx([20, 20, 17.5, 12, 12.51])


def test_a_county_without_a_side_is_told_and_not_ranked() -> None:
    gaps = gaps_of(
        pair("110001", 30, 10),
        county(school(books=900, pupils_compulsory=100), county_code="110002"),
        pair("110003", 20, None),
    )
    ranked = gaps.set_index("county_code")
    assert ranked["rank"].isna().tolist() == [False, True, True]
    assert set(ranked["n"]) == {1}
    assert ranked["higher"].isna().tolist() == [False, True, True]
    lacking = comparison.without_a_side(gaps, "school")
    assert lacking.set_index("county_code")["reason"].to_dict() == {
        "110002": "no_unit",
        "110003": "no_figure",
    }
    told = words.not_compared(lacking, "school", BOOKS, names_of(gaps))
    assert ["没有乡村学校的县有1个" in s.zh and "县2" in s.zh for s in told] == [False, True]
    assert ["乡村一侧缺数据的县有1个" in s.zh and "县3" in s.zh for s in told] == [True, False]


def test_adding_a_county_without_a_side_changes_no_rank() -> None:
    some = [pair("110001", 30, 10), pair("110002", 10, 30), pair("110003", 20, 15)]
    alone = gaps_of(*some).set_index("county_code")["rank"]
    more = gaps_of(*some, pair("110009", None, 8)).set_index("county_code")["rank"]
    assert more[alone.index].equals(alone)


def test_the_difference_is_that_of_the_figures_that_are_printed() -> None:
    row = gaps_of(pair("110001", 10.26, 10.14)).iloc[0]
    assert row["exact"] == pytest.approx(0.12)
    assert row["difference"] == 0.2  # 10.3 − 10.1


def test_few_units_on_a_side_are_marked() -> None:
    gaps = gaps_of(pair("110001", 30, 10), pair("110002", None, 10))
    assert comparison.few_on_a_side(gaps, 2).tolist() == [True, False]
    assert comparison.few_on_a_side(gaps, 1).tolist() == [False, False]


def test_the_ends_are_all_counties_where_there_are_few() -> None:
    gaps = gaps_of(*(pair(f"11000{n}", 10 + n, 10) for n in range(1, 8)))
    assert len(comparison.extremes(gaps, 4)) == 7
    named = comparison.extremes(gaps, 2)
    assert named["county_code"].tolist() == ["110007", "110006", "110002", "110001"]


# --- changes ---


def test_changes_are_by_width_and_a_switch_is_told() -> None:
    before = [(30, 10), (10, 30), (20, 15), (12, 12)]
    after = [(20, 15), (45, 20), (20, 15), (12, 30)]
    tables = [
        pair(f"11000{n}", *sides, year=year)
        for year, all_sides in ((2024, before), (2025, after))
        for n, sides in enumerate(all_sides, start=1)
    ]
    changes = comparison.gap_changes(gaps_of(*tables), BOOKS).set_index("county_code")
    assert changes["kind"].tolist() == ["narrower", "wider", "same", "wider"]
    assert changes["switched"].tolist() == [False, True, False, False]
    assert changes["change"].tolist() == [-15, 45, 0, -18]
    assert set(changes["first"]) == {2024}


def test_a_county_of_one_year_only_has_no_change() -> None:
    gaps = gaps_of(pair("110001", 30, 10, 2024), pair("110001", 20, 10), pair("110002", 9, 8))
    assert comparison.gap_changes(gaps, BOOKS)["county_code"].tolist() == ["110001"]
    assert comparison.gap_changes(gaps[gaps["year"] == 2025], BOOKS).empty


def chance_alone(n: int = 400) -> pd.DataFrame:
    """Return changes in which nothing moved: a lasting gap, and chance alike in both years."""
    chance = np.random.default_rng(5)
    lasting = chance.normal(10, 3, n)
    first, last = (lasting + chance.normal(0, 3, n) for _ in range(2))
    table = {"county_code": [str(c) for c in range(n)], "gap_first": first, "gap_last": last, "kind": "same"}
    return pd.DataFrame(
        {**table, "stage": "school", "indicator": "books", "first": 2014, "last": 2023, "switched": False}
    )


def test_chance_alone_looks_like_closing_until_the_mean_of_both_years_is_asked() -> None:
    row = moved_together(chance_alone(), least=10).iloc[0]
    assert row["r_first_change"] < -0.4
    assert abs(row["r_mean_change"]) < 0.1
    assert row["sd_first"] == pytest.approx(row["sd_last"], rel=0.1)
    text = moves.began_and_moved(moved_together(chance_alone(), least=10), "school", BOOKS, CHOICES)
    assert "为负的1项(由-0." in text.zh
    assert "negative in 1 (from -0." in text.en


def test_correlations_need_counties_enough_and_something_that_varies() -> None:
    few = moved_together(chance_alone(9), least=10).iloc[0]
    assert np.isnan(few["r_first_change"])
    assert few["n"] == 9
    assert (
        "不足10个"
        in moves.began_and_moved(moved_together(chance_alone(9), least=10), "school", BOOKS, CHOICES).zh
    )
    x = pd.Series(np.arange(20.0))
    assert comparison.correlation(x, 3 - 2 * x, least=10) == pytest.approx(-1)
    assert np.isnan(comparison.correlation(x, 0 * x + 0.1, least=10))


# --- sentences ---


def swapped(text: str) -> str:
    for a, b in (("城镇", "乡村"), ("urban", "rural")):
        text = text.replace(a, "\0").replace(b, a).replace("\0", b)
    return text


def test_with_the_sides_swapped_the_sentences_reverse() -> None:
    sides = [(30, 10), (25, 12), (10, 18), (12, 12), (40, 11)]
    there = gaps_of(*(pair(f"11000{n}", *s) for n, s in enumerate(sides)))
    back = gaps_of(*(pair(f"11000{n}", *s[::-1]) for n, s in enumerate(sides)))
    told = [
        words.compared(BOOKS.indicators[0], "school", gaps, BOOKS, names_of(gaps)) for gaps in (there, back)
    ]
    assert told[1].zh == swapped(told[0].zh)
    assert told[1].en == swapped(told[0].en)
    profiles = [words.profile(gaps[gaps["county_code"] == "110000"], BOOKS) for gaps in (there, back)]
    assert profiles[1].zh == swapped(profiles[0].zh)
    assert "城镇较高1项" in profiles[0].zh


def test_a_gap_of_percentages_is_told_in_points() -> None:
    share = whole_school_rules(
        indicator(id="it", numerator=["has_court"], per_school=True, per=100, unit={"zh": "%", "en": "%"})
    )
    assert words.amount(share.indicators[0], 12.5, "zh") == "12.50个百分点"
    assert words.amount(share.indicators[0], 12.5, "en") == "12.50 percentage points"


# --- figures ---


@cache
def region_of(n: int) -> tuple[pd.DataFrame, gpd.GeoDataFrame, dict[str, str]]:
    """Return gaps of two years, polygons and long names of `n` counties in a square."""
    chance, side = np.random.default_rng(2), int(np.ceil(n**0.5))
    tables = [
        pair(f"{110000 + c}", round(20 + 5 * chance.normal(), 1), round(18 + 5 * chance.normal(), 1), year)
        for year in (2024, 2025)
        for c in range(n)
    ]
    gaps = gaps_of(*tables)
    codes = [f"{110000 + c}" for c in range(n)]
    cells = [box(116 + c % side / 10, 30 + c // side / 10, 116.1 + c % side / 10, 30.1 + c // side / 10) for c in range(n)]  # fmt: skip
    shapes = gpd.GeoDataFrame({"county_code": codes}, geometry=cells, crs=4326)
    return gaps, shapes, {code: f"双江拉祜族佤族布朗族傣族自治县{code[-2:]}" for code in codes}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("n", [1, 6, 40])
def test_labels_keep_apart_and_on_the_page(n: int, lang: Lang) -> None:
    gaps, shapes, names = region_of(n)
    year = gaps[gaps["year"] == 2025]
    ground = charts_region_map.region_ground(shapes)
    source = words.overview_title("school", BOOKS)
    changes = comparison.gap_changes(gaps, BOOKS)
    found = {"books": clustering(year.set_index("county_code")["exact"], neighbours(shapes), CHOICES.spatial)}
    drawn = [
        charts_region.gap_ends(year, "books", "school", rules=BOOKS, names=names, choices=CHOICES, lang=lang)[
            0
        ],
        charts_region_panels.gap_levels(year, "school", rules=BOOKS, choices=CHOICES, lang=lang)[0],
        charts_region_panels.gap_changes(changes, "school", rules=BOOKS, lang=lang)[0],
        charts_region_panels.gap_years(gaps, "school", rules=BOOKS, lang=lang)[0],
        charts_region_map.gap_maps(ground, year, "school", rules=BOOKS, source=source, lang=lang),
        charts_region_map.cluster_maps(ground, found, rules=BOOKS, source=source, lang=lang),
    ]
    for ax in drawn:
        figure: Any = ax.get_figure(root=True)
        assert style.overlapping_labels(figure) == []
        assert style.clipped_labels(figure) == []
        plt.close(figure)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_long_names_of_a_chinese_rule_keep_apart_too(lang: Lang) -> None:
    by = rules()
    tables = [
        county(
            school(books=1.0),
            school(teachers_backbone_primary=n / 3, **RURAL),
            county_code=f"11000{n}",
            year=year,
        )
        for n in range(1, 4)
        for year in (2024, 2025)
    ]
    gaps = gaps_of(*tables, by=by)
    ground = charts_region_map.region_ground(region_of(6)[1].iloc[1:4])
    year, source = gaps[gaps["year"] == 2025], words.overview_title("primary", by)
    drawn = [
        charts_region_panels.gap_levels(year, "primary", rules=by, choices=CHOICES, lang=lang)[0],
        charts_region_panels.gap_changes(comparison.gap_changes(gaps, by), "primary", rules=by, lang=lang)[0],
        charts_region_panels.gap_years(gaps, "primary", rules=by, lang=lang)[0],
        charts_region_map.gap_maps(ground, year, "primary", rules=by, source=source, lang=lang),
    ]
    for ax in drawn:
        figure: Any = ax.get_figure(root=True)
        style.note(figure, "示例数据", lang=lang)
        assert style.overlapping_labels(figure) == []
        assert style.clipped_labels(figure) == []
        plt.close(figure)


def test_every_county_is_a_mark_and_only_the_ends_are_named() -> None:
    gaps, _, names = region_of(40)
    year = gaps[gaps["year"] == 2025]
    left, right = charts_region.gap_ends(
        year, "books", "school", rules=BOOKS, names=names, choices=CHOICES, lang="zh"
    )
    (marks,) = [c for c in right.collections if c.get_label() == "_counties"]
    assert len(np.asarray(marks.get_offsets())) == 40
    assert len(left.get_yticklabels()) == 2 * charts_region.ENDS
    (chart,) = native.gap_ends(year, "books", "school", rules=BOOKS, names=names, lang="zh")
    for series, label in zip(chart.series, ("_urban", "_rural"), strict=True):
        drawn = [np.asarray(line.get_xdata())[0] for line in left.get_lines() if line.get_label() == label]
        assert list(series.numbers) == pytest.approx(drawn)
    assert len(chart.categories) == 2 * charts_region.ENDS
    plt.close("all")
    with pytest.raises(ValueError, match="one year"):
        charts_region.gap_ends(gaps, "books", "school", rules=BOOKS, names=names, choices=CHOICES, lang="zh")


def test_the_maps_tell_the_higher_side_and_the_wider_half() -> None:
    gaps = gaps_of(
        pair("110001", 30, 10), pair("110002", 10, 13), pair("110003", 12, 12), pair("110004", 1, None)
    )
    assert charts_region_map.gap_classes(gaps).to_dict() == {
        "110001": "urban_wide",
        "110002": "rural_narrow",
        "110003": "equal",
        "110004": "none",
    }


# --- a region, its notebook, its command ---

REGION = """region: invented
title: {zh: 虚构市, en: Invented prefecture}
files: {schools: schools.csv, boundary: counties.geojson}
standard: cn-quality-2017
data: .
invented: true
"""


COUNTIES = ("虚构1县", "虚构2县", "虚构3县", "虚构4县", "虚构5县", "虚构6县")


def written(folder: Path, names: Sequence[str] = COUNTIES) -> Path:
    """Write an invented region of six counties and two years; the sixth has no rural school."""
    chance = np.random.default_rng(4)
    tables = []
    for year in (2024, 2025):
        for c in range(1, 7):
            rows = [
                school(
                    pupils=200 + 10 * n,
                    equipment_value_yuan=round(float(chance.uniform(300_000, 900_000)), 0),
                    books=float(chance.integers(4_000, 9_000)),
                    urban_rural_code="220" if n % 2 and c < 6 else "121",
                )
                for n in range(6)
            ]
            tables.append(county(*rows, county_code=f"99020{c}", year=year))
    table = canonical(pd.concat(tables, ignore_index=True)).assign(
        school_id=lambda t: "2" + t["school_id"].str[-9:],
        county_name=[names[int(code[-1]) - 1] for code in pd.concat(tables)["county_code"]],
    )
    whole = [
        name
        for name in map(str, table)
        if "teachers" in name or name.endswith("rooms") or name == "computers"
    ]
    table[whole] = np.ceil(table[whole])
    filed = table.dropna(axis="columns", how="all").drop(
        columns=["source_file", "source_sheet", "source_row"]
    )
    filed = filed.rename(columns={"equipment_value_yuan": "教学仪器设备值(元)"})
    filed.to_csv(folder / "schools.csv", index=False)
    shapes = gpd.GeoDataFrame(
        {"county_code": [f"99020{c}" for c in range(1, 7)]},
        geometry=[box(110 + c / 10, 30, 110.1 + c / 10, 30.1) for c in range(6)],
        crs=4326,
    )
    shapes.to_file(folder / "counties.geojson")
    (folder / "invented.yaml").write_text(REGION, encoding="utf-8")
    return folder / "invented.yaml"


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("region"))


@pytest.fixture(scope="module")
def told(invented: Path) -> outputs.Outputs:
    """What notebook 06 tells of the invented region, its pictures left out."""
    parameters = {"region": str(invented), "year": "2025", "profiles": "990203"}
    return outputs.proof(invented.parent / "told", ["06"], parameters)


def test_a_region_is_judged_all_at_once(invented: Path) -> None:
    study = open_region(region=str(invented))
    assert (study.request.year, study.request.region) == (2025, "invented")
    assert study.names["990203"] == "虚构3县"
    counties = study.of_year(study.assessment.county_verdicts)
    assert len(counties) == 6
    alone = assess(study.data.schools[study.data.schools["county_code"] == "990203"], study.rules)
    pd.testing.assert_frame_equal(
        alone.county_verdicts.reset_index(drop=True),
        study.assessment.county_verdicts.query("county_code == '990203'").reset_index(drop=True),
    )


def test_later_years_are_left_out(invented: Path) -> None:
    study = open_region(region=str(invented), year="2024")
    assert set(study.assessment.units["year"]) == {2024}


def test_a_region_under_a_chinese_rule_compares_verdicts_and_cvs(told: outputs.Outputs) -> None:
    assert len(told.rows("verdicts")) == 6
    assert {"figure-county-cvs-primary", "county-cvs", "every-county", "profiles"} <= told.tables
    sentences = told.sentences("zh")
    assert any("6个县中" in s and "达标" in s for s in sentences)
    assert any("没有乡村小学的县有1个" in s and "虚构6县" in s for s in sentences)
    assert any("不计算空间自相关" in s for s in sentences)
    ranked = told.frame("every-county")
    assert set(ranked.loc[ranked["县（市、区）"] == "虚构6县", "差距名次"]) == {""}
    assert set(ranked["排名县数"]) == {"5"}
    assert "spatial-primary" not in told.tables


def test_every_number_of_a_regions_words_is_a_fact_and_prints_its_value(told: outputs.Outputs) -> None:
    from .test_facts import NAMES, told_by_meaning

    names = re.compile(rf"{NAMES.pattern}|虚构\d县|0\.05")
    run = load(told.folder)
    assert sum(told_by_meaning(run, lang, names) for lang in ("zh", "en")) > 60
    held = [n for n in numbers(run, arranged(run), "zh") if n.id[0] in "SC" and n.fact and n.fact.places[:1]]
    assert sum(n.same.count("-") > 2 for n in held) > 20  # cells, not tables alone


def test_a_countys_side_of_too_few_schools_is_not_told_in_public(
    invented: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from .test_few_schools import printed

    most = suppressing().model_copy(update={"least_schools": 4})  # every county has three schools on a side
    monkeypatch.setattr("analysis.suppression.suppressing", lambda: most)
    parameters = {"region": str(invented), "year": "2025", "profiles": "none"}
    run = outputs.proof(tmp_path / "run", ["06"], parameters)
    ranked = run.frame("every-county")
    ranked = ranked[ranked["乡村"] != ""]  # the sixth has six schools on its only side
    odd = re.compile(r"\d+\.\d{3,}")  # no figure of anything else
    secret = {text for side in ("城镇", "乡村") for text in ranked[side] if odd.fullmatch(text)}
    assert len(secret) > 12
    assert secret <= printed(run.folder)
    public = write_public(run.folder, lambda _: None)
    assert secret & printed(public) == set()
    assert {path.stem for path in public.glob("tables/*.csv")} >= {"every-county", "overview-primary"}
    assert "公开说明" in "".join(outputs.Outputs(public).words("zh"))


def test_in_public_counties_of_enough_schools_are_told_whole(told: outputs.Outputs) -> None:
    read = load(told.folder)
    assert all(block.public for block in read.stories[0].blocks)
    assert not any(table.withheld for table in read.tables.values())


def test_the_notebook_tells_both_languages_and_no_causes(told: outputs.Outputs) -> None:
    from .test_wording import CAUSES

    for lang in ("zh", "en"):
        assert not [text for text in told.words(lang) if CAUSES.search(text)]
    assert len(told.sentences("zh")) == len(told.sentences("en"))
    stamp = json.loads((told.folder / "story" / "06_region_comparison.json").read_text(encoding="utf-8"))[
        "stamp"
    ]
    assert (stamp["county"]["zh"], stamp["county_code"], stamp["invented"]) == ("虚构市", "invented", True)


def test_the_stored_notebook_has_its_parameters_no_outputs_and_no_functions() -> None:
    (notebook,) = batch.region_suite()
    cells = outputs.code_cells(notebook)
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    assert "parameters" in cells[0]["metadata"]["tags"]
    given = [line.split(" = ")[0] for line in cells[0]["source"]]
    assert given == ["region", "year", "lang", "data", "out", "standard", "profiles"]
    assert not any(line.startswith(("def ", "class ")) for cell in cells for line in cell["source"])


def test_a_county_s_run_leaves_the_region_s_notebook_out() -> None:
    (notebook,) = batch.region_suite()
    assert notebook.is_file()
    assert notebook not in batch.suite()
    assert "01_data_check.ipynb" in [path.name for path in batch.suite()]


def test_what_the_notebook_is_told_resolves_to_the_same_request(invented: Path) -> None:
    request = resolve_region(region=str(invented), data=str(invented.parent), lang="en", outputs="here")
    assert request.out == Path.cwd() / "here" / "region-invented" / "2025" / "en"
    again = resolve_region(**request.as_parameters())
    assert again == request
    assert request.county_code is None


def test_a_region_by_name_and_what_is_refused(home: Path) -> None:
    (home / "regions" / "east.yaml").write_text(
        "region: east\ntitle: {zh: 东, en: East}\nfiles: {schools: 'east*.xlsx'}\n", encoding="utf-8"
    )
    data = schools(home.parent / "d" / "east1.xlsx", [("110017", 2024), ("110018", 2025)]).parent
    request = resolve_region(region="east", data=str(data))
    assert (request.year, sorted(request.names)) == (2025, ["110017", "110018"])
    refused: dict[str, dict[str, Any]] = {
        "no-such-region": {"region": "west", "data": str(data)},
        "no-such-file": {"region": "east"},
        "year-not-in-data": {"region": "east", "data": str(data), "year": "1999"},
        "wrong-year": {"region": "east", "data": str(data), "year": "25"},
        "wrong-lang": {"region": "east", "data": str(data), "lang": "fr"},
    }
    for kind, given in refused.items():
        with pytest.raises(JunhengError) as error:
            resolve_region(**given)
        assert kinds(error) == [kind]
    for lacking in (data.parent / "nowhere", home):
        with pytest.raises(JunhengError) as error:
            resolve_region(region="east", data=str(lacking))
        assert kinds(error) == ["no-such-file"]


@pytest.mark.parametrize("name", ["../up", "East", "a b", ""])
def test_a_region_s_name_must_be_fit_for_a_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        f"region: '{name}'\ntitle: {{zh: 东, en: East}}\nfiles: {{schools: a.xlsx}}\n", encoding="utf-8"
    )
    with pytest.raises(JunhengError):
        load_options(path, RegionParams)


def test_the_command_runs_the_region_into_its_folder(
    invented: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def run_region(request: RegionRequest, *, progress: batch.Progress, **_: object) -> batch.Run:
        asked.append(request)
        return batch.Run(request.out, (), {})

    monkeypatch.setattr(batch, "run_region", run_region)
    with pytest.raises(SystemExit) as ended:
        cli.main(["region", "--region", str(invented), "--out", str(tmp_path), "--lang", "en"])
    assert ended.value.code == 0
    assert [request.out for request in asked] == [tmp_path / "region-invented" / "2025" / "en"]
    assert "Invented prefecture · 2025 · cn-quality-2017 · en" in capsys.readouterr().out


@pytest.mark.full
def test_the_command_leaves_report_and_workbook(invented: Path, tmp_path: Path) -> None:
    done = outputs.junheng("region", "--region", invented, "--out", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "region-invented" / "2025" / "zh"
    assert {path.name for path in folder.iterdir()} >= {"report.docx", "ledger.xlsx", "manifest.json"}


# --- real ---


@pytest.fixture(scope="module")
def alagoas() -> Any:
    return open_region(region="br-alagoas", year="2023", data=str(shared("data", "br-alagoas")))


def test_all_municipalities_of_alagoas_are_compared_but_for_the_four_without_a_rural_school(
    alagoas: Any,
) -> None:
    gaps = alagoas.of_year(county_gaps(alagoas.assessment.values, alagoas.rules))
    assert gaps["county_code"].nunique() == 102
    lacking = comparison.without_a_side(gaps, "school")
    assert set(lacking["side"] + lacking["reason"]) == {"ruralno_unit"}
    assert sorted(alagoas.names[code] for code in lacking["county_code"]) == [
        "Barra de São Miguel",
        "Paripueira",
        "Pindoba",
        "Santa Luzia do Norte",
    ]
    ranked = gaps.dropna(subset=["rank"])
    assert set(ranked["n"]) == {98}
    of_each = ranked.groupby("indicator")["rank"]
    assert set(of_each.min()) == {1}
    assert not ranked["county_code"].isin(lacking["county_code"]).any()


def test_neighbours_in_alagoas(alagoas: Any) -> None:
    gaps = alagoas.of_year(county_gaps(alagoas.assessment.values, alagoas.rules))
    rows = gaps[gaps["indicator"] == "pupils_per_teacher"].set_index("county_code")["exact"]
    found = clustering(rows, neighbours(alagoas.boundary), CHOICES.spatial)
    assert (found.n, found.islands, found.reason) == (98, (), "")
    assert -1 <= found.value <= 1
    assert len(found.local) == 102
    sentence = near.neighbours_alike(
        alagoas.rules.indicator("pupils_per_teacher"), "school", found, alagoas.rules, CHOICES, alagoas.names
    )
    assert "莫兰指数" in sentence.zh


def test_choices_of_the_user_s_own(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "few_units: 5\nleast_for_correlation: 12\nspatial: {permutations: 99, seed: 1, least_counties: 4}\n",
        encoding="utf-8",
    )
    assert isinstance(load_comparison(path), Comparison)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("few_units: 0\n", encoding="utf-8")
    with pytest.raises(JunhengError):
        load_comparison(wrong)


def test_rules_without_a_verdict_say_none_of_the_profile() -> None:
    gaps = gaps_of(pair("110001", 30, 10))
    assert "判定" not in words.profile(gaps, BOOKS).zh
    assert words.profile(gaps, BOOKS, "fail").zh.startswith("判定:未达标")
    assert "没有可比" in words.profile(gaps_of(pair("110001", 30, None)), BOOKS).zh


def test_the_cvs_of_counties_are_drawn_beside_their_limit() -> None:
    by = rules()
    tables = [
        county(school(books=1000.0 * n), school(books=9000.0), county_code=f"11000{n}") for n in range(1, 4)
    ]
    spread = assess(pd.concat(tables, ignore_index=True), by).dispersion
    names = {code: code for code in spread["county_code"]}
    ax = charts_region.county_cvs(spread, "primary", rules=by, names=names, lang="zh")
    marks = sum(len(np.asarray(c.get_offsets())) for c in ax.collections if c.get_label() == "_counties")
    limit = spread["limit"].max()
    assert ax.get_xlim()[1] > limit
    assert marks == len(spread[(spread["stage"] == "primary") & spread["cv"].notna()])
    figure: Any = ax.get_figure(root=True)
    assert style.overlapping_labels(figure) == []
    plt.close(figure)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_county_tells_its_own_figures_and_marks_all_counties(lang: Lang) -> None:
    gaps, _, names = region_of(40)
    year = gaps[gaps["year"] == 2025]
    code = "110007"
    own = year[year["county_code"] == code]
    ax = charts_profile.county_profile(
        year,
        gaps,
        code,
        rules=BOOKS,
        names=names,
        choices=CHOICES,
        sentence=words.profile(own, BOOKS),
        lang=lang,
    )
    figure: Any = ax.get_figure(root=True)
    assert style.overlapping_labels(figure) == []
    assert style.clipped_labels(figure) == []
    counties, (mine,) = ax.collections[0], [line for line in ax.lines if line.get_marker() == "D"]
    assert len(counties.get_paths()) == len(year)
    widest = year["difference"].abs().max()
    assert mine.get_xdata()[0] == pytest.approx(own["difference"].iloc[0] / widest)  # type: ignore[index]
    texts = " ".join(text.get_text() for text in figure.findobj(Text))
    assert f"{own['urban'].iloc[0]:.1f}" in texts
    assert str(int(own["rank"].iloc[0])) in texts
    plt.close(figure)


def test_the_page_of_a_county_without_a_side_says_so() -> None:
    gaps = gaps_of(county(school(books=10.0), county_code="110001"), pair("110002", 20.0, 18.0, 2025))
    names = {"110001": "甲县", "110002": "乙县"}
    own = gaps[gaps["county_code"] == "110001"]
    ax = charts_profile.county_profile(
        gaps,
        gaps,
        "110001",
        rules=BOOKS,
        names=names,
        choices=CHOICES,
        sentence=words.profile(own, BOOKS),
        lang="zh",
    )
    assert any("缺少一侧" in text.get_text() for text in ax.texts)
    assert not [line for line in ax.lines if line.get_marker() == "D"]
    plt.close(ax.get_figure(root=True))


def test_counties_are_chosen_by_code_and_every_unknown_one_is_told(invented: Path) -> None:
    study = open_region(region=str(invented))
    codes = list(study.names)
    assert study.chosen("all") == codes
    assert study.chosen("none") == []
    assert study.chosen(f"{codes[1]}，{codes[0]}") == [codes[1], codes[0]]
    with pytest.raises(JunhengError) as caught:
        study.chosen(f"{codes[0]},1,2")
    assert [fault.place.value for fault in caught.value.faults] == ["1", "2"]
