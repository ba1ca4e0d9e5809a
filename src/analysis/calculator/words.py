"""Every text of the calculator, in both languages."""

from __future__ import annotations

from ..schema import Words

# Sheets
GUIDE = Words(zh="填写说明", en="Instructions")
SCHOOLS = Words(zh="学校数据", en="Schools")
RESULT = Words(zh="结论", en="Result")
BALANCE = Words(zh="差异系数", en="Dispersion")
BY_SCHOOL = Words(zh="各校结论", en="By school")
BASIS = Words(zh="学段核算", en="Stages")
RULES = Words(zh="标准", en="Rules")
LISTS = Words(zh="下拉列表", en="Lists")
UNITS = Words(zh="{stage}指标", en="{stage}")

# What formulas answer
YES, NO = Words(zh="是", en="yes"), Words(zh="否", en="no")
MISSING = Words(zh="缺", en="missing")
UNKNOWN = Words(zh="未知", en="unknown")
NO_NAME = Words(zh="（未填校名）", en="(no name)")
MET = Words(zh="达标", en="met")
FLOOR = Words(zh="未达标", en="short")
BELOW = Words(zh="低于底线", en="below floor")
NO_FIGURE = Words(zh="缺数据", en="no figure")
NOT_JUDGED = Words(zh="不判定", en="not judged")
COMMA = Words(zh="、", en="; ")

# Sheet 学校数据
COUNTY = Words(zh="县（市、区）", en="County")
YEAR = Words(zh="年份", en="Year")
HINTS = Words(zh="提示", en="Hints")
DATA_TITLE = Words(zh="义务教育学校数据（每校一行，最多{rows}所）", en="Schools, one row each (up to {rows})")
HINT_NAME = Words(zh="请填学校名称", en="fill in the name")
HINT_TWICE = Words(zh="与另一行校名相同", en="same name as another row")
HINT_TYPE = Words(zh="请从下拉列表选办学类型", en="choose the school type from the list")
HINT_TEXT = Words(zh="有负数或不是数字的内容，按缺数据处理", en="negative or not a number: taken as missing")
HINT_PUPILS = Words(zh="缺学生数", en="pupils are missing")
HINT_MORE = Words(zh="{part}大于{whole}", en="{part} exceeds {whole}")
ASK_NUMBER = Words(
    zh="请填不小于0的数；不清楚的留空，不要填0。",
    en="A number, 0 or more; leave blank what is not known, do not write 0.",
)
ASK_CHOICE = Words(zh="请从下拉列表选。", en="Choose from the list.")

# Sheet 学段核算
BASIS_TITLE = Words(zh="各校学段、学生数与评估范围", en="Stages, pupils and scope of each school")
BASIS_NOTE = Words(
    zh="加权学生数＝各学段学生数×权重之和，一贯制学校、完全中学的共用设施按它拆分到学段。缺一个学段的学生数，全校的共用设施就无法拆分。",
    en="Weighted pupils = Σ pupils × weight over the school's stages; shared facilities of combined schools are split by it. "
    "Where the pupils of one stage are missing, nothing shared can be split.",
)
SCHOOL = Words(zh="学校", en="School")
TYPE = Words(zh="办学类型", en="School type")
PUPILS_OF = Words(zh="{stage}学生数", en="Pupils, {stage}")
ALL_PUPILS = Words(zh="全校学生数", en="All pupils")
WEIGHTED = Words(zh="加权学生数", en="Weighted pupils")
OUT_BY_KIND = Words(zh="类型、举办者不纳入的原因", en="Out by type or ownership")
OUT_BY_SIZE = Words(zh="规模不纳入的原因", en="Out by size")

# Sheets of the stages
UNITS_TITLE = Words(zh="{stage}各校资源配置指标", en="Resource indicators, {stage}")
UNITS_NOTE = Words(
    zh="深色格（▲）低于底线，浅色格（▲）未达标但不低于底线，“缺”表示没有数据（不按0计，也不算达标）。",
    en="Dark cells (▲) are below the floor, light cells (▲) short of the standard but not below the floor; "
    "“missing” is neither 0 nor a pass.",
)
UNITS_NOTE_PLAIN = Words(
    zh="“缺”表示没有数据（不按0计，也不算达标）。", en="“missing” is neither 0 nor a pass."
)
IN_SCOPE = Words(zh="纳入评估", en="In scope")
PUPILS = Words(zh="学生数", en="Pupils")
VALUES = Words(zh="指标值", en="Values")
RESOURCES = Words(zh="资源总量（全校或本学段）", en="Resources of the school or stage")
DIVISORS = Words(zh="分母", en="Denominators")
STATUSES = Words(zh="判定", en="Status")
COUNTS = Words(zh="项数", en="Indicators")
STANDARD = Words(zh="标准", en="Standard")
VERDICT = Words(zh="结论", en="Verdict")

