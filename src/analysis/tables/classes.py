"""Tables of large classes: by area, and year by year."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ..ground.norms import Norms
from ..publish.cells import TableColumn
from ..schema import Words
from ..wording.classes import kinds
from .common import AREA3, STAGE, Table, few_schools

_ALL = Words(zh="合计", en="All")


def by_area(whole: pd.DataFrame, parts: pd.DataFrame, norms: Norms) -> Table:
    """Return the units with large classes of one year, the county above its areas (`classes.large_classes`)."""
    order = {area: place for place, area in enumerate(("all", *AREA3))}
    both = pd.concat([whole.assign(area3="all"), parts.assign(area3=parts["area3"].fillna("unknown"))])
    rows = both.assign(_area=both["area3"].map(order)).sort_values(
        ["stage", "_area"], ascending=[False, True]
    )
    area = TableColumn(Words(zh="城乡", en="Area"), words=AREA3 | {"all": _ALL})
    table = _table(rows, {"stage": STAGE, "area3": area}, norms)
    told = [name for name in table.columns if name.startswith("n_") or name == "largest"][1:]
    of_part = table.frame["n_units"].where(table.frame["area3"] != "all", 0)
    return replace(
        table, withheld=few_schools(pd.DataFrame(dict.fromkeys(told, of_part)), table.frame["stage"])
    )


def by_year(whole: pd.DataFrame, norms: Norms) -> Table:
    """Return the units with large classes of the county, year by year."""
    rows = whole.sort_values(["stage", "year"], ascending=[False, True])
    return _table(rows, {"stage": STAGE, "year": TableColumn(Words(zh="年份", en="Year"))}, norms)


def _table(rows: pd.DataFrame, first: dict[str, TableColumn], norms: Norms) -> Table:
    columns = first | {"n_units": TableColumn(Words(zh="办学单位数", en="Units"), digits=0)}
    for name, words in kinds(norms).items():
        columns[f"n_{name}"] = TableColumn(words, digits=0)
    columns["n_missing"] = TableColumn(Words(zh="未填最大班额", en="Largest class not filed"), digits=0)
    columns["largest"] = TableColumn(Words(zh="最大的班（人）", en="Largest class"), digits=0)
    sources = [kind.cited() for kind in norms.class_size]
    return Table(
        rows.reset_index(drop=True),
        columns,
        unit=Words(zh="个、人", en="units, pupils"),
        basis=Words(
            zh="口径：有在校生的办学单位，含未纳入评估的；各列含其右侧更大的班额。划分依据："
            + "、".join(dict.fromkeys(source.zh for source in sources))
            + "。",
            en="Basis: units with pupils, also those out of scope; each column holds the larger classes to its right. "
            f"Kinds: {'; '.join(dict.fromkeys(source.en for source in sources))}.",
        ),
        note=Words(
            zh="按最大班额统计学校，不是班级数；未填最大班额而平均班额已达到的计入。",
            en="Units by their largest class, not classes; a unit without that figure counts where its mean class reaches it.",
        ),
        sheet=Words(
            zh=f"班额分{'年' if 'year' in first else '城乡'}",
            en=f"Classes by {'year' if 'year' in first else 'area'}",
        ),
    )
