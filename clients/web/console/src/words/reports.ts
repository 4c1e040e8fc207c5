/** The words of exports, reports and evaluations. */
export const reports = {
  zh: {
    lead: '把清单取成文件：写明查询条件、何人何时、日志序号和各行的摘要；每次导出都记入审计日志。只含您看得见的，个人信息一律遮盖。文件到期自动删除，条件和摘要保留。',
    monthly: '月报', month: '月份', area: '范围', whole: '全部辖区', pdf: 'PDF', xlsx: 'Excel', monthlyHint: '同一月份、同一日志序号，文件逐字节相同。法定义务按到期月份计。',
    make: '新的导出', list: '清单', form: '格式', export: '导出', save: '保存为查询', name: '名称', nameHint: '例如：昆明超期未办', shared: '与本单位同事共享', cancel: '取消',
    lists: { batteries: '电池清单', findings: '异常清单', obligations: '责任期限', handovers: '移交清单', events: '事件清单', indicators: '指标' },
    forms: { xlsx: 'Excel', csv: 'CSV', parquet: 'Parquet', pdf: 'PDF' }, most: '最多 {rows} 行', paper: 'PDF 最多 {rows} 行；更多的请缩小条件，或导出 Excel、CSV。', remedied: { true: '已处置', false: '未处置' }, filters: { recall: '召回', remedied: '处置', site: '场所', stage: '阶段', prefecture: '地区', chemistry: '化学体系', holder: '持有单位', code: '类别', kind: '来源', state: '状态', battery: '电池', duty: '义务', bearer: '责任单位', binding: '约束力', type: '事件', from: '从', to: '到', by: '分组', organisation: '上报单位' },
    by: { month: '月份', prefecture: '地区', chemistry: '化学体系' }, none: '不限',
    saved: '保存的查询', noSaved: '还没有保存的查询。在清单页或上面设好条件，点“保存为查询”，下次一点就能再取。', mine: '本人', given: '本人，已共享', others: '同事共享', whose: '归属', run: '再次导出', remove: '删除', sure: '删除后不能恢复，已导出的文件不受影响。', conditions: '条件',
    exports: '导出的文件', noExports: '还没有导出过。', rows: '行数', size: '大小', asked: '提出时间', until: '保留至', index: '日志序号', hash: '各行 SHA-256', download: '下载', state: '状态', stop: '取消',
    states: { waiting: '排队中', running: '生成中', done: '已完成', failed: '未能生成', cancelled: '已取消', deleted: '已到期删除' }, begun: '已开始导出。', see: '到“导出与报表”查看',
  },
  en: {
    lead: 'Take lists out as files: each says the query, who and when, the log index and the hash of its rows, and each is noted in the audit log. A file holds what you may see, personal values masked. It is deleted in time; what was asked for and its hash stay.',
    monthly: 'Monthly report', month: 'Month', area: 'Area', whole: 'the whole area', pdf: 'PDF', xlsx: 'Excel', monthlyHint: 'The same month and log index give the same file, byte for byte. Statutory duties count in the month they are due.',
    make: 'New export', list: 'List', form: 'Form', export: 'Export', save: 'Save as a query', name: 'Name', nameHint: 'such as: overdue in Kunming', shared: 'share with colleagues', cancel: 'Cancel',
    lists: { batteries: 'Batteries', findings: 'Findings', obligations: 'Obligations', handovers: 'Hand-overs', events: 'Events', indicators: 'Indicators' },
    forms: { xlsx: 'Excel', csv: 'CSV', parquet: 'Parquet', pdf: 'PDF' }, most: '{rows} rows at most', paper: 'A PDF takes {rows} rows at most; for more, narrow the conditions, or take Excel or CSV.', remedied: { true: 'remedied', false: 'not remedied' }, filters: { recall: 'Recall', remedied: 'Remedy', site: 'Site', stage: 'Stage', prefecture: 'Place', chemistry: 'Chemistry', holder: 'Holder', code: 'Kind', kind: 'From', state: 'State', battery: 'Battery', duty: 'Duty', bearer: 'Answers', binding: 'Binding', type: 'Event', from: 'From', to: 'To', by: 'By', organisation: 'Reporter' },
    by: { month: 'month', prefecture: 'place', chemistry: 'chemistry' }, none: 'all',
    saved: 'Saved queries', noSaved: 'No query is saved yet. Set conditions on a list or above and save them: one click takes them out again.', mine: 'own', given: 'own, shared', others: 'shared by a colleague', whose: 'Whose', run: 'Export again', remove: 'Delete', sure: 'It cannot be brought back; files already made stay.', conditions: 'Conditions',
    exports: 'Exported files', noExports: 'Nothing was exported yet.', rows: 'Rows', size: 'Size', asked: 'Asked for', until: 'Kept until', index: 'Log index', hash: 'SHA-256 of the rows', download: 'Download', state: 'State', stop: 'Cancel',
    states: { waiting: 'waiting', running: 'being written', done: 'done', failed: 'failed', cancelled: 'cancelled', deleted: 'deleted in time' }, begun: 'The export has begun.', see: 'See exports and reports',
  },
}