# Sheet 差异系数
BALANCE_TITLE = Words(
    zh="校际差异系数（按学生数加权）", en="Coefficients of variation between schools, pupil-weighted"
)
BALANCE_NOTE = Words(
    zh="平均值＝资源总量÷学生总数；标准差按学生数加权；差异系数＝标准差÷平均值。有缺数据时，“最低可能值”也高于限值才判未达标，否则待定。",
    en="Mean = total resources / total pupils; the standard deviation is weighted by pupils; CV = sd / mean. Where figures "
    "are missing it fails only when its lowest possible value is above the limit.",
)
COMBINED = Words(zh="综合差异系数", en="Mean of the CVs")
MEAN = Words(zh="全县平均值", en="County mean")
SD = Words(zh="标准差", en="Standard deviation")
CV = Words(zh="差异系数", en="CV")
LIMIT = Words(zh="限值（不高于）", en="Limit (at most)")
N = Words(zh="参与计算的单位数", en="Units with the figure")
N_MISSING = Words(zh="缺数据的单位数", en="Units without it")
CV_LOW = Words(zh="最低可能值", en="Lowest possible CV")

# Sheet 各校结论
BY_SCHOOL_TITLE = Words(zh="各校结论", en="Verdict of each school")
SCHOOL_VERDICT = Words(zh="学校结论", en="School")
SHORT_OF = Words(zh="{stage}未达标的指标", en="{stage}: short of")
LACKS = Words(zh="{stage}缺的数据", en="{stage}: no figure for")
OUT = Words(zh="不纳入", en="not in scope")

# Sheet 结论
RESULT_TITLE = Words(zh="义务教育校际资源配置自查结论", en="Self-check of resources between schools")
COUNTY_VERDICT = Words(zh="全县结论", en="County")
ITEM, TOTAL = Words(zh="项目", en="Item"), Words(zh="合计", en="Total")
SCHOOLS_ROW = Words(zh="学校（所）", en="Schools")
UNITS_ROW = Words(zh="{stage}办学单位（个）", en="Units, {stage}")
CVS_ROW = Words(zh="差异系数（项）", en="Coefficients of variation")
OPEN_HINTS = Words(zh="“学校数据”表中还有{0}行有提示。", en="{0} row(s) of the sheet Schools carry hints.")
NOT_HERE = Words(
    zh="本结论只涉及学校资源配置和校际差异；政府保障程度、教育质量、社会认可度等县级指标另行评估。",
    en="This covers resources and their dispersion between schools alone; the county's other items are judged elsewhere.",
)
HOW_DECIDED = Words(
    zh="达标：每个办学单位和每项差异系数都达标。未达标：有一个未达标。待定：缺少数据或标准，结论取决于所缺的内容。",
    en="Met: every unit and every coefficient. Not met: at least one fails. Undetermined: it depends on what is missing.",
)

# Sheet 标准
RULES_TITLE = Words(zh="标准：{title}（{source}）", en="Rules: {title} ({source})")
RULES_NOTE = Words(
    zh="由规则集 {id} 写入。本表受保护、不设密码；本省另有规定的，先撤销工作表保护再修改，各表随之重算。",
    en="Written from the rule set {id}. Protected without a password: unprotect to set your province's own figures; "
    "all sheets follow.",
)
CODE, INDICATOR, UNIT = (
    Words(zh="编号", en="No."), Words(zh="指标", en="Indicator"), Words(zh="单位", en="Unit"),
)  # fmt: skip
PER = Words(zh="每（名学生）", en="Per (pupils)")
SPLIT = Words(zh="拆分", en="Split")
CLAUSE = Words(zh="依据", en="Clause")
CERTAINTY = Words(zh="可靠程度", en="Certainty")
SETTING, VALUE = Words(zh="规则", en="Rule"), Words(zh="取值", en="Value")
AT_LEAST_MET = Words(zh="每个办学单位至少达标的项数", en="Indicators that a unit must meet, at least")
FLOOR_SHARE = Words(
    zh="其余指标的底线（标准的比例；空格表示没有底线）",
    en="Floor of the others, as a share of the standard (blank: none)",
)
STAGE = Words(zh="学段", en="Stage")
WEIGHT = Words(zh="拆分权重", en="Pupil weight")
LIMIT_EACH = Words(zh="每项差异系数限值", en="Limit of each CV")
LIMIT_MEAN = Words(zh="综合差异系数限值", en="Limit of the mean CV")
HAS_STAGE = Words(zh="有{stage}", en="Has {stage}")
JUDGED = Words(zh="是否评估", en="Judged")
LEAST_PUPILS = Words(zh="最少学生数", en="Least pupils")

