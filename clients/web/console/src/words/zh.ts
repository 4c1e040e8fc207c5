import { family, find, life, proof } from './find'
import { acts } from './acts'
import { cases } from './cases'
import { board } from './board.zh'
import { national } from './national'
import { firms, reports } from './reports'

/** Every sentence of the console, Chinese first. */
export const zh = {
  app: { name: '滇池 工作台', short: '滇池', place: '动力电池全生命周期追溯', help: '接口文档', account: '账号与安全', leave: '退出', skip: '跳到正文' },
  groups: { look: '查询', watch: '监督', count: '统计', tell: '上报', join: '接口与密钥' },
  menu: { home: '首页', search: '查找', proof: '日志与证明', batteries: '电池', findings: '异常', obligations: '责任期限', uploads: '上传表格', leaving: '装车核对', packs: '资产包', receipts: '外部签收', hooks: '事件推送', keys: '密钥与系统', work: '派工单', transfers: '利旧调拨', sandbox: '沙盒联调', national: '国家平台', reports: '导出与报表', firm: '单位', recalls: '召回', cases: '案件', board: '态势', layout: '网点布局', capacities: '产能登记', projects: '示范项目', factors: '因子表' },
  search: {
    hint: '编码、网址、VIN、单位、收据号；可粘贴多个', go: '查询',
    none: '没有“{name}”的记录，或您无权查看。', near: '您要找的是不是：',
    other: '编码共 24 位，只含数字和大写字母，没有 I、O、Q。请核对标签，或在电池列表里按阶段和地区查找。',
  },
  sign: {
    title: '登录', login: '登录名', password: '密码', code: '手机验证码', codeHint: '验证器里的 6 位数字，或一个恢复码', go: '登录',
    other: '其他登录方式', lost: '忘记密码？请单位管理员重新发送链接。', phone: '请先绑定手机验证器，再回到这里', phoneGo: '去绑定',
    ended: '登录已结束，请重新登录。', lead: '回收网点、铁塔与站点运营企业、生产与利用企业、监管部门同一入口，登录后各见其事。',
  },
  home: {
    hello: '{name}，您好', as: '{role} · {organisation}', area: '辖区：{area}', province: '全省', open: '未关闭的异常',
    allFindings: '全部异常', allBatteries: '全部电池', noFindings: '没有未关闭的异常。发现上报前后不符时，会在这里列出，并说明怎样更正。',
    noBatteries: '还没有看得见的电池。本单位上报、持有或即将接收的电池会出现在这里。', stages: '按阶段查看', asOf: '截至日志第 {index} 条',
  },
  list: { more: '再看一些', all: '已全部列出，共 {count} 条', shown: '已列出 {count} 条', empty: '没有符合条件的记录。', clear: '清除条件', any: '不限' },
  battery: {
    code: '编码', stage: '阶段', holder: '持有单位', owner: '所有者', site: '站点', prefecture: '地区', chemistry: '化学体系', model: '型号', maker: '生产企业', energy: '额定能量',
    capacity: '额定容量', voltage: '标称电压', mass: '质量', soh: '健康度', host: '装在', last: '最近事件', names: '其他名称', quarantined: '隔离中', held: '风险标记', aside: '不予采信', application: '用途',
    history: '生命史', facts: '档案', family: '谱系', bundle: '下载证明包', label: '标签', asOf: '看某一天的状态', copy: '复制', copied: '已复制',
    own: '您只看得到本单位自己的上报：本单位没有制造、持有过这只电池，也没有要接收它。', events: '{count} 条记录',
    gap: '其间 {days} 天没有记录', corrected: '已更正', late: '补报：发生 {days} 天后才上报', recorded: '上报', agent: '代报', evidence: '日志第 {index} 条',
    pending: '正在写入日志', receipt: '回执', raw: '原始数据', noFamily: '没有谱系记录：没有拆解、再制造、批次等关系。', from: '来自', to: '去向', kg: '{mass} kg', hidden: '其他单位的记录', truncated: '只显示了一部分',
    signed: '单位签名', device: '设备签名', unsigned: '密钥上报', at: '在 {date} 的状态',
  },
  subject: { batch: '批次', lot: '物料', organisation: '单位', pickup: '收运申请', recall: '召回', site: '场所' },
  finding: { what: '情况', code: '类别', severity: '程度', kind: '来源', opened: '发现时间', closed: '关闭时间', closes: '怎样关闭', subject: '对象', state: '状态', stateOpen: '未关闭', stateClosed: '已关闭', stateAll: '全部',
    high: '严重', medium: '较重', low: '一般', info: '提示', life: '单只电池', link: '上下游', clock: '期限与时钟' },
  owed: {
    state: '状态', duty: '义务', due: '到期日', days: '剩余 / 超期', bearer: '责任单位', binding: '约束力', reporter: '上报单位', owedTo: '报送对象', nobody: '记录中未写明',
    statutory: '法定', house: '平台约定', both: '全部', left: '剩 {count} {unit}', over: '超 {count} {unit}', working_days: '个工作日', calendar_days: '天', months: '个月',
    lead: '每只电池的每项责任：哪天到期、谁负责、办了没有。督促函与评价只用法定条目；平台约定的只作提醒。', leadFirm: '贵单位负责或上报的每项责任。平台约定的只作提醒。', unreported: '（未见上报，由他方上报推知）',
    started: '起算', term: '期限', counted: '{amount} {unit}', noRule: '现行规则不再要求', met: '完成', lapsed: '终止', safety: '安全等级', source: '依据', calendar: '工作日历', why: '为何待核', open: '责任期限', all: '全部责任',
    whyUnchecked: '应报全国平台，或发生在单位入驻以前；本平台没有按期记录，但尚未向对方核对，不作违规。', earlier: '原结论', dueThen: '当时到期日 {day}', ruleSet: '规则集 {name}',
    calendars: { notice: '{year} 年国务院放假通知', provisional: '{year} 年尚无通知，按法定节日推算', weekdays: '{year} 年按周一至周五' },
    seen: '（{mark}）',
    marks: { V: '原文见过', V2: '第二手来源', 'R-h': '凭记忆，可信度高', 'R-m': '凭记忆，可信度中', 'R-l': '凭记忆，可信度低', D: '平台约定' },
    states: { overdue: '超期未办', due_soon: '即将到期', unchecked: '待核', due: '未到期', late: '超期已办', met: '按期', lapsed: '已终止', open: '未了结' },
    none: { overdue: '没有超期未办的责任。', due_soon: '没有即将到期的责任。', unchecked: '没有待核的责任。', due: '没有未到期的责任。', late: '没有超期才办的责任。', met: '还没有按期办结的责任。', lapsed: '没有已终止的责任。' },
    dueBetween: '到期日 {from} 至 {to}', reckoned: '计入及时率的：按期、超期已办、超期未办',
    noneOfBattery: '这只电池没有贵方可见的责任期限。',
  },
  keys: {
    title: '密钥', make: '发放密钥', here: '新密钥', whose: '哪家单位', only: '只上报', leadOfficer: '为辖区内的单位发放密钥；丢失或不再使用的，请立即停用。没有按网络地址限制：请用范围和期限收窄。',
    lead: '密钥供贵单位的系统上报和查询，由监管部门发放：请向所在地的监管部门申请，写明身份、用途和期限。丢失或不再使用时，请立即停用。要马上接入，可以在下面自行登记系统。', none: '还没有密钥。请向监管部门申请。', role: '身份', scopes: '可做的事', whole: '全部', until: '有效期至', forever: '不限',
    made: '生成时间', used: '最近使用', never: '从未', prefix: '开头', state: '状态', good: '有效', over: '已过期', revoked: '已停用', revoke: '停用', why: '停用的原因', sure: '停用后 5 秒内失效，不能恢复。', cancel: '取消', report: '上报', read: '查询',
  },
  sandbox: {
    loud: '沙盒环境', apart: '这里的电池、单位和上报都是练习用的，不会进入正式记录、统计、公示和日志。', lead: '联调之前先开一个沙盒：独立的数据库，里面是一个合成的省份，可以真实调用每一个接口。用贵单位自己的系统和沙盒密钥连接即可，无需预约。',
    make: '创建沙盒', preparing: '正在准备：写入合成的省份。第一次约需一两分钟，之后几秒。', failed: '没有准备好，请重试；如果一直这样，请联系运行者。', address: '调用地址', since: '创建', kept: '{days} 天不使用即自动删除',
    giveKey: '生成沙盒密钥', once: '{role}的沙盒密钥，只显示这一次：', lives: '已以贵单位名义登记 {count} 只练习电池，可直接操作。', begin: '开始自测', empty: '清空沙盒', sure: '沙盒里的上报和密钥将全部删除，不能恢复；已结束的自测报告保留。正式数据不受影响。',
    runs: '联调自测', noRuns: '还没有自测。选好角色后点“开始自测”，再让贵单位的系统完成任务。', noReports: '还没有自测报告。企业在沙盒里完成自测后，报告会出现在这里。', published: '现行方案：{list}', number: '编号', firm: '单位', scenario: '方案', begun: '开始', ended: '结束', result: '结论',
    passed: '全部完成', partly: '未全部完成', running: '进行中', version: '版本 {version}', pdf: '下载报告 PDF', json: 'JSON', check: '核对页', end: '结束自测', progress: '完成 {done} / {all}', live: '自动刷新',
    states: { done: '完成', todo: '待做', wrong: '有误' }, expected: '应收到', came: '实际收到', wayOut: '怎样改', example: '示例（另加自己的 event_id）',
  },
  uploads: {
    lead: '把资产系统导出的表格原样传上来：先试运行，逐行说明能否记入；再记入。同一行无论传几次，只记一次。', type: '要报什么', template: '下载模板', choose: '选择文件', drop: '或把文件拖到这里',
    kinds: 'xlsx、xls、ods、csv、ndjson，最大 256 MB、一百万行', none: '还没有传过文件。', name: '文件', state: '进度', rows: '行数', made: '上传时间', sending: '正在发送 {done} / {all} 段', resend: '网络断了会自动接着传；关掉了页面，请重新选择同一个文件。', other: '选的不是同一个文件。',
    states: { receiving: '等待发送', reading: '正在读取', read: '待核对列', checking: '试运行中', checked: '待记入', committing: '记入中', committed: '已记入', cancelled: '已取消', failed: '未能完成' },
    steps: ['发送', '核对列', '试运行', '记入', '完成'], plan: '每一列是什么', planHint: '已按列名猜好，请核对；改过的下次自动使用。', saved: '用的是上次的对应关系。', target: '内容', column: '文件里的列', fixed: '每行都一样的值', needed: '必填', unread: '不读', sheet: '工作表“{sheet}”，{rows} 行', others: '没有读的工作表：{names}',
    check: '试运行', partial: '记入没有问题的 {count} 行', atomic: '全部记入（一行不行就都不记）', change: '改列的对应', cancel: '取消', rate: '每秒 {rate} 行，约剩 {left} 秒', progress: '{done} / {all} 行',
    tallies: { accepted: '可以记入', recorded: '已记入', duplicate: '重复', refused: '不能记入', skipped: '未记', out_of_scope: '不在范围（铅酸）', warned: '记入但有异常' }, errors: '下载问题表，改好再传', receipt: '下载回执（PDF）', receiptJson: '回执 JSON', sameAs: '与第 {row} 行相同', changed: '站点已有，内容有变', line: '行', cell: '单元格', value: '原值', why: '原因与改法', showAll: '全部结果', filter: '结果', allGood: '没有不能记入的行。',
  },
  once: { copy: '复制', copied: '已复制', save: '存为文件', only: '只显示这一次，请现在保存；本服务不留底。' },
  firm: { hint: '输入单位名称查找' },
  systems: {
    title: '系统（OAuth 客户端）', name: '系统名称', nameHint: '如：资产管理系统', key: '密钥从哪里来', here: '在本机生成一对', pasted: '粘贴公钥（JWK）', make: '登记系统', none: '还没有登记系统。',
    lead: '系统用自己的私钥签名，到 /oauth/token 换取 10 分钟的令牌；私钥不离开贵单位，泄露的损失小。也可以直接用密钥换取：client_id 填密钥的 id，client_secret 填密钥本身。',
    kept: '私钥：交给这个系统，不要发给别人', sure: '停用后不能再取令牌，已有的令牌 5 秒内失效。', noKey: '这不是公钥 JWK：要有 kty、crv、x 三项。', cannot: '这个浏览器不能生成 Ed25519 密钥。请用新版浏览器，或用 openssl genpkey -algorithm ed25519 生成后粘贴公钥。',
  },
  hooks: {
    lead: '贵单位看得见的事件发生后，服务向您的地址发送带签名的消息，失败会重试数天，不丢不漏。地址须为互联网上的 https 域名；内部地址一律不发送。', url: '接收地址', types: '事件种类', all: '全部', payload: '内容', thin: '只发位置', whole: '发送事件全文',
    begin: '从哪里开始', now: '从现在开始', fromStart: '从头补发', make: '添加推送', none: '还没有推送。添加后，这里显示是否正常、还有多少待发。', secret: '签名密钥：放进接收端，用来核对签名', waiting: '待发', reached: '已看到日志', since: '失败起始', former: '旧密钥用到',
    states: { active: '正常', failing: '正在失败', paused: '已暂停', disabled: '已停用' }, test: '发送测试', pause: '暂停', resume: '恢复', rotate: '更换签名密钥', remove: '删除', sure: '删除后不再发送，投递记录一并删除。', behind: '重发这个日志位置之后的', replay: '重发',
    sent: '投递记录（30 天）', look: '刷新', nothing: '还没有投递。', index: '日志位置', type: '事件', isTest: '测试', became: { waiting: '待发', delivered: '已送达', given_up: '已放弃', withdrawn: '已撤回' }, tries: '次数', answer: '对方的答复', tried: '最近一次', next: '下次', message: '这一条', again: '重发',
  },
  leaving: {
    lead: '装车之前先核对：逐只说明规则、依据和怎么办；不写接收单位，就列出合法的接收单位，最近的在前。只提醒，不拦截，也不保存。', packs: '电池编码', paste: '粘贴、扫码或输入编码：每行一个；二维码网址、带空格的编码都可以', count: '共 {count} 只', choose: '从在手的电池中选', tooMany: '一次最多 {most} 只，请分批。',
    add: '加入 {count} 只', nothingHeld: '没有符合条件的在手电池。', receiver: '接收单位', open: '还没定', known: '已登记的单位', outside: '省外或未登记', name: '单位全称', province: '所在省份', uscc: '统一社会信用代码（如有）', date: '发车日期', use: '用途', notSaid: '不写', filing: '转移备案号', filingHint: '出省时填写',
    check: '核对', result: '{date} 发车的核对结果', print: '打印', outcomes: { ok: '可以发出', warn: '先看一看', stop_advised: '建议不要发出' }, load: '总质量', withoutMass: '{count} 只没有质量记录，没有计入。', ofThese: '{count} 只', wayOut: '怎么办：', source: '依据：', house: '本平台的检查规则', clear: '清空', fine: '以下各项没有问题', notChecked: '没有核对：',
    lawful: '合法的接收单位，由近到远', noLawful: '当日没有许可有效、放得下的单位。请减少数量、换日期，或向监管部门咨询。', firm: '单位', permit: '许可', room: '余量', km: '{km} km', until: '至 {day}', fits: '放得下', unknownRoom: '没有登记容量', take: '选它，重新核对',
    dispatch: '移交出库', mayNot: '您的身份不能上报移交出库。请由持有这些电池的单位上报。', needsReceiver: '请先在上面写明接收单位并重新核对，再上报移交。', notYet: '发车日期 {date} 还没有到：到那一天再上报移交；上报的时间不能在将来。', which: '发出哪些', handover: '移交单号', carrier: '承运单位', waybill: '运单号', total: '过磅总质量（kg）',
    send: '上报 {count} 只已发出', against: '其中有建议不要发出的：上报会被记录，并产生异常。', gone: '已上报 {count} 只发出，移交单号 {handover}', findings: '产生 {count} 条异常', noFindings: '没有产生异常。', link: '给接收单位发一次性签收链接',
  },
  packs: {
    lead: '把在手的一批电池冻结成一张数据表，给指定的单位看：数量、能量、健康度及检测方法、记录占比、安全事件。对方看到的是数据表，不是履历；谁打开过，您都看得到。', own: '本单位的资产包', offered: '提供给本单位的资产包', none: { own: '还没有资产包。用上面的条件试算，再冻结。', offered: '还没有单位向贵单位提供资产包。' },
    title: '名称', titleHint: '如：一季度退役包', owner: '持有单位', named: '谁可以打开', count: '数量（只）', energy: '能量（kWh）', made: '冻结时间', until: '有效期至', revoked: '已收回', open: '可打开', over: '已到期', soh: '健康度（%）', least: '不低于', most: '不高于', retired: '退役不早于', look: '试算', days: '默认 30 天', freeze: '冻结这 {count} 只',
    share: '记录占比', incidents: '安全事件', quarantined: '隔离中', withoutEnergy: '没有能量记录', unknownAge: '不知出厂日期', withIncidents: '有安全事件的', method: '检测方法', untested: '未检测', reported: '{kind}时上报，方法未写明', unknown: '未知', copy: '复制链接', xlsx: '下载表格', pdf: '下载 PDF', revoke: '收回', sure: '收回后对方立即打不开；已下载的文件收不回。',
    frozen: '冻结时间', openings: '谁打开过', unopened: '还没有单位打开过。', who: '单位', form: '形式', at: '时间', forms: { json: '网页', xlsx: '表格', pdf: 'PDF' }, items: '电池', first: '只列前 {count} 只，其余见表格', tested: '检测单位和日期',
  },
  receipts: {
    lead: '接收单位没有账号时：移交出库之后，为它做一个一次性链接，用微信或短信发过去。对方不用登录，在手机上确认收到或拒收。', battery: '移交单里的任一只电池', batteryHint: '编码', find: '找移交单', nothing: '本单位没有上报过这只电池的移交出库。', handover: '移交单', chosen: '刚才上报的移交', until: '链接有效期至', days: '默认 30 天，最长 90 天',
    make: '生成链接', link: '一次性链接：发给接收单位，谁打开谁就能答复', none: '还没有链接。', packs: '{count} 只', receiver: '接收单位', made: '生成时间', state: '状态', states: { open: '等待答复', answered: '已答复', revoked: '已收回', over: '已到期' }, revoke: '收回', sure: '收回后，对方打开链接会看到已失效。', answer: '答复', decisions: { confirmed: '收到', declined: '拒收' }, other: '信用代码与移交单上的不同', unverified: '未核实身份：不改变电池状态，也不了结“移交未签收”。',
  },
  work: {
    lead: '写明哪些站点的哪些电池、由谁拆、何时拆完。作业人员在手机上扫码，上报即打勾；没有人手工打勾。一只电池只能在一张未完的单上。', none: '还没有派工单。点“新派工单”，按条件筛选，或粘贴站点和编码。', new: '新派工单',
    name: '名称', nameHint: '例如：三月五华区退役拆除', crew: '作业单位', crewHint: '代维单位名称；不填为本单位人员', due: '期限', does: '扫码上报', own: '本单位人员', from: '{name} 派', state: '状态', progress: '进度', made: '派工日期', station: '站点',
    filter: '按条件选本单位持有的电池', sites: '站点编号', sitesHint: '多个用空格或逗号隔开', area: '区域', areaHint: '530100、530102、滇中新区……', stagesHint: '不限（在用、梯次使用、已装车、已退役）', paste: '或粘贴、读取表格', file: '读取表格（xlsx、xls、ods、csv）',
    pasteHint: '每行一条：站点编号、电池编码、数量，用制表符或逗号隔开。\n只写站点：本单位在该站的全部电池。例如：\nKM-BTS1, 001PB1A00DZ5K2E610000001\nKM-BTS2, 3', look: '先看看', make: '派工', sum: '共 {sets} 组，{stations} 个站点', noRows: '没有可派的电池。', expected: '未写编码的 {count} 组', heed: '请留意', faults: '有 {count} 处要先改',
    states: { open: '进行中', late: '已过期限', done: '已完成', closed: '已关闭' }, rowStates: { open: '待拆', done: '已完成', gone: '已由他人上报', not_found: '没找到' }, tallies: { sets: '应拆', done: '已完成', gone: '已由他人上报', not_found: '没找到', left: '剩余' },
    uncovered: '授权不足', uncoveredHint: '作业单位今天没有覆盖全部站点的授权，它的上报会被退回。请补授权（《授权代维单位上报》），或改派。', export: '导出 xlsx', close: '关闭派工单', closeSure: '关闭后，没做完的可以派到别的单上。已上报的记录不变。', closeWhy: '关闭的原因', closedWhy: '{time} 关闭：{why}', who: '谁在什么时候上报', because: '没找到，因为：{why}', beside: '不在单上、也在这些站点拆下的 {count} 组',
  },
  transfer: {
    lead: '本单位的电池从一个站点（或仓库）调到另一个站点再用。电池不换主，不需要移交：在站的先报拆下，测过的报检测，再报在新站点部署。', byFile: '电池多时，用表格上传', source: '调出站点', target: '调入站点', date: '调入日期', removedOn: '拆下日期', sameDay: '与调入同日', look: '列出该站的电池', none: '记录中这个站点没有本单位的电池。', soh: '健康度 %', untested: '未测', steps: '将上报', findings: '会出现的异常',
    check: '试运行 {count} 组', send: '全部记入 {count} 组', made: '调拨单 {number} 已记入，{count} 组。', slip: '下载调拨单', before: '调拨记录', noneYet: '还没有调拨记录。', number: '编号', count: '组数',
  },
  national: national.zh,
  find: find.zh,
  life: life.zh,
  family: family.zh,
  proof: proof.zh,
  reports: reports.zh,
  firms: firms.zh,
  cases: cases.zh,
  acts: acts.zh.acts,
  recalls: acts.zh.recalls,
  ...board,
  wrong: { unreachable: '服务没有应答，请检查网络后重试。', again: '重试', field: '位置：{pointer}' },
  unit: { kwh: '{value} kWh', ah: '{value} Ah', v: '{value} V', kg: '{value} kg', percent: '{value}%' },
}

export type Words = typeof zh
