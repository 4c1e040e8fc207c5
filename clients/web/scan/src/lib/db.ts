import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** A report as it is sent. */
export interface Report {
  event_id: string
  type: string
  battery?: string
  occurred_at: string
  site?: string
  on_behalf_of?: string
  device: { clock: string; offset_ms: number; id?: string; sequence?: number }
  data: Record<string, unknown>
}

export interface Told {
  zh: string
  en: string
}

/** Something that does not fit, as the service tells it. */
export interface Finding {
  code: string
  severity: 'info' | 'low' | 'medium' | 'high'
  text: Told
  closes_when: Told
}

/** Why the service refused a report. */
export interface Problem {
  code: string
  title: string
  status: number
  errors: Fault[]
}

/** One fault of a report: which member (a JSON pointer), which value, what to do. */
export interface Fault {
  code: string
  pointer: string
  value: unknown
  message: Told
  way_out: Told
}

/** A report on its way: made here, kept until the service has answered for good. */
export interface Item {
  sequence: number
  report: Report
  /** `aside`: refused, and nobody works on it; it stays on the phone and in the export. */
  state: 'waiting' | 'sent' | 'refused' | 'aside'
  made_at: number
  sent_at?: number
  tries: number
  problem?: Problem
  findings?: Finding[]
  /** What was refused before it was put right, the oldest first. */
  former?: { report: Report; problem: Problem | undefined; at: number }[]
  /** The batteries it is about, to find what was done with one. */
  about: string[]
}

/** A picture or a drawn signature, under its SHA-256. */
export interface Photo {
  sha256: string
  file: Blob
  /** The report that names it: it goes up after that one. */
  event_id: string
  uploaded: number
  tries: number
}

/** What this outlet holds, as last told by the service, and by what was scanned since. */
export interface Stock {
  battery: string
  stage: string
  safety_class: string | null
  mass_kg: string | null
  quarantined: boolean
  chemistry: string | null
  maker: string | null
  received_at: string | null
  findings: string[]
  names: string[]
  /** The sequence of the report on this phone that the service has not answered yet. */
  pending?: number
  /** Only this phone says so: the service has not told of it. */
  own?: boolean
}

/** A hand-over that somebody sent to this outlet. */
export interface Expected {
  /** `<sender>:<handover>`: the number is unique per sender only. */
  key: string
  handover: string
  sender: { id: string; name: string }
  dispatched_at: string
  batteries: { battery: string; mass_kg: string | null }[]
}

/** A row of a work list: one battery, or so many sets, at a station. */
export interface WorkRow {
  place: number
  station: string
  station_name: string | null
  battery: string | null
  names: string[]
  expected: number | null
  host_kind: string
  state: 'open' | 'done' | 'gone' | 'not_found'
  /** The batteries that settle it, as the service knows. */
  ticked: string[]
  note: string | null
}

/** A work list that this crew works off, as last told by the service. */
export interface WorkList {
  id: string
  number: string
  name: string
  owner: { id: string; name: string }
  /** Reports are made in the owner's name. */
  for_owner: boolean
  due: string
  report: string
  reason: string
  made_at: string
  rows: WorkRow[]
}

/** That something on a list was not found, until the service has it. */
export interface WorkNote {
  id: string
  list: string
  place: number
  why: string
  at: string
  sent: number
}

/** Lists being scanned, so that nothing is lost when the page is closed in the middle. */
export interface Draft {
  name: string
  batteries: string[]
  values: Record<string, unknown>
}

/** What this phone keeps. */
export interface Schema extends DBSchema {
  meta: { key: string; value: unknown }
  outbox: {
    key: number
    value: Item
    indexes: { state: string; about: string; event: string }
  }
  photos: { key: string; value: Photo; indexes: { uploaded: number } }
  stock: { key: string; value: Stock }
  expected: { key: string; value: Expected }
  drafts: { key: string; value: Draft }
  lists: { key: string; value: WorkList }
  notes: { key: string; value: WorkNote; indexes: { sent: number; list: string } }
}

export type Database = IDBPDatabase<Schema>

/** What a phone keeps since the first version. */
function first(fresh: Database): void {
  fresh.createObjectStore('meta')
  const outbox = fresh.createObjectStore('outbox', { keyPath: 'sequence' })
  outbox.createIndex('state', 'state')
  outbox.createIndex('about', 'about', { multiEntry: true })
  outbox.createIndex('event', 'report.event_id', { unique: true })
  fresh.createObjectStore('photos', { keyPath: 'sha256' }).createIndex('uploaded', 'uploaded')
  fresh.createObjectStore('stock', { keyPath: 'battery' })
  fresh.createObjectStore('expected', { keyPath: 'key' })
  fresh.createObjectStore('drafts', { keyPath: 'name' })
}

/** Work lists, and what was not found. */
function second(fresh: Database): void {
  fresh.createObjectStore('lists', { keyPath: 'id' })
  const notes = fresh.createObjectStore('notes', { keyPath: 'id' })
  notes.createIndex('sent', 'sent')
  notes.createIndex('list', 'list')
}

let opening: Promise<Database> | undefined

/** The database of this phone. */
export function db(): Promise<Database> {
  opening ??= openDB<Schema>('dianchi-scan', 2, {
    upgrade(fresh, before) {
      if (before < 1) first(fresh)
      if (before < 2) second(fresh)
    },
    // Another tab still runs the version of before: it lets go, and asks for what it needs anew.
    blocking(_now, _next, event) {
      ;(event.target as IDBDatabase).close()
      opening = undefined
    },
    terminated() {
      opening = undefined
    },
  })
  return opening
}

export async function getMeta<T>(name: string): Promise<T | undefined> {
  return (await (await db()).get('meta', name)) as T | undefined
}

/** Reactive objects are unwrapped: IndexedDB cannot copy them. */
export async function setMeta(name: string, value: unknown): Promise<void> {
  await (await db()).put('meta', plain(value), name)
}

/** The same without Vue's wrapping; nothing in it may be a file. */
export function plain<T>(value: T): T {
  return value === undefined || typeof value !== 'object' || value instanceof Uint8Array || value instanceof CryptoKey
    ? value
    : (JSON.parse(JSON.stringify(value)) as T)
}
