import { family, find, life, proof } from './find'
import { acts } from './acts'
import { cases } from './cases'
import { board } from './board.en'
import { national } from './national'
import { firms, reports } from './reports'
import type { Words } from './zh'

/** The same in English. */
export const en: Words = {
  app: { name: 'dianchi console', short: 'dianchi', place: 'The whole life of every traction battery', help: 'API', account: 'Account and security', leave: 'Sign out', skip: 'Skip to the content' },
  groups: { look: 'Look up', watch: 'Watch', count: 'Count', tell: 'Report', join: 'Keys and interfaces' },
  menu: { home: 'Home', search: 'Search', proof: 'Log and proofs', batteries: 'Batteries', findings: 'Findings', obligations: 'Obligations', uploads: 'Uploads', leaving: 'Before it leaves', packs: 'Asset packs', receipts: 'Outside receipts', hooks: 'Webhooks', keys: 'Keys, systems', work: 'Work lists', transfers: 'Re-use at other sites', sandbox: 'Sandbox', national: 'National platform', reports: 'Exports, reports', firm: 'Organisations', recalls: 'Recalls', cases: 'Cases', board: 'Dashboard', layout: 'Outlet layout', capacities: 'Capacities', projects: 'Projects', factors: 'Factor tables' },
  search: {
    hint: 'Code, address, VIN, firm, receipt; or paste many', go: 'Look up',
    none: 'There is no record of “{name}”, or none that you may see.', near: 'Did you mean:',
    other: 'A code has 24 places, digits and capital letters without I, O and Q. Check the label, or look in the list of batteries by stage and place.',
  },
  sign: {
    title: 'Sign in', login: 'Login', password: 'Password', code: 'Code of the phone', codeHint: 'six digits of the authenticator, or a recovery code', go: 'Sign in',
    other: 'Other ways to sign in', lost: 'Forgot the password? Ask the administrator of your organisation for a new link.', phone: 'Add an authenticator first, then come back here', phoneGo: 'Add it',
    ended: 'The session has ended. Please sign in again.', lead: 'One door for outlets, tower and site operators, makers, utilizers and authorities; each finds its own business behind it.',
  },
  home: {
    hello: 'Good day, {name}', as: '{role} · {organisation}', area: 'Area: {area}', province: 'the whole province', open: 'Open findings',
    allFindings: 'All findings', allBatteries: 'All batteries', noFindings: 'No finding is open. Reports that do not fit together will stand here, with the way to put them right.',
    noBatteries: 'No battery can be seen yet. What your organisation reported, holds or is being sent will appear here.', stages: 'By stage', asOf: 'as of log entry {index}',
  },
  list: { more: 'Show more', all: 'All are listed: {count}', shown: '{count} listed', empty: 'Nothing fits these conditions.', clear: 'Clear', any: 'any' },
  battery: {
    code: 'Code', stage: 'Stage', holder: 'Holder', owner: 'Owner', site: 'Site', prefecture: 'Place', chemistry: 'Chemistry', model: 'Model', maker: 'Maker', energy: 'Rated energy',
    capacity: 'Rated capacity', voltage: 'Nominal voltage', mass: 'Mass', soh: 'State of health', host: 'Installed in', last: 'Last event', names: 'Other names', quarantined: 'isolated', held: 'on hold', aside: 'set aside', application: 'Use',
    history: 'History', facts: 'Facts', family: 'Genealogy', bundle: 'Download the proofs', label: 'Label', asOf: 'As it stood on a day', copy: 'Copy', copied: 'Copied',
    own: 'You see your own reports only: your organisation neither made nor held this battery and is not being sent it.', events: '{count} records',
    gap: 'no record for {days} days', corrected: 'corrected', late: 'reported {days} days later', recorded: 'reported', agent: 'through', evidence: 'log entry {index}',
    pending: 'entering the log', receipt: 'Receipt', raw: 'Raw data', noFamily: 'No genealogy: no disassembly, second life or lot is on record.', from: 'From', to: 'To', kg: '{mass} kg', hidden: 'a record of another organisation', truncated: 'only a part is shown',
    signed: 'signed by the organisation', device: 'signed by a device', unsigned: 'reported with a key', at: 'as it stood on {date}',
  },
  subject: { batch: 'Batch', lot: 'Lot', organisation: 'Organisation', pickup: 'Pick-up', recall: 'Recall', site: 'Site' },
  finding: { what: 'What', code: 'Kind', severity: 'Weight', kind: 'From', opened: 'Found', closed: 'Closed', closes: 'What closes it', subject: 'About', state: 'State', stateOpen: 'open', stateClosed: 'closed', stateAll: 'all',
    high: 'high', medium: 'medium', low: 'low', info: 'note', life: 'one battery', link: 'linked reports', clock: 'terms and clocks' },
  owed: {
    state: 'State', duty: 'Duty', due: 'Due', days: 'Left / over', bearer: 'Answers', binding: 'Binding', reporter: 'Reports', owedTo: 'Owed to', nobody: 'not named in the record',
    statutory: 'Statutory', house: 'House', both: 'All', left: '{count} {unit} left', over: '{count} {unit} over', working_days: 'working days', calendar_days: 'days', months: 'months',
    lead: 'Every duty of every battery: when it is due, who answers, whether it was met. Letters and evaluation use statutory rows only; house rows are reminders.', leadFirm: 'Every duty that your organisation answers for or reports. House rows are reminders.', unreported: '(no report; shown by a report of another)',
    started: 'Counts from', term: 'Term', counted: '{amount} {unit}', noRule: 'no rule in force asks for it', met: 'Met', lapsed: 'Lapsed', safety: 'Safety class', source: 'Source', calendar: 'Working days', why: 'Why to be checked', open: 'Obligations', all: 'All obligations',
    whyUnchecked: 'Owed to the national platform, or from before the firm was here: nothing was recorded here in time, but nobody has asked there. No breach.', earlier: 'Earlier verdict', dueThen: 'due {day} then', ruleSet: 'rule set {name}',
    calendars: { notice: 'notice of the State Council for {year}', provisional: 'no notice for {year} yet: computed', weekdays: '{year}: Monday to Friday' },
    seen: ' ({mark})',
    marks: { V: 'source seen', V2: 'second-hand source', 'R-h': 'from memory, high confidence', 'R-m': 'from memory, medium confidence', 'R-l': 'from memory, low confidence', D: 'decided here' },
    states: { overdue: 'Overdue', due_soon: 'Due soon', unchecked: 'To be checked', due: 'Due', late: 'Late', met: 'In time', lapsed: 'Lapsed', open: 'open' },
    none: { overdue: 'Nothing is overdue.', due_soon: 'Nothing is due soon.', unchecked: 'Nothing has to be checked.', due: 'Nothing is due later.', late: 'Nothing was done late.', met: 'Nothing was met in time yet.', lapsed: 'Nothing lapsed.' },
    dueBetween: 'due from {from} to {to}', reckoned: 'what counts for timeliness: met in time, met late, overdue',
    noneOfBattery: 'No obligation of this battery concerns you.',
  },
  keys: {
    title: 'Keys', make: 'Make a key', here: 'The new key', whose: 'Of which firm', only: 'report only', leadOfficer: 'Make keys for firms of your area; revoke at once what is lost or no longer used. Keys are not bound to addresses: narrow them by scope and last day.',
    lead: 'Keys let your systems report and read. The authority of your place gives them: ask it, and say for which role, what and how long. Revoke at once what is lost or no longer used. To connect a system now, register it below.', none: 'There is no key yet. Ask the authority for one.', role: 'Role', scopes: 'May', whole: 'everything', until: 'Valid until', forever: 'no end',
    made: 'Made', used: 'Last used', never: 'never', prefix: 'Begins with', state: 'State', good: 'valid', over: 'expired', revoked: 'revoked', revoke: 'Revoke', why: 'Why it is revoked', sure: 'It stops within five seconds and cannot be brought back.', cancel: 'Cancel', report: 'report', read: 'read',
  },
  sandbox: {
    loud: 'SANDBOX', apart: 'Batteries, firms and reports here are for practice: nothing of them reaches the record, its statistics, the public pages or the log.', lead: 'Before you connect, make a sandbox: a database of its own with a synthetic province, where every call can be tried for real. Point your own system at it with a key of the sandbox; no appointment is needed.',
    make: 'Make a sandbox', preparing: 'Preparing it: a synthetic province is being recorded. A minute or two the first time, seconds after that.', failed: 'It could not be prepared. Try again; if it stays, tell who runs the service.', address: 'Address', since: 'Made', kept: 'deleted after {days} days without use',
    giveKey: 'Make a key', once: 'Key of the sandbox as {role}, shown this once:', lives: '{count} batteries are declared in your name, to practise with.', begin: 'Begin a run', empty: 'Empty the sandbox', sure: 'All reports and keys of the sandbox will be deleted for good; reports of runs that ended stay. The true record is not touched.',
    runs: 'Conformity runs', noRuns: 'No run yet. Choose a role, begin one, and let your system do the tasks.', noReports: 'No report yet. When a firm ends a run in its sandbox, its report appears here.', published: 'Scenarios in force: {list}', number: 'Number', firm: 'Firm', scenario: 'Scenario', begun: 'Begun', ended: 'Ended', result: 'Result',
    passed: 'all done', partly: 'not all done', running: 'running', version: 'version {version}', pdf: 'Report (PDF)', json: 'JSON', check: 'Page to check it', end: 'End the run', progress: '{done} of {all} done', live: 'refreshed by itself',
    states: { done: 'done', todo: 'to do', wrong: 'wrong' }, expected: 'Expected', came: 'Came', wayOut: 'Way out', example: 'Example (add an event_id of your own)',
  },
  uploads: {
    lead: 'Send the export of your asset system as it is: a dry run says of every row whether it can be recorded, then it is recorded. A row counts once, however often it is sent.', type: 'What is reported', template: 'Download the template', choose: 'Choose a file', drop: 'or drop it here',
    kinds: 'xlsx, xls, ods, csv, ndjson; up to 256 MB and a million rows', none: 'No file was sent yet.', name: 'File', state: 'Progress', rows: 'Rows', made: 'Sent', sending: 'sending part {done} of {all}', resend: 'A cut is mended by itself; if the page was closed, choose the same file again.', other: 'This is not the same file.',
    states: { receiving: 'to be sent', reading: 'being read', read: 'columns to confirm', checking: 'dry run', checked: 'to be recorded', committing: 'being recorded', committed: 'recorded', cancelled: 'cancelled', failed: 'not finished' },
    steps: ['Send', 'Columns', 'Dry run', 'Record', 'Done'], plan: 'What each column is', planHint: 'Guessed by their names: please confirm. A corrected plan is used the next time.', saved: 'As confirmed the last time.', target: 'Meaning', column: 'Column of the file', fixed: 'The same in every row', needed: 'needed', unread: 'not read', sheet: 'sheet “{sheet}”, {rows} rows', others: 'sheets that are not read: {names}',
    check: 'Dry run', partial: 'Record the {count} good rows', atomic: 'Record all (all or none)', change: 'Change the columns', cancel: 'Cancel', rate: '{rate} rows a second, about {left} s left', progress: '{done} of {all} rows',
    tallies: { accepted: 'can be recorded', recorded: 'recorded', duplicate: 'repeated', refused: 'refused', skipped: 'left out', out_of_scope: 'out of scope (lead-acid)', warned: 'with findings' }, errors: 'Download the errors, mend and send them', receipt: 'Receipt (PDF)', receiptJson: 'Receipt as JSON', sameAs: 'the same as row {row}', changed: 'this site was there and is changed', line: 'Row', cell: 'Cell', value: 'Value', why: 'Why, and what to do', showAll: 'All results', filter: 'Result', allGood: 'No row is refused.',
  },
  once: { copy: 'Copy', copied: 'Copied', save: 'Save as a file', only: 'Shown this once: keep it now. The service keeps no copy.' },
  firm: { hint: 'name of a firm' },
  systems: {
    title: 'Systems (OAuth clients)', name: 'Name of the system', nameHint: 'such as: asset management', key: 'Where its key comes from', here: 'Make a pair on this computer', pasted: 'Paste a public key (JWK)', make: 'Register', none: 'No system is registered yet.',
    lead: 'A system signs with a private key of its own and gets tokens of ten minutes at /oauth/token: the key never leaves you. A key works as well: its id is the client_id, the key itself the client_secret.',
    kept: 'The private key: for this system and nobody else', sure: 'It gets no more tokens; those it has end within 5 seconds.', noKey: 'This is no public JWK: it has kty, crv and x.', cannot: 'This browser cannot make Ed25519 keys. Use a newer one, or make one by openssl genpkey -algorithm ed25519 and paste the public key.',
  },
  hooks: {
    lead: 'When something happens that you may see, a signed message is sent to your address, and tried again for days. The address is https, by a name of the Internet; nothing inner is ever sent to.', url: 'Address', types: 'Kinds of events', all: 'all', payload: 'Content', thin: 'only where to read it', whole: 'the whole event',
    begin: 'Begin', now: 'from now on', fromStart: 'with all there is', make: 'Add', none: 'No webhook yet. Here stands whether it works, and what waits to be sent.', secret: 'The secret: your receiver checks signatures with it', waiting: 'Waiting', reached: 'Log seen to', since: 'Failing since', former: 'Former secret until',
    states: { active: 'works', failing: 'failing', paused: 'paused', disabled: 'disabled' }, test: 'Send a test', pause: 'Pause', resume: 'Resume', rotate: 'Change the secret', remove: 'Delete', sure: 'Nothing is sent any more, and the log of deliveries goes.', behind: 'Send again what lies behind log index', replay: 'Send again',
    sent: 'Deliveries (30 days)', look: 'Refresh', nothing: 'Nothing was sent yet.', index: 'Log index', type: 'Event', isTest: 'test', became: { waiting: 'waiting', delivered: 'delivered', given_up: 'given up', withdrawn: 'withdrawn' }, tries: 'Tries', answer: 'Answer', tried: 'Last try', next: 'Next try', message: 'This one', again: 'Send again',
  },
  leaving: {
    lead: 'Ask before the truck leaves: for each pack the rules, their sources and the way out. Without a receiver the lawful ones are listed, the nearest first. It advises, stops nobody and stores nothing.', packs: 'Codes of packs', paste: 'Paste, scan or type codes, one on a line; addresses in QR codes and codes with spaces will do', count: '{count} packs', choose: 'Choose from what we hold', tooMany: 'Up to {most} at a time: divide them.',
    add: 'Add {count}', nothingHeld: 'Nothing that we hold fits.', receiver: 'Receiver', open: 'not decided', known: 'a registered firm', outside: 'outside, or not registered', name: 'full name of the firm', province: 'province', uscc: 'credit code, if known', date: 'Leaves on', use: 'Use', notSaid: 'not said', filing: 'Transfer filing', filingHint: 'out of the province',
    check: 'Check', result: 'Leaving on {date}', print: 'Print', outcomes: { ok: 'May leave', warn: 'Look first', stop_advised: 'Better not' }, load: 'Mass', withoutMass: 'The mass of {count} is not on record and not counted.', ofThese: '{count} packs', wayOut: 'Way out: ', source: 'Source:', house: 'a rule of this service', clear: 'Clear', fine: 'Nothing stands against these', notChecked: 'Not checked: ',
    lawful: 'Lawful receivers, the nearest first', noLawful: 'None has a valid permit and room on that day. Send less, choose another day, or ask the authority.', firm: 'Firm', permit: 'Permit', room: 'Room', km: '{km} km', until: 'until {day}', fits: 'has room', unknownRoom: 'no capacity registered', take: 'Choose and check again',
    dispatch: 'Hand over', mayNot: 'Your role does not report hand-overs: who holds the packs does.', needsReceiver: 'Name the receiver above and check again; then it can be reported here.', notYet: 'The day {date} has not come: report it then. No report may lie in the future.', which: 'Which leave', handover: 'Hand-over', carrier: 'Carrier', waybill: 'Waybill', total: 'Mass on the scale (kg)',
    send: 'Report that {count} have left', against: 'Some of these are advised against: it is recorded, and findings will follow.', gone: '{count} reported as left, hand-over {handover}', findings: '{count} findings', noFindings: 'Nothing was found against it.', link: 'Make a one-time link for the receiver',
  },
  packs: {
    lead: 'Freeze what you hold into a data sheet for the firms that you name: count, energy, state of health by method, share on record, incidents. They see the sheet, not the lives, and you see who opened it.', own: 'Ours', offered: 'Offered to us', none: { own: 'No asset pack yet. Try a filter above, then freeze it.', offered: 'Nobody offers you an asset pack yet.' },
    title: 'Title', titleHint: 'such as: retired, first quarter', owner: 'Owner', named: 'Who may open it', count: 'Packs', energy: 'Energy (kWh)', made: 'Frozen at', until: 'Until', revoked: 'taken back', open: 'open', over: 'ended', soh: 'State of health (%)', least: 'at least', most: 'at most', retired: 'Retired since', look: 'Try', days: '30 days', freeze: 'Freeze these {count}',
    share: 'Share on record', incidents: 'Incidents', quarantined: 'Quarantined', withoutEnergy: 'Energy not on record', unknownAge: 'Age not known', withIncidents: 'With incidents', method: 'Method', untested: 'not tested', reported: 'told when {kind}, method not said', unknown: 'unknown', copy: 'Copy the link', xlsx: 'Workbook', pdf: 'PDF', revoke: 'Take back', sure: 'Nobody opens it any more; what was downloaded stays where it is.',
    frozen: 'Frozen at', openings: 'Who opened it', unopened: 'Nobody has opened it yet.', who: 'Firm', form: 'As', at: 'At', forms: { json: 'page', xlsx: 'workbook', pdf: 'PDF' }, items: 'Packs', first: 'the first {count}; the workbook has all', tested: 'Tested by, on',
  },
  receipts: {
    lead: 'For a receiver without an account: once the hand-over is reported, make a one-time link and send it. Whoever opens it confirms or declines on a phone, without signing in.', battery: 'Any pack of the hand-over', batteryHint: 'code', find: 'Find the hand-over', nothing: 'Your organisation reported no hand-over of this pack.', handover: 'Hand-over', chosen: 'The hand-over that was just reported', until: 'Good until', days: '30 days, at most 90',
    make: 'Make the link', link: 'One-time link: send it to the receiver; whoever opens it may answer', none: 'No link yet.', packs: '{count} packs', receiver: 'Receiver', made: 'Made at', state: 'State', states: { open: 'waits', answered: 'answered', revoked: 'taken back', over: 'ended' }, revoke: 'Take back', sure: 'Whoever opens it is told that it is good no more.', answer: 'Answer', decisions: { confirmed: 'received', declined: 'declined' }, other: 'another credit code than in the hand-over', unverified: 'Unverified: it moves no pack and closes no finding.',
  },
  work: {
    lead: 'Say which sets at which stations a crew takes down, and until when. Scanning on the phone reports them; reports tick the rows, nobody does by hand. A battery stands on one open list only.', none: 'No work list yet. Make one from a filter, or paste stations and codes.', new: 'New work list',
    name: 'Name', nameHint: 'for example: March removals, Wuhua', crew: 'Crew', crewHint: 'name of the contractor; empty: your own people', due: 'Due', does: 'Scanning reports', own: 'own people', from: 'from {name}', state: 'State', progress: 'Progress', made: 'Made on', station: 'Station',
    filter: 'From what you hold', sites: 'Stations', sitesHint: 'several, apart by blanks or commas', area: 'Area', areaHint: '530100, 530102, dianzhong …', stagesHint: 'any (in use, second life, installed, retired)', paste: 'Or paste, or read a table', file: 'Read a table (xlsx, xls, ods, csv)',
    pasteHint: 'One a line: station, battery, number, apart by tabs or commas.\nA station alone: all that you have there. For example:\nKM-BTS1, 001PB1A00DZ5K2E610000001\nKM-BTS2, 3', look: 'Preview', make: 'Make the list', sum: '{sets} sets at {stations} stations', noRows: 'Nothing to take down.', expected: '{count} sets without a code', heed: 'Mind', faults: '{count} things to mend first',
    states: { open: 'open', late: 'late', done: 'done', closed: 'closed' }, rowStates: { open: 'to do', done: 'done', gone: 'reported by others', not_found: 'not found' }, tallies: { sets: 'asked for', done: 'done', gone: 'reported by others', not_found: 'not found', left: 'left' },
    uncovered: 'no mandate', uncoveredHint: 'No mandate covers this crew at all of the stations today: its reports will be refused. Widen the mandate, or send others.', export: 'Export xlsx', close: 'Close the list', closeSure: 'What is left may go on another list. What was reported stays.', closeWhy: 'why it is closed', closedWhy: 'closed {time}: {why}', who: 'Who reported it when', because: 'not found, because: {why}', beside: '{count} sets taken down at these stations that are not on the list',
  },
  transfer: {
    lead: 'Sets of yours go from one station or store to another station of yours. Nothing changes hands, so there is no hand-over: what is in a host is removed, what was tested is inspected, then it is installed at the target.', byFile: 'Many sets? Send a table', source: 'From', target: 'To', date: 'Fitted on', removedOn: 'Taken down on', sameDay: 'the same day', look: 'List what stands there', none: 'On record you have nothing at this station.', soh: 'SOH %', untested: 'untested', steps: 'Reports', findings: 'Findings to come',
    check: 'Try {count} sets', send: 'Record all {count} sets', made: 'Transfer {number} is recorded, {count} sets.', slip: 'Slip (PDF)', before: 'Transfers', noneYet: 'No transfer yet.', number: 'Number', count: 'Sets',
  },
  national: national.en,
  find: find.en,
  life: life.en,
  family: family.en,
  proof: proof.en,
  reports: reports.en,
  firms: firms.en,
  cases: cases.en,
  acts: acts.en.acts,
  recalls: acts.en.recalls,
  ...board,
  wrong: { unreachable: 'The service does not answer. Check the network and try again.', again: 'Try again', field: 'at {pointer}' },
  unit: { kwh: '{value} kWh', ah: '{value} Ah', v: '{value} V', kg: '{value} kg', percent: '{value}%' },
}
