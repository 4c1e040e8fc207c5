"""The fixed sentences of the public pages, by the name that the templates call them."""

from typing import Final

from dianchi.domain.refusals import Text

PHRASES: Final[dict[str, Text]] = {
    "recall": Text("召回", "Recall"),
    "code": Text("电池编码", "Battery code"),
    "state": Text("现在的状态", "Its state now"),
    "to_do": Text("您该怎么做", "What to do"),
    "facts": Text("电池信息", "About this battery"),
    "kind": Text("类型", "Kind"),
    "chemistry": Text("化学体系", "Chemistry"),
    "capacity": Text("额定容量", "Rated capacity"),
    "energy": Text("额定能量", "Rated energy"),
    "maker": Text("制造企业", "Maker"),
    "made": Text("制造年月", "Made"),
    "not_known": Text("未登记", "not on record"),
    "origin": Text("来历", "Origin"),
    "second_life": Text(
        "由退役电池重组而成，产品上保留原电池的编码。",
        "Built from retired batteries; their codes stay on the product.",
    ),
    "label": Text("标签", "Label"),
    "label_old": Text(
        "您扫描的标签是第 {scanned} 版，有效的是第 {valid} 版：它已被替换。"
        "请看电池上是否有新标签。",
        "The label you scanned is revision {scanned}; the valid one is {valid}: yours was replaced."
        " Look for the newer label on the battery.",
    ),
    "label_first": Text(
        "有效的标签是第 {valid} 版。如果您刚扫描了一张没有版次的标签，它已被替换。",
        "The valid label is revision {valid}. If you scanned one without a revision, it was"
        " replaced.",
    ),
    "label_unknown": Text(
        "记录中没有第 {scanned} 版标签，这张标签可能是仿造的。请在下方反映。",
        "No label of revision {scanned} is on record: yours may be forged. Please report it below.",
    ),
    "safety": Text("安全须知", "Safety"),
    "outlets": Text("回收网点", "Recycling outlets"),
    "outlets_lead": Text(
        "以下网点持有有效许可，可免费咨询交付事宜。",
        "These outlets hold a valid permit; ask them how to hand a battery over.",
    ),
    "outlets_choose": Text("请选择州市", "Choose a prefecture"),
    "outlets_none": Text(
        "这里还没有登记的网点。请拨打 12345 询问。",
        "No outlet is registered here yet. Please call 12345.",
    ),
    "county": Text("区县", "County"),
    "county_unknown": Text("未登记区县", "County not on record"),
    "find_outlet": Text("查找附近的回收网点", "Find an outlet nearby"),
    "complain": Text("交电池，提意见", "Hand it over, or complain"),
    "wrong_label": Text("反映标签问题", "Report a wrong label"),
    "refused": Text("网点拒收？投诉", "Not taken back? Complain"),
    "receipt": Text("回收收据", "Receipt"),
    "receipt_true": Text("记录中有这份收据", "This receipt is on record"),
    "receipt_true_meaning": Text(
        "下列电池已由网点接收，记录不可更改。",
        "The outlet took these batteries in; the record cannot be changed.",
    ),
    "letter": Text("监管函件", "Letter of an authority"),
    "letter_true": Text("平台发出过这份函件", "This letter was sent"),
    "letter_true_meaning": Text(
        "下列内容应与纸面一致；SHA-256 不同，纸面就不是原件。",
        "It should agree with the paper; where the SHA-256 differs, the paper is not the original.",
    ),
    "letter_kind": Text("种类", "Kind"),
    "letter_inquiry": Text("督促函", "Letter of inquiry"),
    "letter_order": Text("责令改正通知书", "Order of correction"),
    "letter_day": Text("日期", "Day"),
    "letter_authority": Text("发函单位", "Authority"),
    "letter_hash": Text("内容 SHA-256", "SHA-256 of what it says"),
    "file_receipt_true": Text("记录中有这份回执", "This receipt is on record"),
    "file_receipt_true_meaning": Text(
        "文件的 SHA-256 与下面一致，就是当时上传的那一份；其内容记在不可更改的日志里。",
        "A file with the SHA-256 below is the one that was sent; what it reported stands in the log"
        " that nobody can change.",
    ),
    "file_receipt_day": Text("出具时间", "Issued"),
    "file_receipt_firm": Text("上传单位", "Sent by"),
    "file_receipt_rows": Text("行数", "Rows"),
    "file_receipt_recorded": Text("已在记录中", "On record"),
    "file_receipt_log": Text("日志序号", "Log indexes"),
    "file_receipt_hash": Text("文件 SHA-256", "SHA-256 of the file"),
    "receipt_waiting": Text(
        "已保存，正在写入不可更改的日志。",
        "Stored; it is being written into the log that nobody can change.",
    ),
    "receipt_withdrawn": Text("这份收据已被更正", "This receipt was corrected"),
    "receipt_withdrawn_meaning": Text(
        "网点后来撤回或更正了这次登记。请向网点要新的收据。",
        "The outlet withdrew or corrected this report later. Ask it for a new receipt.",
    ),
    "receipt_absent": Text("没有这份收据", "No such receipt"),
    "receipt_absent_meaning": Text(
        "没有找到这个编号。请对照收据逐位核对；手机上的临时收据在同步后才有正式编号。",
        "This number was not found. Compare it with the slip; a provisional slip of a phone gets"
        " its number once the phone was online.",
    ),
    "transfer": Text("调拨单", "Transfer slip"),
    "transfer_true": Text("记录中有这张调拨单", "This slip is on record"),
    "transfer_true_meaning": Text(
        "下列电池已在同一单位的两个站点之间调拨，记录不可更改。",
        "The firm moved these batteries between two of its own sites; the record cannot be"
        " changed.",
    ),
    "transfer_day": Text("调拨日期", "Moved on"),
    "transfer_firm": Text("单位", "Firm"),
    "receipt_number": Text("收据编号", "Number"),
    "receipt_day": Text("接收时间", "Taken in"),
    "receipt_outlet": Text("接收单位", "By"),
    "receipt_site": Text("网点", "Outlet"),
    "receipt_packs": Text("数量", "Packs"),
    "receipt_mass": Text("质量", "Mass"),
    "conformity": Text("联调自测报告", "Report of a conformity run"),
    "conformity_passed": Text("自测已全部完成", "The system did all that was asked"),
    "conformity_passed_meaning": Text(
        "该单位的系统在沙盒环境中完成了本方案的全部任务。这不是正式数据。",
        "In the sandbox the firm's system did every task of this scenario. It is no true data.",
    ),
    "conformity_failed": Text("自测未全部完成", "Not all was done"),
    "conformity_failed_meaning": Text(
        "该单位的系统在沙盒环境中只完成了部分任务。",
        "In the sandbox the firm's system did some of the tasks only.",
    ),
    "conformity_absent": Text("没有这份报告", "No such report"),
    "conformity_absent_meaning": Text(
        "没有找到这个编号，或自测尚未结束。请对照报告逐位核对。",
        "This number was not found, or the run goes on. Compare it with the report.",
    ),
    "conformity_number": Text("报告编号", "Number"),
    "conformity_firm": Text("单位", "Firm"),
    "conformity_scenario": Text("自测方案", "Scenario"),
    "conformity_day": Text("结束时间", "Ended"),
    "conformity_tasks": Text("完成任务", "Tasks done"),
    "conformity_digest": Text("报告 SHA-256", "SHA-256 of the report"),
    "not_weighed": Text("未称重", "not weighed"),
    "privacy": Text(
        "本页不公开所有人、车辆、位置、价格和履历。",
        "Owner, vehicle, place, price and history are not shown to the public.",
    ),
    "absent": Text("没有可公开的信息", "Nothing to show"),
    "absent_meaning": Text(
        "没有找到与这个编码对应的公开信息。",
        "We have no public information for this code.",
    ),
    "asked": Text("您查询的编码", "The code you asked for"),
    "why": Text("编码的问题", "What is wrong with the code"),
    "absent_scan": Text(
        "请对照标签逐位核对，或重新扫描。",
        "Compare it with the label character by character, or scan again.",
    ),
    "absent_new": Text(
        "编码无误也可能查不到：很多电池尚未登记。",
        "The code may be right: many batteries are not registered yet.",
    ),
    "absent_care": Text(
        "来历不明的电池请勿使用，交给有资质的回收网点。",
        "Do not use a battery of unknown origin: hand it to an authorised outlet.",
    ),
    "home": Text("首页", "Home"),
    "welcome": Text("每块电池，一份可信的档案", "One trusted record for every battery"),
    "welcome_lead": Text(
        "从生产、装车、退役、回收，到梯次利用和再生材料：云南的动力电池去了哪里，这里说得清。",
        "Made, fitted, retired, collected, used again, recycled into new material: "
        "where the traction batteries of Yunnan went, told so that it can be checked.",
    ),
    "scan_title": Text("如何查一块电池", "How to look up a battery"),
    "scan_1": Text(
        "用手机相机或微信扫一扫电池标签上的二维码。",
        "Point your phone's camera at the QR code on the battery's label.",
    ),
    "scan_2": Text(
        "打开出现的网址，无需安装应用。", "Open the address that appears: no app needed."
    ),
    "scan_3": Text(
        "没有二维码？在浏览器地址后面加上编码：",
        "No QR code? Type the code after this address:",
    ),
    "scan_code": Text("24 位编码", "24-character code"),
    "sample_title": Text("看一个例子", "See an example"),
    "sample_none": Text(
        "还没有电池。第一份报告到达后，这里会出现示例。",
        "No battery yet. An example appears here after the first report.",
    ),
    "people_title": Text("工作人员", "For those who work with it"),
    "sign_in": Text("登录", "Sign in"),
    "sign_in_note": Text("账号、密码和手机验证器", "account, password and authenticator"),
    "build_title": Text("接入系统", "For developers"),
    "console": Text("工作台", "The console"),
    "console_note": Text(
        "单位与监管部门：查电池、看异常、上传表格",
        "firms and authorities: look up batteries, see findings, send workbooks",
    ),
    "scanner": Text("扫码", "The scanner"),
    "scanner_note": Text(
        "网点手机，先由单位绑定；没有网络也能用",
        "phones of outlets, bound by their firm; works without a network",
    ),
    "docs": Text("接口文档", "API documentation"),
    "docs_note": Text("逐个接口试用", "try every route in the browser"),
    "openapi_note": Text("接口的机器可读描述", "the API for machines"),
    "roles_title": Text("用演示角色试一试", "Try it in a role"),
    "roles_note": Text(
        "启动本服务的终端里，为每个角色印有一把密钥和一条可直接运行的 curl 命令：",
        "The terminal that started this service prints a key and a ready curl line for each role:",
    ),
    "role_clerk": Text("回收网点员：登记收到的电池", "Outlet clerk: registers what comes in"),
    "role_operator": Text(
        "铁塔运营商：批量上报退役电池", "Tower operator: reports thousands at once"
    ),
    "role_regulator": Text(
        "主管部门：查去向、查逾期", "Regulator: asks where it went and who is late"
    ),
}
