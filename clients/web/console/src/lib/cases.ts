import type { Told } from '@common/speech'
import { ask, askJson, withQuery } from './api'
import type { Obligation } from './obligations'
import type { Finding } from './records'

export const STATES = ['opened', 'asked', 'replied', 'accepted', 'ordered', 'referred', 'set_aside', 'dismissed', 'rechecked', 'closed'] as const
export type CaseState = (typeof STATES)[number]

/** In which case something is or was worked. */
export interface CaseMark {
  id: string
  number: string
  state: CaseState
  state_text: Told
  outcome: string | null
}

interface Officer {
  id: string
  name: string | null
}

/** A case in a list. */
export interface CaseRow {
  id: string
  number: string
  firm: string
  firm_name: string | null
  prefecture: string | null
  items: number
  state: CaseState
  state_text: Told
  version: number
  assignee: Officer | null
  due_on: string | null
  overdue: boolean
  recheck_on: string | null
  to_recheck: boolean
  opened_at: string
  opened_by_name: string | null
  asked_at: string | null
  closed_at: string | null
  age_days: number
}

/** A finding or a duty that is worked, as it was and as it stands by itself now. */
export interface Thing {
  place: number
  kind: 'finding' | 'obligation'
  ref: string
  code: string
  title: Told
  battery: string | null
  statutory: boolean
  told: Partial<Finding & Obligation>
  now: { state: string; text: Told; settled: boolean; on: string | null }
  outcome: string | null
}

export interface Attachment {
  sha256: string
  /** Null once it is erased. */
  name: string | null
  type?: string
  size?: number
  erased_at?: string | null
}

/** A step that was taken. */
export interface Taken {
  version: number
  step: string
  text: Told
  state: CaseState
  organisation: string
  organisation_name: string | null
  person: Officer | null
  at: string
  internal: boolean
  told: Record<string, unknown>
  assignee: Officer | null
  attachments: Attachment[]
  letter: { number: string; kind: string; title: Told; sha256: string } | null
  events: string[]
}

/** A step that may be taken now, and what it says. */
export interface Next {
  step: string
  text: Told
  needs: string[]
  takes: string[]
}

export interface Case extends CaseRow {
  things: Thing[]
  steps: Taken[]
  next: Next[]
}

export interface Counts {
  states: Record<CaseState, number>
  going_on: number
  overdue: number
  to_recheck: number
  mine: number
  unassigned: number
  today: string
}

/** What became of what was worked, by code. */
export interface Outcome {
  kind: string
  code: string
  title: Told
  outcomes: Record<string, number>
  worked: number
  false_alarms: number
}

/** Something to be worked, as it was picked in a list. */
export interface Picked {
  kind: 'finding' | 'obligation'
  ref: string
  title: Told | null
  battery: string | null
  firm: string | null
}

export const LOOKS: Record<CaseState, 'danger' | 'warning' | 'info' | 'primary' | 'success'> = {
  opened: 'primary', asked: 'warning', replied: 'primary', accepted: 'success', ordered: 'danger', referred: 'info', set_aside: 'info', dismissed: 'info', rechecked: 'success', closed: 'info',
}

/** Whether something is being worked: nothing is in two cases at once. */
export const inCase = (mark: CaseMark | null): boolean => mark !== null && mark.state !== 'closed' && !['dismissed', 'false_alarm'].includes(mark.outcome ?? '')

const PATH = '/v1/cases'

export const whole = (id: string): Promise<Case> => askJson('GET', `${PATH}/${id}`)
export const counts = (): Promise<Counts> => askJson('GET', `${PATH}/summary`)
export const outcomes = async (): Promise<Outcome[]> => (await askJson<{ items: Outcome[] }>('GET', `${PATH}/outcomes`)).items
export const officers = async (): Promise<Officer[]> => (await askJson<{ items: Officer[] }>('GET', `${PATH}/officers`)).items
export const letterPath = (id: string, number: string): string => `${PATH}/${id}/letters/${number}.pdf`
export const attachmentPath = (id: string, digest: string): string => `${PATH}/${id}/attachments/${digest}`