/** The words of the page of an organisation. */
export const firms = {
  zh: {
    lead: '一家单位的登记、场所、许可和按本平台记录所作的评价。', choose: '选择单位', is: '登记', id: '编号', uscc: '信用代码', place: '所在地', roles: '身份', since: '接入日期', holds: '在手电池', open: '未消除的异常', overdue: '超期未办（法定）', sites: '场所', noSites: '没有登记场所。', number: '编号', site: '名称', kind: '类型', area: '地区', capacity: '容量（kg）', opened: '启用', closed: '停用', permits: '许可', noPermits: '没有登记许可。', permit: '许可', permitNumber: '证号', ofFirm: '本单位', valid: '有效期',
    evaluation: '第三方评价', period: '评价期', to: '至', what: '项目', value: '数值', above: '分子', below: '分母', definition: '定义', duty: '法定义务', noDuties: '评价期内没有到期的法定义务。', finding: '异常', severity: '级别', new: '新增', gone: '消除', still: '期末未消除', noFindings: '评价期内没有异常。', recovery: '金属回收率与下限（供对照）', noRecovery: '评价期内没有可核算的再生批次。', metal: '金属', rate: '回收率', process: '工艺', floor: '下限', kept: '不低于', notKept: '低于', asOf: '数据截至 {time}，日志第 {index} 条；所见范围：{scope}', pdf: '下载评价表 PDF', json: 'JSON',
    met: '按期', late: '逾期办结', overdueShort: '超期未办', running: '未到期', unchecked: '待核', lapsed: '失效',
  },
  en: {
    lead: 'How an organisation is registered, its sites and permits, and how it is evaluated by what is on record here.', choose: 'Choose an organisation', is: 'Registered', id: 'Id', uscc: 'Credit code', place: 'Place', roles: 'Roles', since: 'Since', holds: 'Batteries held', open: 'Open findings', overdue: 'Overdue (statutory)', sites: 'Sites', noSites: 'No site is registered.', number: 'Number', site: 'Name', kind: 'Kind', area: 'Place', capacity: 'Room (kg)', opened: 'Opened', closed: 'Closed', permits: 'Permits', noPermits: 'No permit is registered.', permit: 'Permit', permitNumber: 'Number', ofFirm: 'of the organisation', valid: 'Valid',
    evaluation: 'Third-party evaluation', period: 'Period', to: 'to', what: 'What', value: 'Value', above: 'Above', below: 'Below', definition: 'Definition', duty: 'Statutory duty', noDuties: 'No statutory duty was due in the period.', finding: 'Finding', severity: 'Weight', new: 'Opened', gone: 'Closed', still: 'Open at the end', noFindings: 'No finding in the period.', recovery: 'Metal recovery beside the floors', noRecovery: 'No rated recycling batch in the period.', metal: 'Metal', rate: 'Rate', process: 'Process', floor: 'Floor', kept: 'not below', notKept: 'below', asOf: 'As of {time}, log entry {index}; seen by: {scope}', pdf: 'Evaluation (PDF)', json: 'JSON',
    met: 'Met', late: 'Late', overdueShort: 'Overdue', running: 'Running', unchecked: 'Unchecked', lapsed: 'Lapsed',
  },
}
