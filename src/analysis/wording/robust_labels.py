"""What the choices of a research finding are called: divisions, ways of following schools, specifications."""

from __future__ import annotations

from collections.abc import Mapping

from ..research.settings import Research
from ..schema import Words
from .labels import MEANS

DIVISIONS = {
    "area": Words(zh="城乡", en="area"),
    "ownership": Words(zh="举办者", en="ownership"),
    "size": Words(zh="学校规模", en="school size"),
}
KINDS = {
    "improved": Words(zh="改善：资源增加", en="improved: more resources"),
    "fewer_pupils": Words(zh="资源未增，学生减少", en="no more resources, fewer pupils"),
    "worse_more_pupils": Words(zh="资源未减，学生增加", en="no fewer resources, more pupils"),
    "worse": Words(zh="资源减少", en="fewer resources"),
    "flat": Words(zh="持平", en="unchanged"),
}
LINES = {
    "current": Words(zh="各年当年代码", en="codes of each year"),
    "fixed": Words(zh="首年代码不变", en="codes of the first year"),
    "panel": Words(zh="各年都有的学校", en="schools of every year"),
}
CHOICES = {
    "year": Words(zh="年份", en="year"),
    "mean": Words(zh="平均方式", en="mean"),
    "scope": Words(zh="范围", en="scope"),
    "split": Words(zh="拆分", en="split"),
    "areas": Words(zh="城乡划分", en="areas"),
}
SCOPES = {
    "rule": Words(zh="按评估范围", en="as the rule"),
    "small": Words(zh="加入小规模教学点", en="with small teaching points"),
    "public": Words(zh="只计公办学校", en="public schools only"),
}
SPLITS = {
    "True": Words(zh="共用设施拆分", en="facilities split"),
    "False": Words(zh="共用设施不拆分", en="not split"),
}


def areas(settings: Research) -> dict[str, Words]:
    """Return what the area definitions are called."""
    own = {"own": Words(zh="本标准的划分", en="as the rule")}
    return own | {name: Words(zh=a.zh, en=a.en) for name, a in settings.areas.items()}


EFFECTS = {
    "improved": Words(zh="改善(资源也增加)的", en="improved, with more resources"),
    "fewer_pupils": Words(
        zh="资源没有增加、只是学生减少而人均变好的",
        en="better per pupil with fewer pupils alone, no more resources",
    ),
    "worse_more_pupils": Words(
        zh="资源没有减少、学生增加而人均变差的", en="worse per pupil with more pupils, no fewer resources"
    ),
    "worse": Words(zh="资源减少而人均变差的", en="worse, with fewer resources"),
    "flat": Words(zh="持平的", en="unchanged"),
}


def choice_words(settings: Research) -> Mapping[str, Mapping[str, Words]]:
    """Return what the values of each choice of a specification are called; years name themselves."""
    return {"mean": MEANS, "scope": SCOPES, "split": SPLITS, "areas": areas(settings)}
