/** The words of searching, of one life, its genealogy and its proofs. */
export const find = {
  zh: {
    title: '查找', lead: '编码（空格、大小写、网址、标签修订号都可以）、VIN、单位名称或信用代码、收据号 SJ-、回执号 HZ-、上报编号。一次最多 200 个，每行一个。', terms: '要查的内容', paste: '每行一个，可以直接从表格里粘贴', go: '查找 {count} 个', many: '一次最多 {most} 个，请分批。',
    recent: '最近查过', forget: '清除记录', export: '导出 CSV', term: '查找内容', outcome: '结果', findings: '未关闭异常', none: '没有', label: '标签修订 {revision}', firm: '单位', paper: '凭证', check: '核对页', upload: '查看文件',
    outcomes: { found: '找到', not_found: '没有', ambiguous: '不确定' }, kinds: { battery: '电池', vehicle: '车辆', firm: '单位', receipt: '凭证', event: '上报' }, severities: { high: '严重', medium: '较重', low: '一般', info: '提示' },
    near: '您要找的是不是：', notFound: '没有记录，或您无权查看。', own: '仅本单位上报', noPack: '没有看得见的电池装在这辆车上。', firmStock: '查看它持有的电池', firmsMore: '等 {count} 家，请写得更具体', vins: '按 VIN 查找计入每小时 500 次的限额，并写入审计日志；不保存在本机。', kept: '只保存在这台电脑的浏览器里，不含 VIN。',
    onlyHere: '共 {count} 个', notLabel: '扫到的是{scanned}，现行的是{valid}：请核对实物标签。', firstLabel: '首次标签', never: '从未上报过的编码：请核对标签；确有此电池的，由持有单位上报回收入库或存量登记。',
  },
  en: {
    title: 'Search', lead: 'Codes (spaces, case, addresses and label revisions do not matter), VINs, firms by name or credit code, slips SJ-, receipts HZ-, ids of reports. Up to 200 at once, one in a line.', terms: 'What to look for', paste: 'one in a line; paste from a table', go: 'Look for {count}', many: 'At most {most} at once.',
    recent: 'Lately', forget: 'Forget these', export: 'Export CSV', term: 'Looked for', outcome: 'Result', findings: 'Open findings', none: 'none', label: 'label revision {revision}', firm: 'Firm', paper: 'Paper', check: 'Check page', upload: 'See the file',
    outcomes: { found: 'found', not_found: 'not found', ambiguous: 'ambiguous' }, kinds: { battery: 'battery', vehicle: 'vehicle', firm: 'firm', receipt: 'paper', event: 'report' }, severities: { high: 'high', medium: 'medium', low: 'low', info: 'note' },
    near: 'Did you mean:', notFound: 'No record, or none that you may see.', own: 'own reports only', noPack: 'No battery that you see is in this vehicle.', firmStock: 'See the batteries it holds', firmsMore: '{count} firms: say it more closely', vins: 'Looking for VINs counts towards 500 an hour and is written into the audit log; it is not kept here.', kept: 'Kept in the browser of this computer alone, without VINs.',
    onlyHere: '{count} in all', notLabel: 'Scanned: {scanned}; valid: {valid}. Compare the label on the pack.', firstLabel: 'the first label', never: 'A code that was never reported: check the label; where the battery exists, its holder reports it as collected or declares it.',
  },
}

