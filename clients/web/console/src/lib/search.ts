import type { Told } from '@common/speech'
import { askJson } from './api'

const LIKE: Record<string, string> = { O: '0', Q: '0', I: '1', L: '1' }
const CODE_LENGTH = 24

/** What somebody typed or pasted as a name: an address of a label, spaces, full-width letters, any case. */
export function nameOf(typed: string): string {
  const plain = typed.normalize('NFKC').trim()
  const inAddress = /\/b\/([^/?#\s]+)/i.exec(plain)
  const name = inAddress?.[1] ? decodeURIComponent(inAddress[1]) : plain
  return name.includes(':') ? name : name.replace(/[\s-]/g, '').toUpperCase()
}

/** The code that was perhaps meant where letters stand that no code holds. */
export function likeliest(name: string): string | null {
  if (name.length !== CODE_LENGTH) return null
  const meant = name.replace(/[OQIL]/g, (letter) => LIKE[letter] ?? letter)
  return meant === name ? null : meant
}

export const MOST_TERMS = 200
const MOST_KEPT = 12
const KEPT = 'searches'
const VIN = /^(?=[0-9]*[A-Z])[A-HJ-NPR-Z0-9]{17}$/

export interface FoundBattery {
  battery: string
  sees: 'whole' | 'own_reports'
  stage: string | null
  holder: string | null
  holder_name: string | null
  prefecture: string | null
  quarantined: boolean | null
  last_event_at: string | null
  findings: number
  worst: 'info' | 'low' | 'medium' | 'high' | null
}

/** What was found for one term. */
export interface SearchItem {
  term: string
  kind: 'battery' | 'vehicle' | 'firm' | 'receipt' | 'event'
  outcome: 'found' | 'not_found' | 'ambiguous'
  label: number | null
  batteries: FoundBattery[]
  firms: { id: string; name: string; uscc: string | null; prefecture: string | null }[]
  paper: { number: string; check: string; event_id: string | null; upload: string | null } | null
  near: string[]
  fault: Told | null
}

export interface SearchFound {
  items: SearchItem[]
  counts: Record<SearchItem['outcome'], number>
  log_index: number | null
}

export function search(terms: string[]): Promise<SearchFound> {
  return askJson<SearchFound>('POST', '/v1/search', { terms })
}

/** The terms of a pasted text, each once: one in a line or a cell. */
export function termsOf(text: string): string[] {
  const terms = text.split(/[\n\r\t,，;；、]+/).map((term) => term.trim())
  return [...new Set(terms.filter(Boolean))]
}

/** Whether it is, or nearly, a VIN: such are kept neither in addresses nor in the browser. */
export function likeVin(term: string): boolean {
  return VIN.test(term.normalize('NFKC').replace(/\s/g, '').toUpperCase().replace(/[IOQ]/g, '0'))
}

/** What was looked for last at this computer, the newest first. */
export function recent(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '[]') as unknown
    return Array.isArray(kept) ? kept.filter((each): each is string => typeof each === 'string') : []
  } catch {
    return []
  }
}

export function remember(term: string): void {
  if (likeVin(term)) return
  const kept = [term, ...recent().filter((each) => each !== term)].slice(0, MOST_KEPT)
  localStorage.setItem(KEPT, JSON.stringify(kept))
}

export function forgetSearches(): void {
  localStorage.removeItem(KEPT)
}

/** Terms on their way from the box to the page: by no address, which servers and histories keep. */
export const wanted = { text: '' }

/** The only battery that a term leads to; null where there is none, or more to choose from. */
export function only(item: SearchItem): FoundBattery | null {
  return item.outcome === 'found' && item.batteries.length === 1 ? (item.batteries[0] ?? null) : null
}
