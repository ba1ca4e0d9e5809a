"""What a file really is, told from its bytes, and a fault in words where that is not what its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ..errors import Fault, Place

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".parquet")
LAYERS = (".geojson", ".gpkg", ".shp")

_EXPECTED = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".parquet": "parquet",
    ".geojson": "text",
    ".gpkg": "sqlite",
    ".shp": "shp",
}
_NAMES = {
    "text": ("文本", "plain text"),
    "xlsx": ("Excel工作簿(.xlsx)", "an Excel workbook (.xlsx)"),
    "xls": ("旧版Excel工作簿(.xls)", "an old Excel workbook (.xls)"),
    "parquet": ("Parquet文件", "a Parquet file"),
    "sqlite": ("SQLite数据库(如GeoPackage)", "an SQLite database (such as a GeoPackage)"),
    "shp": ("Shapefile", "a shapefile"),
    "html": ("网页(HTML)", "a web page (HTML)"),
    "xml": ("XML文件", "an XML file"),
    "pdf": ("PDF文件", "a PDF"),
    "zip": ("压缩包(zip)", "a zip archive"),
    "docx": ("Word文档", "a Word document"),
    "ods": ("OpenDocument文件", "an OpenDocument file"),
    "xlsb": ("二进制Excel工作簿(.xlsb)", "a binary Excel workbook (.xlsb)"),
    "ole": ("其他Office文件", "another Office file"),
    "binary": ("二进制文件", "a binary file"),
}
_MAGIC = (
    (b"PAR1", "parquet"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"%PDF", "pdf"),
)
_ZIP_MEMBERS = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("content.xml", "ods"),
)


def file_fault(path: Path) -> Fault | None:
    """Return what is wrong with a file before it is read: absent, empty, locked, or not what its name says."""
    place = Place(path.name)
    if not path.is_file():
        return Fault("no-such-file", "找不到这个文件。", "there is no such file.", Place(str(path)))
    if path.name.startswith("~$"):
        return Fault(
            "lock-file",
            "这是Excel、WPS打开工作簿时的临时文件,不是数据。请给出工作簿本身(文件名不带“~$”)。",
            "Excel’s mark of an open workbook, not data; give the workbook itself (its name without “~$”).",
            place,
        )
    if not path.stat().st_size or not path.read_bytes()[:4096].strip():
        return Fault("empty-file", "文件是空的。", "the file is empty.", place)
    expected = _EXPECTED.get(path.suffix.lower())
    if expected is None:
        known = " ".join((*TABLES, *LAYERS))
        return Fault(
            "unknown-file-type",
            f"不支持这种文件,可用:{known}。",
            f"this kind of file is not supported; use one of: {known}.",
            place,
        )
    actual = file_kind(path)
    if actual == "encrypted":
        return Fault(
            "password",
            "文件有密码保护,无法读取。请取消密码后另存。",
            "the file is protected by a password; save it without one.",
            place,
        )
    if actual == "damaged":
        return Fault(
            "damaged-file", "文件已损坏,打不开。", "the file is damaged and cannot be opened.", place
        )
    return _misnamed(path, expected, actual) if actual != expected else None


def file_kind(path: Path) -> str:
    """Return what the bytes of a file are: text, xlsx, xls, parquet, html, zip, encrypted, damaged …"""
    with path.open("rb") as file:
        start = file.read(8192)
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith(b"PK"):
        return _zip_kind(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _ole_kind(path)
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in start and not utf16:
        return "binary"
    beginning = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if beginning.startswith((b"<!doctype", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<div")):
        return "html"
    return "xml" if beginning.startswith(b"<?xml") else "text"


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except zipfile.BadZipFile:
        return "damaged"
    return next((kind for member, kind in _ZIP_MEMBERS if member in members), "zip")


def _ole_kind(path: Path) -> str:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    streams = ("Workbook", "Book")
    return "xls" if any(name.encode("utf-16-le") in content for name in streams) else "ole"


def _misnamed(path: Path, expected: str, actual: str) -> Fault:
    (want_zh, want_en), (is_zh, is_en) = _NAMES[expected], _NAMES[actual]
    return Fault(
        "not-what-its-name-says",
        f"扩展名“{path.suffix}”表示{want_zh},内容却是{is_zh}。请用Excel打开后另存为正确的格式。",
        f"the extension “{path.suffix}” says {want_en}, but the content is {is_en}; "
        "open it and save it in the right format.",
        Place(path.name),
    )