# Sheet 填写说明; lines that begin with # are headings
GUIDE_TITLE = Words(zh="自动计算表使用说明", en="How to use this calculator")
GUIDE_LINES = (
    Words(zh="# 一、怎么用", en="# 1  What to do"),
    Words(
        zh="只需填“学校数据”表，其他表自动计算。白色格可填，其他格受保护（无密码）。",
        en="Fill in the sheet Schools alone; all other sheets compute themselves. White cells are open, the rest are "
        "protected (no password).",
    ),
    Words(
        zh="每校一行，同一所学校不要填两行；一贯制学校、完全中学各学段的学生和教师分开填，校舍、场地、设备只填全校一个总数。",
        en="One row for each school. Combined schools give pupils and teachers by stage, buildings, grounds and equipment once.",
    ),
    Words(
        zh="可以从别的表复制粘贴，请用“选择性粘贴—数值”，以免改动格式。“教学仪器设备值”按万元填。",
        en="Paste as values, so that formats stay. Teaching equipment is filed in 万元 (ten thousands of yuan).",
    ),
    Words(
        zh="“学校数据”表最右边的“提示”列为空，才表示这一行没有问题。",
        en="A row is in order when the column Hints at its right end is blank.",
    ),
    Words(zh="# 二、不清楚的留空", en="# 2  Leave blank what is not known"),
    Words(
        zh="空白表示没有数据，0表示确实没有，二者结论不同。没有数据既不算达标，也不算未达标：只有无论缺的是多少结论都一样时才下结论，否则为“待定”。",
        en="Blank means not known, 0 means none. What is missing is neither met nor failed: a verdict is given only where it "
        "would be the same for every possible figure, else it is undetermined.",
    ),
    Words(
        zh="学校没有的学段留空；有这个学段但今年没有学生的填0。",
        en="Leave stages blank that the school does not have; write 0 where a stage has no pupils this year.",
    ),
    Words(zh="# 三、怎么看结果", en="# 3  How to read it"),
    Words(
        zh="“结论”：全县结论和达标、未达标、待定的个数。“各校结论”：每所学校的结论、未达标的指标、缺的数据。",
        en="Result: the county's verdict and counts. By school: each school's verdict, what it is short of, what is missing.",
    ),
    Words(
        zh="各学段指标表：每所学校的指标值，未达标的格变色并加▲。“差异系数”：平均值、标准差、差异系数和判定。",
        en="The sheets of the stages: each school's values, those short of the standard shaded and marked ▲. Dispersion: mean, "
        "standard deviation, coefficient of variation and verdict.",
    ),
    Words(
        zh="“学段核算”：学段、加权学生数和评估范围。“标准”：标准值、底线、限值、拆分权重、评估范围及其依据。",
        en="Stages: stages, weighted pupils and scope. Rules: thresholds, floor, limits, weights, scope, with their clauses.",
    ),
    Words(zh="# 四、怎么判定", en="# 4  How it decides"),
    Words(
        zh="指标值不先除后比，而是比较“资源×系数”与“标准×学生数”，两边保留6位小数：所填数不超过4位小数时，正好等于标准的算达标，差一点的不算。",
        en="A figure meets the standard when resource × factor ≥ standard × pupils, both to 6 decimals: figures of up to 4 "
        "decimals are decided exactly, so that what equals the standard meets it.",
    ),
    Words(
        zh="差异系数与限值的比较保留12位小数。显示的小数位数不影响判定。",
        en="Coefficients of variation are compared with their limit to 12 decimals. What is displayed does not decide.",
    ),
    Words(
        zh="本表适用于Excel 2010及以后版本、WPS表格和LibreOffice，不需要联网，不含宏。",
        en="Works in Excel 2010 and later, WPS and LibreOffice, offline, without macros.",
    ),
)  # fmt: skip