export const life = {
  zh: {
    state: '状态', place: '地点', owner: '所有者', holder: '持有单位', risk: '风险', clock: '期限', noRisk: '没有未关闭的异常', noClock: '没有未了结的期限', findings: '{count} 条异常', worst: '最重：{severity}', nextDue: '{duty} {day}', overdue: '{duty} 超期（{day}）', noOwner: '没有记录',
    print: '打印 / 存为 PDF', graph: '谱系图', proof: '核对证明', views: '看某一天', slider: '业务日期', asOf: '发生截至', knownAt: '已知截至', now: '现在', reset: '回到现在', knownHint: '当时日志里有的记录：之后补报的不算', compare: '比较两天', with: '与', close: '关闭比较', same: '两天之间没有变化。', before: '{date}', events: '其间发生 {count} 件', between: '其间发生 {count} 件：{list}', fact: '项目',
    group: '{stage}', groupEvents: '{count} 件', days: '{count} 天', corrections: '更正记录 {count} 条', correctedBy: '被更正，见下', reason: '原因：{reason}', backdated: '倒签：排在日志第 {index} 条之后上报', hash: '上报摘要', source: '来源', sources: { device: '手机扫码', api: '系统接口', signed: '签名上报' }, occurred: '发生', photos: '照片', photo: '照片 {number}', notFound: '那一天还没有这只电池的记录。',
    whole: '共 {count} 条记录，{gaps} 处间隔超过 180 天，{late} 条补报', printed: '打印于 {time} · 日志截至第 {index} 条 · {who}', more: '取齐全部记录', key: '空心圆为已更正，不计入状态。',
  },
  en: {
    state: 'State', place: 'Place', owner: 'Owner', holder: 'Holder', risk: 'Risk', clock: 'Terms', noRisk: 'no finding is open', noClock: 'no term is running', findings: 'findings: {count}', worst: 'gravest: {severity}', nextDue: '{duty} {day}', overdue: '{duty} overdue ({day})', noOwner: 'not on record',
    print: 'Print / save as PDF', graph: 'Genealogy', proof: 'Check the proofs', views: 'On a day', slider: 'Business date', asOf: 'Happened by', knownAt: 'Known by', now: 'now', reset: 'Back to now', knownHint: 'What the log held by then: what was reported later is left out', compare: 'Compare two days', with: 'with', close: 'Close', same: 'Nothing changed between the two.', before: '{date}', events: '{count} events between', between: '{count} events between: {list}', fact: 'What',
    group: '{stage}', groupEvents: 'events: {count}', days: '{count} days', corrections: 'corrections: {count}', correctedBy: 'corrected, see below', reason: 'Reason: {reason}', backdated: 'back-dated: reported after log entry {index}', hash: 'Report hash', source: 'Source', sources: { device: 'scanned on a phone', api: 'by a system', signed: 'signed report' }, occurred: 'happened', photos: 'Photos', photo: 'Photo {number}', notFound: 'Nothing was on record of this battery by that day.',
    whole: '{count} records, {gaps} gaps of more than 180 days, {late} late', printed: 'Printed {time} · log as of entry {index} · {who}', more: 'Read all records', key: 'Hollow marks were corrected and do not count.',
  },
}

export const family = {
  zh: {
    title: '谱系图', back: '生命史', lead: '从左到右：物料、模组、电池包、综合利用产品、再生批次、产出物料。线上是质量（kg）。点方框展开它的上下游；点“组”展开成员。红色：分出的比本身重，或循环。', graph: '图', table: '表格', svg: '导出 SVG', csv: '导出 CSV', nodes: '{count} 个节点', grouped: '已合并 {count} 组', cut: '只读到一部分：节点太多，请从下游或上游的节点展开。', none: '没有谱系记录：没有拆解、再制造、批次等关系。',
    from: '来自', to: '去向', kind: '关系', mass: '质量', over: '超量：{out} > {own} kg', loop: '循环：按规则不可能，请核查', alarm: '有 {count} 处超量或循环', hidden: '其他单位', group: '{count} 个{what}', cells: '{count} 只电芯', fit: '适合宽度', expand: '展开 {name}', open: '打开', state: '阶段', balance: '收支',
    kinds: { battery: '电池', lot: '物料', batch: '批次' }, parts: { P: '电池包', M: '模组', C: '电芯', other: '电池', product: '综合利用产品' }, steps: { disassembled: '拆解', repurposed: '重组', assembled: '装配', repaired: '维修换件', recycled: '投料', recovered: '产出', produced: '用料', cells: '装入' },
  },
  en: {
    title: 'Genealogy', back: 'Life', lead: 'Left to right: material, modules, packs, second-life products, batches, recovered material. Masses (kg) stand on the lines. Click a box for what lies around it; click a group for its members. Red: more given than there was, or a circle.', graph: 'Graph', table: 'Table', svg: 'Export SVG', csv: 'Export CSV', nodes: '{count} nodes', grouped: '{count} groups', cut: 'Only a part was read: there are too many; go on from a node further up or down.', none: 'No genealogy: no disassembly, second life or lot is on record.',
    from: 'From', to: 'To', kind: 'Step', mass: 'Mass', over: 'over: {out} > {own} kg', loop: 'a circle: impossible by rule, look into it', alarm: '{count} over-allocations or circles', hidden: 'of others', group: '{count} {what}', cells: '{count} cells', fit: 'Fit width', expand: 'Expand {name}', open: 'Open', state: 'Stage', balance: 'Balance',
    kinds: { battery: 'battery', lot: 'lot', batch: 'batch' }, parts: { P: 'packs', M: 'modules', C: 'cells', other: 'batteries', product: 'second-life products' }, steps: { disassembled: 'disassembled', repurposed: 'repurposed', assembled: 'assembled', repaired: 'repaired', recycled: 'put in', recovered: 'recovered', produced: 'used', cells: 'fitted' },
  },
}

