"""The sentences of these pages, by the name that the templates call them."""

from typing import Final

from dianchi.domain.refusals import Text

PHRASES: Final[dict[str, Text]] = {
    "sign_in": Text("登录", "Sign in"),
    "sign_in_lead": Text(
        "企业、网点和监管部门的工作人员在此登录。",
        "For the people of firms, outlets and authorities.",
    ),
    "login": Text("登录名", "Login"),
    "password": Text("密码", "Password"),
    "provider": Text("用单位统一身份登录", "Sign in with your organisation's account"),
    "provider_link": Text("改用单位统一身份", "Use your organisation's account instead"),
    "lost": Text(
        "没有账号或忘记密码？请向邀请您的负责人要一个新链接。",
        "No account, or the password is lost? Ask whoever invited you for a new link.",
    ),
    "second": Text("第二步验证", "Second step"),
    "second_lead": Text(
        "请打开手机上的验证器，输入现在显示的 6 位数字。",
        "Open the authenticator on your phone and type the six digits it shows now.",
    ),
    "code": Text("验证码", "Code"),
    "code_hint": Text(
        "手机不在身边？输入一个备用码。", "Phone not at hand? Type one of your recovery codes."
    ),
    "go_on": Text("继续", "Go on"),
    "lost_phone": Text(
        "手机和备用码都丢了？请向邀请您的负责人要一个清除验证器的新链接。",
        "Phone and recovery codes both lost? Ask whoever invited you for a link that clears them.",
    ),
    "hello": Text("欢迎加入", "Welcome"),
    "hello_lead": Text(
        "请设置登录名和密码。此链接只能使用一次。",
        "Choose a login and a password. This link works once.",
    ),
    "you": Text("您的身份", "Who you are"),
    "name": Text("姓名", "Name"),
    "organisation": Text("单位", "Organisation"),
    "role": Text("角色", "Role"),
    "area": Text("辖区", "Area"),
    "department": Text("部门", "Department"),
    "bound_to": Text("可查阅的单位", "May look at"),
    "manages": Text("负责人员管理", "Looks after people"),
    "yes": Text("是", "yes"),
    "ends": Text("权限截止", "Last day"),
    "whole_province": Text("全省", "the province"),
    "platform": Text("本平台", "This platform"),
    "session_until": Text("本次登录有效至", "Signed in until"),
    "login_hint": Text("如 zhang.wei；汉字也可以。", "Such as zhang.wei."),
    "new_password": Text("新密码", "New password"),
    "password_hint": Text(
        "至少 12 个字符。几个不相干的词连成一句，好记又难猜。",
        "12 characters or more. A few unrelated words are easy to keep and hard to guess.",
    ),
    "again": Text("再输一次", "Once more"),
    "begin": Text("设置并登录", "Set and sign in"),
    "gone": Text("链接已失效", "This link has ended"),
    "gone_lead": Text(
        "它已被使用、已过期，或不完整。",
        "It was used, is too old, or is not complete.",
    ),
    "next": Text("您该怎么做", "What to do"),
    "gone_ask": Text("请向邀请您的负责人要一个新链接。", "Ask whoever invited you for a new link."),
    "gone_admin": Text(
        "平台管理员：在运行服务的机器上执行",
        "Administrator of the platform: on the machine of the service run",
    ),
    "gone_sign_in": Text("已经设置过密码：去登录", "The password is set already: sign in"),
    "busy": Text("请稍后再试", "Try again in a moment"),
    "busy_others": Text(
        "同一网络里登录过多时，大家都要等一会儿；您的账号没有问题。",
        "When one network tries too often, all of it waits; nothing is wrong with your account.",
    ),
    "busy_lookups": Text(
        "同一网络里查询过多时，大家都要等一会儿；电池的记录没有变。",
        "When one network looks up too much, all of it waits; nothing changed on the record.",
    ),
    "account": Text("我的账号", "My account"),
    "console": Text("打开工作台", "Open the console"),
    "account_lead": Text(
        "查看身份、登录的设备和密码。", "Who you are, where you are signed in, your password."
    ),
    "sign_out": Text("退出登录", "Sign out"),
    "sessions": Text("登录的设备", "Where you are signed in"),
    "here": Text("本机", "here"),
    "since": Text("登录于", "since"),
    "until": Text("至", "until"),
    "end": Text("结束", "End"),
    "end_all": Text("全部结束（包括本机）", "End all, this one too"),
    "unknown_device": Text("未知设备", "Unknown device"),
    "change_password": Text("修改密码", "Change the password"),
    "old_password": Text("现在的密码", "Present password"),
    "change_ends": Text(
        "修改后，其他设备上的登录全部结束。", "Every other session ends with the change."
    ),
    "phone_on": Text(
        "已开启：登录时需要手机验证码。", "On: signing in takes a code of your phone."
    ),
    "phone_off": Text(
        "未开启。开启后，只知道密码的人无法登录。",
        "Off. With it, knowing the password is not enough to get in.",
    ),
    "phone_add": Text("绑定手机验证器", "Add an authenticator"),
    "phone_change": Text("更换手机验证器", "Change the authenticator"),
    "phone_lead": Text(
        "绑定后，登录时除密码外还需手机上的 6 位数字。",
        "From then on signing in takes six digits of your phone besides the password.",
    ),
    "phone_must": Text(
        "监管人员和平台管理员须绑定手机验证器，才能查看数据。",
        "Regulators and administrators add an authenticator before they can read anything.",
    ),
    "phone_1": Text(
        "在手机上安装任一验证器应用（TOTP），或使用手机自带的。",
        "Have any authenticator app (TOTP) on your phone; many phones bring one.",
    ),
    "phone_2": Text("点击下面的按钮，用它扫描二维码。", "Press the button, scan the QR code."),
    "phone_3": Text(
        "输入它显示的 6 位数字，然后抄下备用码。",
        "Type the six digits it shows, then write down the recovery codes.",
    ),
    "show_qr": Text("显示二维码", "Show the QR code"),
    "qr_again": Text("重新生成二维码", "Make another QR code"),
    "scan": Text("用验证器扫描", "Scan with the authenticator"),
    "scan_lead": Text("二维码只显示这一次。", "The QR code is shown this once."),
    "no_camera": Text("无法扫描？", "Cannot scan?"),
    "type_secret": Text("在验证器中手工输入：", "Type this into the authenticator:"),
    "first_code": Text("验证器显示的 6 位数字", "The six digits it shows"),
    "first_code_hint": Text("每 30 秒换一次。", "They change every 30 seconds."),
    "confirm": Text("确认绑定", "Confirm"),
    "recovery": Text("请抄下备用码", "Write down your recovery codes"),
    "recovery_lead": Text(
        "手机丢失时，每个备用码可代替验证码一次。此页只显示这一次。",
        "When the phone is lost, each of them replaces a code once. They are shown this once.",
    ),
    "write_down": Text("备用码（请存放在手机以外的地方）", "Keep them away from the phone"),
    "written": Text("已抄好，进入我的账号", "I have them: go on to my account"),
    "waiting": Text("待确认的权限", "Waiting for a second person"),
    "waiting_lead": Text(
        "监管和审计人员的权限须由第二人确认；请先向本人核实。",
        "What regulators and auditors may takes a second person. Ask the person first.",
    ),
    "nothing_waits": Text(
        "现在没有待确认事项。平台管理员邀请监管或审计人员后，会出现在这里。",
        "Nothing waits now. Once an administrator invites a regulator or an auditor, it is here.",
    ),
    "act_invite": Text("邀请", "Invite"),
    "act_link": Text("新链接", "A new link for"),
    "act_powers": Text("改变权限：", "Change what is open to"),
    "clears_codes": Text(
        "同时清除本人的手机验证器。", "The authenticator is forgotten with it, too."
    ),
    "proposed_at": Text("提出于", "proposed"),
    "vouch": Text("我已核实，确认", "I have checked it: confirm"),
    "decline": Text("拒绝", "Decline"),
    "withdraw": Text("撤回", "Withdraw"),
    "vouched": Text("已确认", "Confirmed"),
    "vouched_lead": Text("已记入审计日志。", "It is in the audit log."),
    "hand_over": Text(
        "请亲手把此链接交给本人。它只显示这一次，只能使用一次，24 小时内有效。",
        "Hand this link over yourself. It is shown this once, works once, and for 24 hours.",
    ),
    "back": Text("返回", "Back"),
    "wrong_label": Text("反映标签问题", "Report a wrong label"),
    "wrong_label_lead": Text(
        "标签与电池不符、像是仿造、被撕换：请告诉当地监管部门。不需要姓名。",
        "The label does not fit the battery, seems forged or was swapped: tell the authority of"
        " the area. No name is needed.",
    ),
    "wrong_label_hint": Text(
        "例如：在哪里看到，电池上实际写着什么。",
        "For instance: where you saw it, and what the battery itself says.",
    ),
    "refused": Text("拒收投诉", "A battery was not taken back"),
    "refused_lead": Text(
        "网点拒收废旧动力电池，或要求不合理的费用：请告诉当地监管部门。不需要姓名。",
        "An outlet refused a used battery, or asked an unfair fee: tell the authority of the area."
        " No name is needed.",
    ),
    "refused_hint": Text(
        "例如：哪个网点，哪一天，怎么说的。",
        "For instance: which outlet, which day, what was said.",
    ),
    "complaint_battery": Text("电池编码", "Battery code"),
    "if_known": Text("不知道可以不填", "leave it empty if you do not know it"),
    "complaint_place": Text("所在州市", "Where it was"),
    "choose": Text("请选择", "choose"),
    "complaint_told": Text("情况", "What happened"),
    "complaint_contact": Text("联系方式（可不填）", "How to reach you (optional)"),
    "complaint_contact_hint": Text(
        "只给办理的监管部门看，办结时删除。",
        "only the authority that sees to it reads this; it is erased when the case is closed",
    ),
    "leave_empty": Text("请勿填写", "leave this empty"),
    "send": Text("提交", "Send"),
    "complaint_privacy": Text(
        "内容加密保存，不进入电池的公开记录。",
        "What you write is encrypted and never enters the record of the battery.",
    ),
    "thanks": Text("已收到，谢谢", "Received, thank you"),
    "thanks_lead": Text(
        "当地监管部门会看到这份反映。", "The authority of the area will see your report."
    ),
    "complaint_number": Text("编号", "Number"),
    "thanks_next": Text(
        "请记下编号；询问进展可拨打 12345。遇起火、冒烟请立即拨打 119。",
        "Keep the number; call 12345 to ask about it. In case of fire or smoke, call 119 at once.",
    ),
    "receipt": Text("电池到货确认", "Did these batteries arrive?"),
    "receipt_lead": Text(
        "发货单位说，下列废旧动力电池已交给贵单位。请确认收到，或拒收。",
        "The sender says that it handed these used traction batteries to you. Please confirm or"
        " decline.",
    ),
    "receipt_claimed": Text("发货单位所报", "What the sender reported"),
    "receipt_sender": Text("发货单位", "Sender"),
    "receipt_receiver": Text("收货单位", "Receiver"),
    "receipt_handover": Text("移交单号", "Hand-over"),
    "receipt_left": Text("发出日期", "Left on"),
    "receipt_count": Text("数量", "Packs"),
    "receipt_list": Text("电池编码", "Codes of the batteries"),
    "receipt_decision": Text("结果", "Your answer"),
    "receipt_confirmed": Text("全部收到", "all of them arrived"),
    "receipt_declined": Text("没有收到，或拒收", "they did not arrive, or were not accepted"),
    "receipt_organisation": Text("贵单位名称", "Your organisation"),
    "receipt_uscc": Text("统一社会信用代码", "Unified social credit code"),
    "receipt_uscc_hint": Text("18 位，见营业执照", "18 characters, on the business licence"),
    "receipt_day": Text("收到（拒收）日期", "Day"),
    "receipt_person": Text("经办人（可不填）", "Your name (optional)"),
    "receipt_note": Text("备注（可不填）", "Note (optional)"),
    "receipt_until": Text("链接只能用一次，有效至", "The link works once, until"),
    "receipt_privacy": Text(
        "本平台没有核实填写人的身份，记录中注明“未核实”。经办人和备注加密保存，只给发货单位看。",
        "This platform has not checked who you are; the record says `unverified`. Name and note"
        " are encrypted and shown to the sender only.",
    ),
    "receipt_given": Text("已记录，谢谢", "Recorded, thank you"),
    "receipt_given_lead": Text(
        "发货单位会看到这份答复，注明“未核实”。这个链接已失效。",
        "The sender sees your answer, marked as unverified. The link works no more.",
    ),
    "no_receipt": Text("链接无效", "This link does not work"),
    "no_receipt_lead": Text(
        "链接已用过、已到期、已收回，或不完整。请向发货单位索取新的链接。",
        "It was used, has ended, was taken back, or is not whole. Ask the sender for a new one.",
    ),
}
