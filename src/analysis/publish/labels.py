"""The words that every output sets around the story's own."""

from __future__ import annotations

from ..schema import Words

LABELS = {
    "code_version": Words(zh="程序版本", en="Code version"),
    "annex": Words(zh="附件", en="Annex"),
    "chart": Words(zh="图表", en="Chart"),
    "charts": Words(zh="可编辑图表（Excel）", en="Editable charts (Excel)"),
    "contents": Words(zh="目录", en="Contents"),
    "copied": Words(zh="已复制", en="copied"),
    "copy_picture": Words(zh="复制图片", en="Copy picture"),
    "copy_table": Words(zh="复制表格", en="Copy table"),
    "county": Words(zh="县（市、区）", en="County"),
    "refused": Words(
        zh="浏览器不允许直接复制：已选中，请按 Ctrl+C（苹果电脑按 ⌘C），或下载文件",
        en="the browser does not allow it: it is selected, press Ctrl+C (⌘C on a Mac), or download the file",
    ),
    "region": Words(zh="区域", en="Region"),
    "figure": Words(zh="图", en="Figure"),
    "files": Words(zh="文件", en="Files"),
    "file": Words(zh="数据文件", en="Data file"),
    "id": Words(zh="编号", en="ID"),
    "index": Words(zh="数字索引", en="Numbers"),
    "index_title": Words(
        zh="报告中每个数的编号与出处", en="Every number of the report: its ID and where it stands"
    ),
    "made": Words(zh="生成日期", en="Made on"),
    "note": Words(zh="注：", en="Note: "),
    "numbers": Words(zh="图中数据", en="Numbers behind the figure"),
    "other": Words(zh="English", en="中文"),
    "pdf": Words(zh="分析报告（PDF）", en="Report (PDF)"),
    "place": Words(zh="位置", en="Place"),
    "printed": Words(zh="印出的数", en="As printed"),
    "print": Words(zh="打印", en="Print"),
    "report": Words(zh="分析报告（Word）", en="Report (Word)"),
    "rows": Words(zh="行数", en="Rows"),
    "rule": Words(zh="评价标准", en="Rule"),
    "same": Words(zh="印有同一数的表格单元", en="Table cells that print the same number"),
    "search": Words(zh="查找图表与文字", en="Search figures, tables and text"),
    "found": Words(zh="处", en="found"),
    "none_found": Words(zh="没有找到", en="Nothing found"),
    "sheet": Words(zh="工作表", en="Sheet"),
    "summary": Words(zh="摘要", en="Summary"),
    "skip": Words(zh="跳到正文", en="Skip to the content"),
    "slides": Words(zh="汇报幻灯片（PowerPoint）", en="Slides (PowerPoint)"),
    "source": Words(zh="数据来源", en="Source"),
    "table": Words(zh="表", en="Table"),
    "title": Words(zh="表名", en="Title"),
    "unrounded": Words(zh="未舍入的数", en="Unrounded"),
    "unit": Words(zh="单位：", en="Unit: "),
    "workbook": Words(zh="数据台账（Excel）", en="Ledger (Excel)"),
    "year": Words(zh="年度", en="Year"),
}
