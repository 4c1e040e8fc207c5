import type { Told } from '@common/speech'
import { ask, askJson, withQuery } from './api'

/** Reasons to erase that the law gives, as the service publishes them. */
export const BASES = ['request_of_person', 'purpose_met', 'retention_over', 'consent_withdrawn', 'unlawful'] as const

/** A request to erase an attachment, and what became of it. */
export interface Erasure {
  id: string
  attachment: { case: string; sha256: string } | null
  basis_text: Told
  document: string
  state: 'open' | 'approved' | 'declined' | 'expired'
  asked_hand: string
  asked_at: string
}

const PATH = '/v1/erasures'

/** What waits for a second officer in a case. */
export async function waitingIn(of: string): Promise<Erasure[]> {
  const found = await askJson<{ items: Erasure[] }>('GET', withQuery(PATH, { case: of }))
  return found.items.filter((one) => one.state === 'open')
}

export function askToErase(of: string, sha256: string, basis: string, document: string): Promise<Erasure> {
  return askJson('POST', PATH, { attachment: { case: of, sha256 }, basis, document })
}

export async function approve(one: Erasure): Promise<void> {
  await ask('POST', `${PATH}/${one.id}/approval`, {})
}

export async function decline(one: Erasure, why: string): Promise<void> {
  await ask('POST', `${PATH}/${one.id}/decline`, { why })
}
