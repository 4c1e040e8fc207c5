import type { Told } from '@common/speech'
import { askJson } from './api'
import type { Finding } from './records'
import { nameOf } from './search'
import { localMoment, today } from './times'

export type Outcome = 'ok' | 'warn' | 'stop_advised'
export const WORST_FIRST: Outcome[] = ['stop_advised', 'warn', 'ok']
export const MOST = 5000
const LINES = 1000
const HOUSE = 'D'

/** A receiver, as reports name it. */
export type Party = string | { external: true; name: string; province: string; uscc?: string }

export interface Wish {
  batteries: string[]
  receiver?: Party
  date?: string
  use?: string
  transfer_filing?: string
}

interface Applied {
  code: string
  what: string
  outcome: Outcome
  text: Told | null
  way_out: Told | null
}

export interface Checked {
  receiver: { id: string; name: string; registered: boolean } | null
  date: string
  outcome: Outcome
  counts: Record<Outcome, number>
  load_kg: string
  without_mass: number
  rules: { code: string; title: Told; source: string; mark: string }[]
  items: { battery: string; name: string | null; outcome: Outcome; rules: Applied[] }[]
  receivers: { prefecture: string; prefecture_name: Told; km: number | null; items: Lawful[] }[] | null
  not_checked: { what: string; text: Told }[]
  log_index: number
}

export interface Lawful {
  organisation: string
  name: string
  site: string | null
  site_name: string | null
  permit: { kind: string; number: string | null; valid_to: string }
  room: 'fits' | null
}

/** What one rule says alike of some batteries. */
export interface Said extends Applied {
  title: Told
  /** Empty: a rule of this service, which no law asks for. */
  source: string
  batteries: string[]
}

/** Names as they were pasted, scanned or typed: one on a line, or between commas; each once. */
export function namesIn(text: string): string[] {
  const told = text.split(/[\n\r\t,，;；、]+/).map(nameOf)
  return [...new Set(told.filter(Boolean))]
}

/** What the rules say, of one outcome: the batteries of which they say the same, together. */
export function saidOf(checked: Checked, outcome: Outcome): Said[] {
  const found = new Map<string, Said>()
  for (const item of checked.items) {
    for (const rule of item.rules.filter((one) => one.outcome === outcome)) {
      const key = `${rule.code}/${rule.what}/${rule.text?.zh ?? ''}`
      const known = found.get(key)
      if (known) known.batteries.push(item.battery)
      else found.set(key, { ...rule, ...titled(checked, rule.code), batteries: [item.battery] })
    }
  }
  return [...found.values()].sort((a, b) => b.batteries.length - a.batteries.length)
}

function titled(checked: Checked, code: string): { title: Told; source: string } {
  const rule = checked.rules.find((one) => one.code === code)
  return { title: rule?.title ?? { zh: code, en: code }, source: rule && rule.mark !== HOUSE ? rule.source : '' }
}

export interface Departure {
  handover: string
  receiver: Party
  date: string
  carrier: string
  waybill: string
  total_mass_kg: string
  transfer_filing: string
}

export interface Report {
  event_id: string
  type: 'dispatched'
  occurred_at: string
  data: { handover: string; receiver: Party; batteries: { battery: string }[] } & Record<string, unknown>
}

/**
 * The reports of a hand-over, up to a thousand packs each: all under one number. Whoever keeps them
 * may send them again; none counts twice.
 */
export function reportsOf(departure: Departure, batteries: string[]): Report[] {
  const { handover, receiver, date, ...more } = departure
  const told = Object.fromEntries(Object.entries(more).filter(([, value]) => value))
  const parts = Array.from({ length: Math.ceil(batteries.length / LINES) }, (_, n) => batteries.slice(n * LINES, (n + 1) * LINES))
  // What is on one scale is of one report: of several it would be counted several times.
  if (parts.length > 1) delete told['total_mass_kg']
  return parts.map((some) => ({
    event_id: crypto.randomUUID(),
    type: 'dispatched',
    occurred_at: date === today() ? localMoment() : date,
    data: { handover, receiver, ...told, batteries: some.map((battery) => ({ battery })) },
  }))
}

interface RowTold {
  event_id: string
  outcome: 'accepted' | 'duplicate' | 'refused' | 'skipped'
  entries: { battery: string; stage: string; findings: Finding[] }[] | null
  problem: { errors: { code: string; pointer: string; message: Told; way_out: Told }[] } | null
}

export interface Gone {
  accepted: number
  duplicate: number
  refused: number
  results: RowTold[]
}

/** Reports that the packs have left; sent again, nothing is doubled. */
export function dispatch(reports: Report[]): Promise<Gone> {
  return askJson('POST', '/v1/events/batch', reports)
}