/** Opens a case; with the same id again it is the same one. */
export function open(id: string, picked: Picked[], note: string): Promise<Case> {
  const items = picked.map((one) => ({ [one.kind]: one.ref }))
  return askJson('POST', PATH, { id, items, ...(note.trim() && { note }) })
}

/** States in which a case takes further items. */
const TAKES_MORE: readonly CaseState[] = ['opened', 'asked', 'replied']

/** Whether what is added is asked about at once, because the firm was asked already. */
export const asks = (state: CaseState): boolean => state === 'asked' || state === 'replied'

/** The cases of a firm that take further items. */
export async function takers(firm: string): Promise<CaseRow[]> {
  const found = await askJson<{ items: CaseRow[] }>('GET', withQuery(PATH, { firm, limit: '100' }))
  return found.items.filter((one) => TAKES_MORE.includes(one.state))
}

/** Adds what was picked to a case, on the version that was looked at. */
export function add(one: CaseRow, id: string, picked: Picked[], words: { note: string; due_on: string | null }): Promise<Case> {
  const items = picked.map((each) => ({ [each.kind]: each.ref }))
  const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value))
  return askJson('POST', `${PATH}/${one.id}/items`, { id, version: one.version, items, ...said })
}

/** What else is open of the firm of a case: its duties, and all of the batteries of the case. */
export async function candidates(of: Case): Promise<Picked[]> {
  const here = of.things.map((one): Picked => ({ kind: one.kind, ref: one.ref, title: one.title, battery: one.battery, firm: of.firm }))
  const states = ['overdue', 'late', 'unchecked']
  const owed = await Promise.all(states.map((state) => askJson<{ items: Obligation[] }>('GET', withQuery('/v1/obligations', { bearer: of.firm, state, limit: '50' }))))
  const beside = await related(here)
  const free = owed.flatMap((page) => page.items).filter((one) => !inCase(one.case)).map(ofDuty)
  const known = new Set(here.map((one) => one.ref))
  const all = new Map([...beside, ...free].filter((one) => one.firm === of.firm && !known.has(one.ref)).map((one) => [one.ref, one]))
  return [...all.values()]
}

/** Takes a step, or replies, on the version that was looked at. */
export function take(one: Case, id: string, step: string, told: Record<string, unknown>): Promise<Case> {
  const said = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== '' && value !== null && value !== undefined && !(Array.isArray(value) && !value.length)))
  const reply = step === 'reply'
  return askJson('POST', `${PATH}/${one.id}/${reply ? 'replies' : 'steps'}`, { id, version: one.version, ...(!reply && { step }), ...said })
}

/** Sends a file for a step that will name it. */
export async function attach(id: string, file: File): Promise<Attachment> {
  const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  await ask('PUT', attachmentPath(id, digest), file)
  return { sha256: digest, name: file.name.slice(-120) }
}

/** What else is open of the same batteries and of the same firm. */
export async function related(picked: Picked[]): Promise<Picked[]> {
  const batteries = [...new Set(picked.map((one) => one.battery).filter((name) => name !== null))].slice(0, 5)
  const found = await Promise.all(batteries.map(async (battery) => {
    const [owed, findings] = await Promise.all([
      askJson<{ items: Obligation[] }>('GET', withQuery('/v1/obligations', { battery, limit: '50' })),
      askJson<{ items: Finding[] }>('GET', withQuery('/v1/findings', { battery, limit: '50' })),
    ])
    return [...owed.items.filter((one) => ['overdue', 'late', 'unchecked'].includes(one.state) && !inCase(one.case)).map(ofDuty), ...findings.items.filter((one) => !inCase(one.case)).flatMap(ofFinding)]
  }))
  const known = new Set(picked.map((one) => one.ref))
  return found.flat().filter((one) => !known.has(one.ref))
}

/** A duty as something to be worked. */
export function ofDuty(one: Obligation): Picked {
  return { kind: 'obligation', ref: one.id, title: one.duty_text, battery: one.battery, firm: one.bearer?.id ?? null }
}

/** A finding as something to be worked; none where the list does not have it. */
export function ofFinding(one: Finding): Picked[] {
  return one.id ? [{ kind: 'finding', ref: one.id, title: one.text, battery: one.battery, firm: one.organisation ?? null }] : []
}
