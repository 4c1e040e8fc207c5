import { language, told, word } from '../language'
import { firm } from './firms'
import { SUGGESTED } from './reasons'

const ORGANISATIONS = new Set(['sender', 'receiver', 'supplier', 'issuer', 'carrier', 'requester', 'to', 'owner', 'source_organisation'])
const LISTS: Record<string, Parameters<typeof word>[0]> = {
  safety_class: 'safety-class', mass_basis: 'mass-basis', source: 'buyer', buyer_kind: 'buyer', stage: 'stage', chemistry: 'chemistry',
  prefecture: 'prefecture', basis: 'declared-basis', application: 'host', kind: 'host', origin: 'lot-origin', un_number: 'un-number', material: 'material', process: 'process', answer: 'pickup-answer', decision: 'decision',
}

const SUGGESTS = new Set(['reason', 'method', 'kind'])

const YES = { zh: ['是', '否'], en: ['yes', 'no'] } as const

/** What a report said, as pairs of a title and a text; what is nested is one text. */
export function said(data: Record<string, unknown>): { title: string; text: string }[] {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ({ title: title(name), text: text(name, value) }))
}

function title(name: string): string {
  return word('member', name)
}

function text(name: string, value: unknown): string {
  const zh = language() === 'zh'
  if (typeof value === 'boolean') return YES[language()][value ? 0 : 1]
  if (Array.isArray(value)) return value.map((each) => text(name, each)).join(zh ? '、' : ', ')
  if (typeof value === 'object' && value !== null) return said(value as Record<string, unknown>).map((each) => `${each.title} ${each.text}`).join(zh ? '；' : '; ')
  return plain(name, String(value))
}

function plain(name: string, value: string): string {
  const list = LISTS[name]
  if (SUGGESTS.has(name) && SUGGESTED[value]) return told(SUGGESTED[value])
  if (list) return word(list, value)
  return ORGANISATIONS.has(name) ? firm(value) : value
}