export const proof = {
  zh: {
    title: '日志与证明', lead: '在这台电脑的浏览器里核对，不必相信服务器：签名（Ed25519）、包含证明、一致性证明都在本机计算。公钥请从别处取得：公报、合同或见证单位。', cannot: '这个浏览器不能核对 Ed25519 签名，或页面不是经 https 打开的。请用新版浏览器，或下载证明包，用离线程序核对（见下）。',
    key: '日志公钥', keyHint: '粘贴从别处取得的公钥，每行一把', keep: '用这些公钥核对', served: '现在用的是服务器自己给出的公钥：只能说明前后一致，不能说明没有换过日志。请粘贴从别处取得的公钥。', trusted: '用的是您粘贴的公钥，保存在本机。', forget: '改用服务器给出的', differs: '服务器现在给出的公钥与您粘贴的不同：可能轮换过密钥，也可能不是同一个日志。',
    now: '当前检查点', origin: '日志', size: '记录数', root: '根摘要', signed: '签名', witnesses: '见证', noWitness: '没有见证签名', noted: '末条记入', again: '重新核对', earlier: '以前的检查点', more: '更早的', verify: '核对一致性', remembered: '本机记住的检查点', rememberedHint: '每次打开本页都核对：现在的日志是否包含当时的全部内容。', first: '第一次在本机核对，已记住这个检查点。', from: '从', to: '到', compare: '核对这两个',
    inclusion: '一条记录在不在日志里', event: '上报编号（event_id）', battery: '电池编码（一份上报涉及多只时填写）', check: '核对这条记录', life: '核对一只电池的全部记录', lifeGo: '逐条核对', progress: '已核对 {done} / {all} 条', allGood: '{count} 条全部在日志中，一字未改。', bundle: '下载证明包', leaf: '原文字节', receipt: '收据', index: '日志第 {index} 条',
    good: '核对通过', bad: '核对不通过', steps: { signature: '检查点签名', remembered: '与本机记住的一致', consistency: '一致性证明', hash: '原文摘要', inclusion: '包含证明', fetched: '取得数据' }, todo: '没有做到这一步', grew: '{from} 条 → {to} 条，只增不改', server: '服务器没有给出：{why}', wrongAnswer: '回答与所问不符：问的是 {asked}，答的是 {told}',
    offline: '离线核对', offlineLead: '把证明包和公钥交给法院或任何人，用下面的命令，不联网、不用本平台就能核对：', guide: '怎样向法院证明一份记录', bundleHint: '电池编码', copy: '复制', published: '公布在哪里', publishedAt: '检查点同时写入数据库之外的文件，并由见证单位签名（如已配置）；随时可从 {address} 取得。',
  },
  en: {
    title: 'Log and proofs', lead: 'Checked in the browser of this computer, so that the server need not be trusted: signatures (Ed25519), inclusion and consistency are computed here. Get the public key by another way: a bulletin, a contract, a witness.', cannot: 'This browser cannot check Ed25519 signatures, or the page did not come over https. Use a newer browser, or download the bundle and check it with the offline program (below).',
    key: 'Public key of the log', keyHint: 'paste the key that you got by another way, one in a line', keep: 'Check with these', served: 'In use is the key that the server itself gave: it shows that things fit together, not that the log is the same. Paste the key that you got by another way.', trusted: 'In use is the key that you pasted; it is kept on this computer.', forget: "Use the server's", differs: 'The server now gives another key than the one you pasted: it may have been rotated, or this is another log.',
    now: 'Current checkpoint', origin: 'Log', size: 'Entries', root: 'Root hash', signed: 'Signature', witnesses: 'Witnesses', noWitness: 'no witness signed', noted: 'Last entry', again: 'Check again', earlier: 'Earlier checkpoints', more: 'Earlier', verify: 'Check consistency', remembered: 'Checkpoints that this computer remembers', rememberedHint: 'Whenever this page is opened: does the log still hold all that it held then?', first: 'Checked on this computer for the first time; the checkpoint is remembered.', from: 'From', to: 'to', compare: 'Check these two',
    inclusion: 'Is a record in the log', event: 'Id of the report (event_id)', battery: 'Battery (where a report touched several)', check: 'Check this record', life: 'Check every record of a battery', lifeGo: 'Check one by one', progress: '{done} of {all} checked', allGood: 'All {count} records are in the log, in these words.', bundle: 'Download the bundle', leaf: 'Bytes of the event', receipt: 'Receipt', index: 'log entry {index}',
    good: 'Verified', bad: 'Not believed', steps: { signature: 'Signature of the checkpoint', remembered: 'Agrees with what was remembered', consistency: 'Consistency proof', hash: 'Hash of the event', inclusion: 'Inclusion proof', fetched: 'Data received' }, todo: 'not reached', grew: '{from} → {to} entries, only added to', server: 'the server did not give it: {why}', wrongAnswer: 'the answer is to another question: asked {asked}, told {told}',
    offline: 'Offline', offlineLead: 'Give the bundle and the public key to a court or to anybody; this command checks it without a network and without this service:', guide: 'How to prove a record to a court', bundleHint: 'Code of the battery', copy: 'Copy', published: 'Where it is published', publishedAt: 'Checkpoints also go into a file outside the database and to witnesses, where there are any; the current one is at {address}.',
  },
}
