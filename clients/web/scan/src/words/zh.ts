export const zh = {
  app: { name: '滇池扫码', back: '返回', close: '关闭', language: 'English', update: '新版本已就绪，点此更新', loading: '正在保存到手机，之后无网也能用：{percent}%', ready: '已可离线使用', storage: '手机存储已用 {percent}%，请尽快联网发送并清理照片。', old: '有记录超过 24 小时没有发出，请尽快联网。' },
  sign: {
    title: '绑定这部手机', code: '绑定码', codeHint: '管理员在「设备」里生成，形如 ABCD-2345，30 分钟内有效', pin: '个人 PIN（6 位数字）', again: '再输一次 PIN', bind: '绑定', open: '输入 PIN 解锁', unlock: '解锁', unsent: '这部手机上还有 {n} 条没有发出', wrong: 'PIN 不对。', wait: '请等 {s} 秒再试。', differ: '两次输入的 PIN 不一样。', short: 'PIN 要 6 位数字。', noNet: '连不上网络。绑定需要联网，请换个有信号的地方再试。', forget: '解除绑定', forgetSure: '解除后要用新的绑定码才能再用。没发出的记录会保留。确定吗？', weak: '太好猜，请换一个。',
  },
  strip: { online: '已连接', sending: '正在发送', offline: '没有网络', locked: '已锁定', revoked: '手机已停用', unsent: '待发 {n}', refused: '被退 {n}', last: '上次发送 {time}', never: '还没有发送过', revokedHint: '这部手机的密钥已失效。记录都还在，请联系管理员重新绑定。' },
  today: { title: '今天', received: '今天入库', none: '今天还没有入库。点「入库」开始扫码，扫到的会列在这里。', stock: '在库 {n} 组', over: '在库 {kg} kg，上限 {limit} kg', lock: '锁定', version: '版本 {v}', packs: '组', as_of: '库存截至 {time}' },
  tile: { receive: '入库', lookup: '查询', handover: '移交出库', incoming: '接收来货', count: '盘点', pickup: '请求收运', repair: '维修', nocode: '没有编码', risk: '险情', label: '标签', outbox: '发件箱', selftest: '自检' },
  scan: { start: '开始扫码', stop: '停止', pause: '暂停', resume: '继续', torch: '照明', camera: '换摄像头', photo: '拍照识别', type: '手动输入', read: '已读到', wait: '把条码放进框里', help: '8 秒没读到。擦一擦标签再试，或者：', none: '照片里没有认出条码，请再拍一张清楚的，或者手动输入。', strange: '这不是电池编码：{text}', refused: '打不开摄像头。请在浏览器的网站设置里允许使用摄像头，或者用拍照、手动输入。', loading: '正在准备识别程序……', failed: '识别程序没有加载成功，请联网后再试，或者手动输入。', gun: '扫码枪可直接使用' },
  type: { label: '电池编码（24 位）', hint: '按标签逐位输入，灰色的键在这一位不会出现', wrong: '第 {n} 位的「{c}」不对：这一位不会是它。', backspace: '退格', submit: '确定', last: '再输一次最后 7 位', differ: '和上面的最后 7 位不一样，请对照标签。', photo: '拍下标签', noPhoto: '拍不了照片', whole: '编码完整', left: '还差 {n} 位', near: '库里有一个只差一位的编码：', other: '不是 24 位编码？', plain: '24 位编码', maker: '厂家', number: '厂家序列号', vendor: '厂家名称或代码', unknownMaker: '厂家代码 {v}', reuse: '梯次利用产品' },
  product: { pack: '电池包', module: '模组', cell: '单体' },
  receive: {
    title: '入库', from: '谁送来的', person: '个人', organisation: '单位', orgName: '单位名称', condition: '逐项看一看，有就点', none: '五项都没有', safety: '安全等级', proposed: '按上面所选建议，可以改', mass: '重量（kg）', basis: '重量怎么来的', legible: '标签看得清', vin: '车架号（可不填）', photos: '照片', addPhoto: '添加照片', submit: '保存入库', submitRisk: '保存并报警', saved: '已保存：{code}', already: '今天 {time} 已入库', again: '仍要再入库一次', skip: '扫下一组', held: '已在库', answer: '请逐项看一看：有就点图，没有就点「五项都没有」。', badMass: '重量要填大于 0 的数字。', badVin: '车架号是 17 位字母和数字（没有 I、O、Q）。', needName: '请填写单位名称。', label: '打标签', receipt: '收据', photoFailed: '这张照片打不开，请重拍。', more: '更多（重量、车架号、照片）',
  },
  condition: { leak: '漏液', swollen: '鼓包', burnt: '烧过', wet: '泡水', opened: '拆过' },
  risk: {
    title: '险情', first: '先保证人的安全', steps: ['人先离开 5 米以上，叫旁人也离开。', '冒烟、起火、有嘶嘶声：立刻打 119，不要靠近。', '没有冒烟：戴绝缘手套，把电池移到室外空旷处，离可燃物 10 米以上。', '不要堆叠，不要充电，不要拆。', '放好隔离牌，拍下照片，每半小时远看一次。'], call: '拨打 119', which: '发生了什么', raise: '立刻报警', alarmWaiting: '报警还没有发出：没有网络。请马上打电话给负责人。', alarmSent: '报警已发出 {time}', alarmRefused: '报警被退回，见发件箱。请马上打电话。', isolate: '我已隔离', done: '已隔离，返回', photo: '远处拍一张照片', battery: '哪一组电池',
  },
  kind: { smoke: '冒烟', fire: '起火', leak: '漏液', swelling: '鼓包', electric_shock: '触电', water: '进水' },
  list: { scanned: '已扫 {n} 组', remove: '移除', empty: '还没有扫。扫到的会列在这里。', again: '已在列表里', clear: '清空' },
  handover: { title: '移交出库', receiver: '交给谁（单位名称或代码）', total: '总重量（kg，可不填）', carrier: '承运人（可不填）', waybill: '运单号（可不填）', submit: '确认移交 {n} 组', saved: '移交单 {number} 已保存，{n} 组。', need: '请填写交给谁，并至少扫一组。', unheld: '不在本站库存里，也可以移交：会记下来请核对。', quarantined: '隔离中，不能移交。先解除隔离。' },
  incoming: { title: '接收来货', none: '没有在途的来货。别人移交给本站后，联网一次就会列在这里。', from: '来自 {name}', packs: '{n} 组', scan: '逐组扫码核对', accept: '接收 {n} 组', decline: '拒收其余 {n} 组', declineAll: '全部拒收', reason: '拒收原因', reasons: { not_ordered: '不是我们要的', damaged: '损坏', wrong_count: '数量不对', class_c_not_accepted: '不收 C 类' }, saved: '已保存', manual: '单子不在列表里', number: '移交单号', sender: '移交单位', extra: '单子上没有这一组', tick: '已核对', need: '请填写移交单号和移交单位，并至少扫一组。' },
  repair: { title: '维修', pack: '先扫电池包', out: '换下的模组', in: '换上的模组', reason: '原因', reasons: { module_fault: '模组故障', capacity_imbalance: '容量不一致', water_ingress: '进水', recall: '召回' }, submit: '完成维修', saved: '维修已保存', need: '至少扫一个换下或换上的模组。' },
  count: { title: '盘点', self: '自盘', inspection: '检查', start: '开始盘点', intro: '应有 {n} 组（截至 {time}）。开始后逐组扫码。', agrees: '相符', missing: '缺少', extra: '多出', site: '场所编号', submit: '结束盘点', saved: '盘点已保存：相符 {a}，缺少 {m}，多出 {e}。', sure: '还缺 {n} 组没有扫到。确定结束吗？', signClerk: '网点人员签名', signOfficer: '检查人员签名', sign: '请在框里签名', clear: '重签', need: '检查要两个人签名。', needSite: '请填写场所编号。', record: '下载盘点记录（PDF）', resume: '接着上次的盘点', quit: '放弃这次盘点', going: '盘点进行中', more: '只列前 {n} 组' },
  pickup: { title: '请求收运', to: '请谁来收（单位名称或代码）', choose: '选哪些', all: '全选', submit: '请求收运 {n} 组', saved: '收运申请 {number} 已保存。', empty: '库里没有电池。入库以后可以在这里请求收运。', need: '请填写请谁来收，并至少选一组。' },
  nocode: { title: '没有编码', intro: '标签没了或看不清时用。先看看有没有厂家序列号。', serial: '有厂家序列号', temporary: '什么都没有', name: '临时编号', write: '用记号笔把它写在电池上，或联网后打标签：', go: '继续入库', left: '还有 {n} 个临时编号', out: '临时编号用完了。请联网一次，会自动领取。' },
  label: { title: '标签', size: '尺寸', big: '大 80×50 mm', small: '小 60×40 mm', format: '格式', pdf: '打印（PDF）', png: '图片', zpl: '标签打印机（ZPL）', download: '下载标签', relabel: '这是补打的标签', reason: '补打原因', reasons: { unreadable: '看不清', lost_label: '标签丢失', wrong_label: '贴错' }, revision: '第几版', need: '标签由服务生成，需要联网。', asked: '打印清楚吗？', yes: '清楚', no: '不清楚，再打一次', saved: '换标已保存', which: '扫哪一组' },
  receipt: { title: '收据', provisional: '暂用号 {n}（联网后变为正式收据号）', final: '正式收据', download: '下载收据（PDF）', show: '显示收据', waiting: '这一条还没有发出，发出后才有正式收据。' },
  lookup: { title: '查询', input: '编码、网址或序列号', go: '查', here: '在本站库存', nothere: '不在本站库存', mine: '这部手机上的记录', server: '平台记录', unknown: '平台没有这组电池的记录', offline: '没有网络，只显示手机上的内容。', bad: '这不是电池编码。', findings: '发现', noFindings: '没有发现问题', stage: '状态', chemistry: '化学体系', maker: '厂家', mass: '重量', energy: '能量', holder: '持有', safety: '安全等级', quarantined: '隔离中' },
  outbox: { title: '发件箱', empty: '都发出去了。没发出的和被退回的会列在这里。', waiting: '待发', sent: '已发', refused: '被退回', why: '原因', todo: '怎么办', fix: '改好再发', battery: '电池编码', resend: '再发一次', export: '导出没发出的', now: '现在发送', recent: '最近发出', findings: '发现 {n} 处对不上', photos: '还有 {n} 张照片待上传', value: '填的是：{value}', both: '记录已保存，平台发现：', exportHint: '文件可以拷给管理员代为上报。' },
  selftest: { title: '手机自检', start: '开始自检', camera: '摄像头', decoder: '识别程序', storage: '存储', clock: '时钟', ok: '正常', bad: '有问题', send: '发送结果', sent: '已发送', detail: '{text}', clockOff: '比服务慢 {s} 秒', clockUnknown: '没有网络，测不了', free: '可用 {mb} MB', cameraSize: '{w}×{h}', decoded: '{ms} 毫秒读出', intro: '检查这部手机能不能用来扫码。大约 10 秒。' },
  type_of: { collected: '回收入库', dispatched: '移交出库', received: '接收', declined: '拒收', incident: '安全事件', counted: '盘点', repaired: '维修', pickup_requested: '请求收运', relabelled: '换标', identified: '认定', inspected: '检测', retired: '退役' },
}

export type Words = typeof zh
