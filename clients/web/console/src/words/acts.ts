/** The words of what officers decide about a battery, and of recalls. */
export const acts = {
  zh: {
    acts: {
      title: '监管处置', hold_placed: '风险标记', hold_lifted: '解除标记', annotated: '批注', correction_ordered: '责令改正', referred: '移送', set_aside: '不予采信',
      leads: {
        hold_placed: '要求原地保持。不阻止任何上报；标记期间的移动会成为异常。', hold_lifted: '解除一项风险标记；标记期间的异常仍然保留。', annotated: '给查看这只电池的人留一条说明。',
        correction_ordered: '责令上报单位更正或补报。', referred: '把这只电池所涉的事项移送其他部门办理；案件中的移送请到案件里办。', set_aside: '由两名监管人员决定：上报不再计入状态、异常和统计，但在生命史中保留并标明。',
      },
      hold: '要解除的标记', target: '所指上报', pick: '请选择', basis: '依据', basisHint: '选择或写明法规条款', document: '文号', documentHint: '如：滇工信核〔2026〕7号', due: '改正期限', to: '移送对象', toHint: '如：昆明市市场监督管理局', reason: '理由', note: '批注内容',
      send: '记入', propose: '提交另一人确认', cancel: '取消', done: '已记入日志。', proposed: '已提出，等待另一名监管人员确认。', waiting: '不予采信 待确认', other: '由另一名监管人员确认', confirm: '确认不予采信', decline: '不同意', withdraw: '撤回',
    },
    recalls: {
      lead: '按生产单位、型号、厂商代码、生产日期、编码范围或编码清单召回。一次召回只记一条；每只电池在查看、扫码、装车核对时即时比对。', leadMaker: '召回本单位生产的电池。每只电池在查看、扫码、装车核对时即时比对；处置完成后点“处置完成”上报。',
      new: '发布召回', which: '召回范围', maker: '生产单位', model: '型号', vendor: '厂商代码（编码前三位）', producedFrom: '生产日期起', producedTo: '生产日期止', codesFrom: '编码起', codesTo: '编码止', names: '或：编码清单', namesHint: '粘贴编码，空格或换行隔开；写了清单就不看其他条件',
      look: '看涉及多少只', found: '现有记录中涉及 {count} 只', such: '例如', later: '以后登记的电池，符合条件的同样在召回范围内。', number: '召回编号', numberHint: '如：ZH-2026-01', document: '文号', advice: '处置建议', adviceHint: '写给车主和网点：停止快充，联系维修网点……', adviceEn: '处置建议（英文）',
      open: '发布召回', issuer: '发布单位', opened: '发布', progress: '已处置 / 涉及', left: '未处置 {count} 只', close: '结束召回', sure: '结束后不再提示。已处置的数量保留。', over: '召回已完成', concerns: '召回 {number}：缺陷尚未处置', states: { open: '进行中', closed: '已结束' },
      remedy: '上报处置完成', remedyShort: '处置完成', remedyLead: '召回要求的处置做完后上报，这只电池不再提示召回。上报记入日志，不能删除，只能更正。', remediedCodes: '已处置的电池编码', remediedHint: '粘贴或扫码录入，空格或换行隔开', measure: '处置措施', measureHint: '如：更换模组、升级软件', remedySend: '上报 {count} 只', remediedSaid: '已记入 {count} 只。', remediedNot: '有 {count} 只没有记入：',
      none: { open: '没有进行中的召回。', closed: '没有已结束的召回。' },
    },
  },
  en: {
    acts: {
      title: 'Official acts', hold_placed: 'Hold', hold_lifted: 'Lift a hold', annotated: 'Note', correction_ordered: 'Order a correction', referred: 'Refer', set_aside: 'Set aside',
      leads: {
        hold_placed: 'It is to stay where it is. No report is stopped; movement under the hold becomes a finding.', hold_lifted: 'Lifts one hold; findings of the time stay.', annotated: 'A note for whoever looks at this battery.',
        correction_ordered: 'Whoever reported it is ordered to put it right.', referred: 'Passes the matter of this battery on to another authority; what belongs to a case is referred there.', set_aside: 'Two officers decide: the report no longer counts for state, findings and statistics; it stays in the history, marked.',
      },
      hold: 'The hold', target: 'The report', pick: 'Choose', basis: 'Basis', basisHint: 'Choose or write the provision', document: 'Document number', documentHint: 'as printed on the document', due: 'To be corrected by', to: 'To whom', toHint: 'the authority', reason: 'Reason', note: 'Note',
      send: 'Record', propose: 'Ask a second officer', cancel: 'Cancel', done: 'Recorded in the log.', proposed: 'Proposed; another officer has to confirm it.', waiting: 'To be set aside', other: 'Another officer confirms it', confirm: 'Confirm', decline: 'Decline', withdraw: 'Withdraw',
    },
    recalls: {
      lead: 'By maker, model, vendor code, days of making, range of codes or list of codes. A recall is one entry; batteries are matched when they are looked at, scanned or checked before leaving.', leadMaker: 'Calls back what your firm made. Batteries are matched when they are looked at, scanned or checked; tell here when one is done.',
      new: 'Open a recall', which: 'Concerned', maker: 'Maker', model: 'Model', vendor: 'Vendor code (first three characters)', producedFrom: 'Made from', producedTo: 'Made until', codesFrom: 'Codes from', codesTo: 'Codes to', names: 'Or: list of codes', namesHint: 'Paste codes; with a list nothing else is looked at',
      look: 'How many packs?', found: 'Concerns {count} packs on record', such: 'such as', later: 'Batteries that are registered later are concerned as well.', number: 'Number', numberHint: 'such as ZH-2026-01', document: 'Document number', advice: 'What to do', adviceHint: 'For owners and outlets', adviceEn: 'What to do (English)',
      open: 'Open the recall', issuer: 'By', opened: 'Opened', progress: 'Remedied / concerned', left: '{count} not yet', close: 'Close', sure: 'It is shown no more. What was remedied stays counted.', over: 'The recall is complete', concerns: 'Recall {number}: not remedied yet', states: { open: 'Open', closed: 'Closed' },
      remedy: 'Tell that it was remedied', remedyShort: 'Remedied', remedyLead: 'Told once what the recall asks for was done: the battery is no longer shown as recalled. The report is kept in the log for good; it can only be corrected.', remediedCodes: 'Codes of the batteries', remediedHint: 'Paste or scan them; spaces or lines between', measure: 'What was done', measureHint: 'such as: module replaced', remedySend: 'Report {count}', remediedSaid: '{count} recorded.', remediedNot: '{count} not:',
      none: { open: 'No recall is open.', closed: 'No recall was closed.' },
    },
  },
}
