import { ask, Refused } from './api'
import { dayOf } from './clock'
import { db, type Item, type WorkList, type WorkNote, type WorkRow } from './db'
import { uuid7 } from './ids'
import { items, put } from './outbox'

/** What settles a row: the set is down, written off, or on its way. */
const TICKING = ['removed', 'retired', 'collected', 'dispatched']

/** A row with what this phone knows besides: reports that wait, and what was not found. */
export interface Standing {
  row: WorkRow
  state: WorkRow['state']
  /** How many sets it asks for, and how many are done. */
  asked: number
  done: number
  /** Batteries that settle it, with whether the service has them. */
  ticked: { battery: string; sent: boolean }[]
  why: string
}

/** The rows of one station. */
export interface Station {
  station: string
  name: string
  rows: Standing[]
  asked: number
  done: number
}

/** The lists that are to be worked off, those that end first before the others. */
export async function allWork(): Promise<WorkList[]> {
  const all = await (await db()).getAll('lists')
  return all.sort((one, other) => one.due.localeCompare(other.due) || one.number.localeCompare(other.number))
}

export async function workList(id: string): Promise<WorkList | undefined> {
  return (await db()).get('lists', id)
}

/** How the rows of a list stand: what the service knows, and what this phone reported since. */
export async function standing(list: WorkList): Promise<Standing[]> {
  const notes = await (await db()).getAllFromIndex('notes', 'list', list.id)
  const since = Date.parse(list.made_at)
  const own = (await items()).filter((each) => each.made_at >= since && counts(each, list))
  const named = new Set(list.rows.flatMap((row) => namesOf(row)))
  return list.rows.map((row) => rowStanding(row, own, named, notes))
}

function counts(item: Item, list: WorkList): boolean {
  const { type, on_behalf_of } = item.report
  const ours = list.for_owner ? on_behalf_of === list.owner.id || !on_behalf_of : !on_behalf_of
  return ours && TICKING.includes(type) && item.state !== 'refused' && item.state !== 'aside'
}

function namesOf(row: WorkRow): string[] {
  return row.battery === null ? [] : [row.battery, ...row.names]
}

function rowStanding(row: WorkRow, own: Item[], named: Set<string>, notes: WorkNote[]): Standing {
  const asked = row.expected ?? 1
  const mine = own.filter((each) => takesPart(each, row, named)).map((each) => each.report.battery ?? '')
  const ticked = [...new Set([...row.ticked, ...mine])]
    .slice(0, asked)
    .map((battery) => ({ battery, sent: row.ticked.includes(battery) }))
  const why = notes.filter((each) => each.place === row.place).at(-1)?.why ?? row.note ?? ''
  if (row.state === 'gone' && mine.length === 0) return { row, state: 'gone', asked, done: 0, ticked, why }
  const state = ticked.length >= asked ? 'done' : why ? 'not_found' : 'open'
  return { row, state, asked, done: ticked.length, ticked, why }
}

function takesPart(item: Item, row: WorkRow, named: Set<string>): boolean {
  const battery = item.report.battery ?? ''
  if (row.battery !== null) return namesOf(row).includes(battery)
  return item.report.site === row.station && !named.has(battery)
}

/** The stations of a list, in its order. */
export function stationsOf(rows: Standing[]): Station[] {
  const stations = new Map<string, Station>()
  for (const each of rows) {
    const { station, station_name } = each.row
    const known = stations.get(station) ?? { station, name: station_name ?? '', rows: [], asked: 0, done: 0 }
    known.rows.push(each)
    known.asked += each.asked
    known.done += each.done
    stations.set(station, known)
  }
  return [...stations.values()]
}

/** Where a battery is on a list: its row, or one that still expects sets at the station. */
export function rowOf(rows: Standing[], battery: string, station: string): Standing | undefined {
  const named = rows.find((each) => namesOf(each.row).includes(battery))
  return named ?? rows.find((each) => each.row.battery === null && each.row.station === station && each.done < each.asked)
}

/** Reports that a set at a station was taken down (or written off, as the list asks). */
export async function report(list: WorkList, station: string, kind: string, battery: string): Promise<Item> {
  const data = { host: { kind, id: station }, reason: list.reason }
  return put({ type: list.report, battery, data, site: station, ...(list.for_owner ? { onBehalfOf: list.owner.id } : {}) })
}

/** Keeps why something was not found, until the service has it. */
export async function keepNote(list: WorkList, place: number, why: string): Promise<void> {
  const note: WorkNote = { id: uuid7(Date.now()), list: list.id, place, why, at: new Date().toISOString(), sent: 0 }
  await (await db()).put('notes', note)
}

/** Sends what was not found. What the service does not take for good is not sent again. */
export async function sendNotes(): Promise<void> {
  const store = await db()
  for (const { sent, list, ...told } of await store.getAllFromIndex('notes', 'sent', 0)) {
    try {
      await ask('POST', `/v1/work-lists/${list}/notes`, { json: told })
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401 || error.status >= 500 || error.status === 429) throw error
    }
    await store.put('notes', { ...told, list, sent: sent + 1 })
  }
}

/** Whether the last day is over. */
export function isLate(list: WorkList): boolean {
  return dayOf(Date.now()) > list.due
}
