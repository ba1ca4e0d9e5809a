"""Map layers in the formats that offices have, to EPSG:4326."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from analysis.errors import JunhengError
from analysis.sources.coordinates import from_wgs84
from analysis.sources.geography import of_county, read_layer
from analysis.sources.mapping import load_source

from .county_files import COUNTY, TEMPLATE, read, refused, rows, school, told, workbook

pytestmark = [  # from the library that writes the test's own files
    pytest.mark.filterwarnings("ignore:Could not decode error message"),
    pytest.mark.filterwarnings("ignore:'crs' was not provided"),
]
WEST, EAST = box(104.0, 30.5, 104.1, 30.7), box(104.1, 30.5, 104.2, 30.7)


def townships(crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    """Return two townships under the names that offices use."""
    names = {"乡镇代码": ["510999101", "510999102"], "乡镇名称": ["东风镇", "红旗乡"]}
    return gpd.GeoDataFrame(names, geometry=[WEST, EAST], crs=crs)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_townships_in_any_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"乡镇.{suffix}"
    townships().to_file(path, **({"encoding": "UTF-8"} if suffix == "shp" else {}))
    layer = read_layer(path)
    assert layer.kind == "townships"
    assert layer.frame["township_code"].to_list() == ["510999101", "510999102"]
    assert layer.frame["township_name"].to_list() == ["东风镇", "红旗乡"]
    assert layer.frame.crs.to_epsg() == 4326
    assert layer.frame.total_bounds == pytest.approx([104.0, 30.5, 104.2, 30.7])


@pytest.mark.parametrize("cpg", ["GBK", None])
def test_a_shapefile_in_gbk_with_and_without_its_cpg(tmp_path: Path, cpg: str | None) -> None:
    path = tmp_path / "a.shp"
    townships().to_file(path, encoding="GBK")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    assert read_layer(path).frame["township_name"].to_list() == ["东风镇", "红旗乡"]


def test_a_projected_layer_is_turned_to_degrees(tmp_path: Path) -> None:
    townships().to_crs("EPSG:4545").to_file(tmp_path / "a.gpkg")
    assert read_layer(tmp_path / "a.gpkg").frame.total_bounds == pytest.approx(
        [104.0, 30.5, 104.2, 30.7], abs=1e-4
    )


def test_a_layer_without_projection_must_be_in_degrees(tmp_path: Path) -> None:
    townships(None).to_file(tmp_path / "a.shp", encoding="UTF-8")
    assert [f.kind for f in read_layer(tmp_path / "a.shp").faults] == ["no-projection"]
    gpd.GeoDataFrame({"x": [1]}, geometry=[box(3e5, 3e6, 4e5, 4e6)]).to_file(tmp_path / "b.shp")
    with pytest.raises(JunhengError, match="投影"):
        read_layer(tmp_path / "b.shp")


def test_a_shifted_layer_comes_back_to_where_it_is(tmp_path: Path) -> None:
    lon, lat = from_wgs84([104.05, 104.15], [30.6, 30.6], "GCJ-02")
    gpd.GeoDataFrame({"人口": [120, 80]}, geometry=gpd.points_from_xy(lon, lat), crs=4326).to_file(
        tmp_path / "a.geojson"
    )
    layer = read_layer(tmp_path / "a.geojson", coordinates="GCJ-02")
    assert layer.kind == "settlements"
    assert layer.frame["population"].to_list() == [120, 80]
    assert layer.frame.geometry.x.to_list() == pytest.approx([104.05, 104.15], abs=1e-6)
    assert layer.frame.geometry.y.to_list() == pytest.approx([30.6, 30.6], abs=1e-6)


def test_an_outline_that_crosses_itself_is_mended_and_said_so(tmp_path: Path) -> None:
    bow = Polygon([(104, 30), (105, 31), (105, 30), (104, 31)])
    gpd.GeoDataFrame({"县级代码": [COUNTY]}, geometry=[bow], crs=4326).to_file(tmp_path / "a.geojson")
    layer = read_layer(tmp_path / "a.geojson")
    assert layer.kind == "boundary"
    assert layer.frame.geometry.is_valid.all()
    assert shapely.area(layer.frame.geometry.to_numpy()).item() == pytest.approx(0.5)
    assert [f.kind for f in layer.faults] == ["mended-geometry"]


@pytest.mark.parametrize(
    ("shapes", "kind"), [([LineString([(0, 0), (1, 1)])], "wrong-geometry"), ([], "empty-layer")]
)
def test_a_layer_of_neither_areas_nor_points_is_refused(
    tmp_path: Path, shapes: list[LineString], kind: str
) -> None:
    gpd.GeoDataFrame({"a": range(len(shapes))}, geometry=shapes, crs=4326).to_file(tmp_path / "a.geojson")
    with pytest.raises(JunhengError) as error:
        read_layer(tmp_path / "a.geojson")
    assert [f.kind for f in error.value.faults] == [kind]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.shp", "damaged-layer"), ("a.gpkg", "not-what-its-name-says"), ("a.geojson", "damaged-layer")],
)
def test_a_broken_layer_is_a_fault_in_words(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x00\x27\x0a" + b"\0" * 120 if name == "a.shp" else b"{ nothing")
    with pytest.raises(JunhengError) as error:
        read_layer(tmp_path / name)
    assert [f.kind for f in error.value.faults] == [kind]


def test_a_county_takes_its_own_part_of_a_layer(tmp_path: Path) -> None:
    both = pd.concat([townships(), townships().assign(乡镇代码=["110101001", "110101002"])])
    both.to_file(tmp_path / "a.geojson")
    frame = read_layer(tmp_path / "a.geojson").frame
    mine = of_county(frame, COUNTY)
    assert mine is not None
    assert mine["township_code"].to_list() == ["510999101", "510999102"]
    assert of_county(frame, "330101") is None


def test_a_folder_of_workbook_and_layers_is_one_county(tmp_path: Path) -> None:
    workbook(tmp_path / "学校.xlsx", {"一": rows([school(1, 经度=104.05, 纬度=30.6)])})
    townships().to_file(tmp_path / "乡镇.geojson")
    gpd.GeoDataFrame({"县级代码": [COUNTY]}, geometry=[box(104, 30.5, 104.2, 30.7)], crs=4326).to_file(
        tmp_path / "县界.gpkg"
    )
    pd.DataFrame(
        {"居民点": ["王村", "李村"], "经度": [104.01, 104.15], "纬度": [30.6, 30.65], "人口": ["1,200", 80]}
    ).to_csv(tmp_path / "居民点.csv", index=False)
    data = read(tmp_path, county=COUNTY)
    assert data.townships is not None
    assert data.boundary is not None
    assert data.settlements is not None
    assert (len(data.townships), len(data.boundary)) == (2, 1)
    assert data.settlements["population"].to_list() == [1200, 80]
    assert data.settlements.geometry.iloc[1] == Point(104.15, 30.65)
    assert {Path(i.path).suffix for i in data.inputs} == {".xlsx", ".geojson", ".gpkg", ".csv"}


def test_a_layer_of_another_county_is_not_used_and_said_so(tmp_path: Path) -> None:
    path = workbook(tmp_path / "学校.xlsx", {"一": rows([school()])})
    gpd.GeoDataFrame({"县级代码": ["330101"]}, geometry=[WEST], crs=4326).to_file(tmp_path / "界.geojson")
    data = read([path, tmp_path / "界.geojson"], county=COUNTY)
    assert data.boundary is None
    assert [(f.kind, f.place.file) for f in data.faults] == [("layer-of-elsewhere", "界.geojson")]


@pytest.mark.parametrize("layer", ["县界", "乡镇"])
def test_a_school_outside_its_county_is_refused_where_it_stands(tmp_path: Path, layer: str) -> None:
    schools = [school(1, 经度=104.05, 纬度=30.6), school(2, 经度=114.05, 纬度=30.6)]
    path = workbook(tmp_path / "学校.xlsx", {"一": rows(schools)})
    whole = gpd.GeoDataFrame({"县级代码": [COUNTY]}, geometry=[box(104, 30.5, 104.2, 30.7)], crs=4326)
    (townships() if layer == "乡镇" else whole).to_file(tmp_path / "界.geojson")
    assert {(f.kind, f.place.row) for f in refused([path, tmp_path / "界.geojson"], TEMPLATE)} == {
        ("outside-county", 3)
    }


def test_coordinates_that_cannot_be_are_refused_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, 经度=30.6, 纬度=104.05)])})
    assert told(refused(path, TEMPLATE)) == {("coordinates-swapped", 2, "经度", "30.6")}


def test_attributes_that_a_source_names_are_found(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"id": ["2700300"]}, geometry=[box(-37, -10, -36, -9)], crs=4326).to_file(
        tmp_path / "a.geojson"
    )
    columns = load_source("br-school-census").layer_columns
    assert read_layer(tmp_path / "a.geojson", columns=columns).frame["county_code"].to_list() == ["2700300"]


def test_bad_population_is_refused(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"人口": ["多", "5"]}, geometry=[Point(104, 30), Point(104, 31)], crs=4326).to_file(
        tmp_path / "a.geojson"
    )
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school()])})
    assert told(refused([path, tmp_path / "a.geojson"])) == {("not-a-number", None, "人口", "多")}
