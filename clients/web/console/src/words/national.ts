/** The words of the screen of the national platform. */
export const national = {
  zh: {
    lead: '本单位上报的装车、拆下会按国家平台的格式自动报送；每辆车只报一次，没听到答复会再问，被拒的列在下面。',
    none: '还没有连接国家平台。填写平台发给贵单位的地址、令牌和密钥，就会自动报送。', connect: '连接国家平台', edit: '修改连接', save: '保存', cancel: '取消', remove: '删除连接', sure: '删除后，凭证和报送情况都会清除；上报的记录不受影响。',
    url: '平台地址', profile: '接口', token: '令牌（token）', key: '密钥（key）', keep: '不改就留空', perMinute: '每分钟最多', fixed: '每辆车都一样的值', after: '从哪里开始', fromNow: '从现在起的上报', fromAll: '以前的上报也报送',
    states: { active: '正常', failing: '平台无法连接，正在重试', paused: '已暂停', held: '已停下，需要处理' }, pause: '暂停', resume: '继续', since: '凭证填写于 {date}', looked: '已看到日志第 {index} 条，共到 {end}', next: '下次发送 {date}',
    counts: { waiting: '等待报送', sent: '平台已接收', refused: '被拒', withheld: '缺内容，未报', late: '超期未报', set_aside: '已搁置' },
    items: { waiting: '等待', sent: '已接收', refused: '被拒', withheld: '未报', set_aside: '已搁置' },
    battery: '电池', vehicle: '车辆', state: '状态', due: '期限', tried: '最近一次', said: '平台答复', why: '原因与办法', late: '超期', code: '代码 {code}', noDue: '未知', all: '全部', unheard: '没听到答复', empty: '没有符合条件的车辆。',
    resend: '重报', resendAll: '被拒的全部重报', again: '已安排重报 {count} 辆', aside: '搁置', asideWhy: '为什么搁置', gaps: '缺 {count} 项', gapsOf: '表中缺什么', given: '补上这些值再报', blocks: '因此没有报送', facts: '接口中已见与假定', seen: '已见', assumed: '假定',
    take: '导入国家平台格式的文件（JSON）', takeKinds: 'json、ndjson，最大 256 MB', takeLead: '车辆、电池包、模组、电芯嵌套的 JSON，或从这里导出的文件；先试运行，再记入，重复的不会再记。', export: '导出本单位的全部（NDJSON）',
  },
  en: {
    lead: 'What your organisation reports as fitted or taken out is sent in the form of the national platform by itself: each vehicle once; asked again where no answer was heard; what was refused stands below.',
    none: 'There is no connection to the national platform yet. Give the address, token and key that you were issued, and vehicles are sent by themselves.', connect: 'Connect', edit: 'Change the connection', save: 'Save', cancel: 'Cancel', remove: 'Delete the connection', sure: 'Credentials and what became of vehicles are deleted; your reports stay.',
    url: 'Address of the platform', profile: 'Interface', token: 'Token', key: 'Key', keep: 'empty: unchanged', perMinute: 'A minute at most', fixed: 'Values that all vehicles share', after: 'Begin with', fromNow: 'what is reported from now on', fromAll: 'everything reported so far',
    states: { active: 'working', failing: 'the platform fails; trying again', paused: 'paused', held: 'held: somebody has to act' }, pause: 'Pause', resume: 'Resume', since: 'credentials of {date}', looked: 'looked through up to log entry {index} of {end}', next: 'sends again {date}',
    counts: { waiting: 'waiting', sent: 'taken', refused: 'refused', withheld: 'lacking, not sent', late: 'late', set_aside: 'set aside' },
    items: { waiting: 'waiting', sent: 'taken', refused: 'refused', withheld: 'not sent', set_aside: 'set aside' },
    battery: 'Battery', vehicle: 'Vehicle', state: 'State', due: 'Due', tried: 'Last tried', said: 'What it said', why: 'Why, and what to do', late: 'late', code: 'code {code}', noDue: 'not known', all: 'all', unheard: 'no answer heard', empty: 'No vehicle fits these conditions.',
    resend: 'Send again', resendAll: 'Send all refused again', again: '{count} vehicles will be sent again', aside: 'Set aside', asideWhy: 'Why it is set aside', gaps: '{count} missing', gapsOf: 'What the form lacks', given: 'Give these and send again', blocks: 'therefore not sent', facts: 'What of the interface was seen, and what is assumed', seen: 'seen', assumed: 'assumed',
    take: 'Read in a file of this form (JSON)', takeKinds: 'json, ndjson, up to 256 MB', takeLead: 'JSON of vehicles, packs, modules and cells, or a file exported here: a dry run first, then the record; repeats add nothing.', export: 'Export all of one’s own (NDJSON)',
  },
}
