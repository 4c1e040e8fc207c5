import type { Told } from '@common/speech'
import { ask, askJson } from './api'
import { localMoment } from './times'

export interface Selector {
  maker?: string
  vendor?: string
  model?: string
  produced_from?: string
  produced_to?: string
  codes_from?: string
  codes_to?: string
  names?: string[]
}

export interface Recall {
  recall: string
  issuer: string
  issuer_name: string | null
  subject: string
  selector: Selector
  advice: Partial<Told>
  reason: string | null
  document: string | null
  opened_at: string
  closed_at: string | null
  closing: string | null
  concerned: number
  remedied: number
}

export interface Preview {
  count: number
  stages: Record<string, number>
  names: string[]
}

export interface RecallWish {
  recall: string
  selector: Selector
  advice: string
  advice_en: string
  document: string
}

/** The number of a recall, from the name of its stream: `recall:<issuer>:<number>`. */
export const recallNumber = (subject: string): string => subject.split(':').slice(2).join(':')

export const FIELDS = ['maker', 'vendor', 'model', 'produced_from', 'produced_to', 'codes_from', 'codes_to'] as const

/** How many batteries on record it would concern; nothing is stored. */
export async function preview(selector: Selector): Promise<Preview> {
  return askJson<Preview>('POST', '/v1/recalls/preview', { selector })
}

export async function open(wish: RecallWish): Promise<void> {
  await report('recall_opened', Object.fromEntries(Object.entries(wish).filter(([, value]) => value)))
}

export async function close(one: Recall, reason: string): Promise<void> {
  await report('recall_closed', { recall: one.recall, issuer: one.issuer, reason })
}

/** What became of the report about one battery. */
export interface Remedied {
  battery: string
  outcome: 'accepted' | 'duplicate' | 'refused' | 'skipped'
  why: Told | null
}

interface BatchAnswer {
  results: { index: number; outcome: Remedied['outcome']; problem: { errors?: { message: Told; way_out: Told }[] } | null }[]
}

/** Tells that what a recall asks for was done; `ids` are the ids of the reports, by battery. */
export async function remedy(of: { recall: string; issuer: string }, ids: Map<string, string>, measure: string): Promise<Remedied[]> {
  const data = { recall: of.recall, issuer: of.issuer, ...(measure.trim() && { measure: measure.trim() }) }
  const at = localMoment()
  const told = [...ids].map(([battery, id]) => ({ event_id: id, type: 'remedied', battery, occurred_at: at, data }))
  const answer = await askJson<BatchAnswer>('POST', '/v1/events/batch', told)
  return answer.results.map((one) => ({ battery: told[one.index]?.battery ?? '', outcome: one.outcome, why: one.problem?.errors?.[0]?.message ?? null }))
}

async function report(type: string, data: Record<string, unknown>): Promise<void> {
  await ask('POST', '/v1/events', { event_id: crypto.randomUUID(), type, occurred_at: localMoment(), data })
}
