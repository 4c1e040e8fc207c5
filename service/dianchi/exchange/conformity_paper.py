"""The report of a conformity run on paper."""

from typing import Any, Final, Literal

from dianchi.exchange.paper import Paper, local_text
from dianchi.exchange.symbols import qr

Language = Literal["zh", "en"]
_QR_MM: Final = 30.0
_WORDS: Final[dict[str, dict[str, str]]] = {
    "zh": {
        "title": "联调自测报告",
        "number": "编号",
        "firm": "单位",
        "role": "角色",
        "scenario": "自测方案",
        "version": "版本 {version}",
        "begun": "开始",
        "ended": "结束",
        "result": "结论",
        "passed": "全部完成",
        "failed": "未全部完成：{done} / {all}",
        "task": "任务",
        "state": "结果",
        "came": "收到的",
        "way_out": "怎样改：",
        "done": "完成",
        "todo": "未做",
        "wrong": "有误",
        "check": "扫码核对本报告",
        "note": "本报告只说明系统在沙盒环境中的表现，不代表正式数据。",
    },
    "en": {
        "title": "Report of a conformity run",
        "number": "Number",
        "firm": "Firm",
        "role": "Role",
        "scenario": "Scenario",
        "version": "version {version}",
        "begun": "Begun",
        "ended": "Ended",
        "result": "Result",
        "passed": "All done",
        "failed": "Not all done: {done} of {all}",
        "task": "Task",
        "state": "State",
        "came": "What came",
        "way_out": "Way out: ",
        "done": "done",
        "todo": "not done",
        "wrong": "wrong",
        "check": "Scan to check this report",
        "note": "It says how a system did in the sandbox, and nothing of the true record.",
    },
}


def conformity_pdf(told: dict[str, Any], digest: str, address: str, language: Language) -> bytes:
    """The report on A4.

    Args:
        told: the report as its JSON has it.
        digest: SHA-256 of that JSON.
        address: of the page that anybody may check it by.
        language: of the paper.
    """
    words = _WORDS[language]
    paper = Paper(f"{words['title']} {told['number']}", foot=f"滇池 dianchi  {told['number']}")
    paper.heading(words["title"])
    _facts(paper, told, words, language)
    paper.space()
    _tasks(paper, told, words, language)
    paper.space()
    paper.symbol(qr(address), _QR_MM, (words["check"], address, words["note"]))
    paper.pair("SHA-256", digest, face="mono")
    return paper.pdf()


def _facts(paper: Paper, told: dict[str, Any], words: dict[str, str], language: Language) -> None:
    tasks = told["tasks"]
    done = sum(task["state"] == "done" for task in tasks)
    failed = words["failed"].format(done=done, all=len(tasks))
    version = words["version"].format(version=told["version"])
    paper.pair(words["number"], told["number"], face="mono")
    paper.pair(words["firm"], f"{told['organisation_name']} ({told['organisation']})")
    paper.pair(words["role"], told["role_name"][language])
    paper.pair(words["scenario"], f"{told['title'][language]}, {version}")
    paper.pair(words["begun"], local_text(told["begun_at"]))
    paper.pair(words["ended"], local_text(told["ended_at"]))
    paper.pair(words["result"], words["passed"] if told["passed"] else failed)


def _tasks(paper: Paper, told: dict[str, Any], words: dict[str, str], language: Language) -> None:
    rows = [
        (
            f"{n}. {task['title'][language]}",
            words[task["state"]],
            _came(task, words, language),
        )
        for n, task in enumerate(told["tasks"], 1)
    ]
    paper.table((words["task"], words["state"], words["came"]), rows, (0.32, 0.12, 0.56))


def _came(task: dict[str, Any], words: dict[str, str], language: Language) -> str:
    came: str = task["came"][language]
    way = task["way_out"]
    return came if way is None else f"{came} {words['way_out']}{way[language]}"
