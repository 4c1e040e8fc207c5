import rules from '@contracts/code-rules.json'

type Form = keyof typeof rules.forms

/** What a GB/T 34014 code says by itself. */
export interface Meaning {
  vendor: string
  product: string
  chemistries: string[]
  made: string
  serial: string
  reuse: boolean
}

const FORMS = Object.entries(rules.forms) as [Form, string[]][]
const SCHEMED = /^(gbt34014|gbt45565|gbt40098|serial|asset|tmp)\s*:(.*)$/is
const ADDRESS = /^https?:\/\/[^/\s?#]+\/b\/([^?#]+)/i
const FULL_LENGTH = 24

/** Upper case, half width, without blanks: how a code is compared. */
export function tidy(text: string): string {
  return text.normalize('NFKC').replace(/[\u200b-\u200d\u2060\ufeff\u00ad\s]/g, '').toUpperCase()
}

/** Every character that may follow what was typed so far; empty where the code is whole or wrong. */
export function allowedNext(typed: string): Set<string> {
  const next = new Set<string>()
  for (const [, places] of FORMS)
    if (typed.length < places.length && fits(typed, places))
      for (const each of places[typed.length] ?? '') next.add(each)
  return next
}

/** The first place (from 0) that no form of the code allows, or -1. */
export function firstWrong(typed: string): number {
  for (let length = 1; length <= typed.length; length += 1)
    if (!FORMS.some(([, places]) => fits(typed.slice(0, length), places))) return length - 1
  return -1
}

function fits(typed: string, places: string[]): boolean {
  return typed.length <= places.length && Array.from(typed).every((each, at) => places[at]?.includes(each))
}

function formOf(code: string): Form | undefined {
  return FORMS.find(([, places]) => places.length === code.length && fits(code, places))?.[0]
}

/** Whether the text is a whole GB/T 34014 code with a day that exists. */
export function isCode(code: string): boolean {
  const form = formOf(code)
  return form !== undefined && madeOn(code, form) !== ''
}

function madeOn(code: string, form: Form): string {
  const at = form === 'reused' ? 7 : 14
  const year = lookUp(rules.years, code[at])
  const month = lookUp(rules.months, code[at + 1])
  const day = lookUp(rules.days, code[at + 2])
  if (!year || !month || !day) return ''
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : ''
}

function lookUp(table: Record<string, number>, symbol: string | undefined): number | undefined {
  return symbol === undefined ? undefined : table[symbol]
}

/** What is known of a code while it is being typed: members stay empty until their places are there. */
export function meaningOf(typed: string): Meaning {
  const form = formOf(typed) ?? 'full'
  const products = rules.products as Record<string, string>
  const families = rules.families as Record<string, string[]>
  return {
    vendor: typed.length >= 3 ? typed.slice(0, 3) : '',
    product: products[typed[3] ?? ''] ?? '',
    chemistries: families[typed[4] ?? ''] ?? [],
    made: typed.length >= 17 ? madeOn(typed, form) : '',
    serial: form === 'full' && typed.length === FULL_LENGTH ? typed.slice(17) : '',
    reuse: form !== 'full',
  }
}

/**
 * The canonical name in what a scanner or a person gave, or null where it is no battery.
 * Accepts a bare code, an own label's address in any case, and `scheme:value`.
 */
export function readName(text: string): string | null {
  const address = ADDRESS.exec(text.trim())
  if (address) return readPlain(withoutRevision(decoded(address[1] ?? '')))
  if (/^https?:/i.test(text.trim())) return null
  return readPlain(text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\/$/, ''))
  } catch {
    return text
  }
}

/** A replacement label prints its revision behind the name: `…/R2`. */
function withoutRevision(text: string): string {
  return text.replace(/\/R\d{1,3}$/i, '')
}

function readPlain(text: string): string | null {
  const [, scheme = 'gbt34014', value = text] = SCHEMED.exec(text.normalize('NFKC').trim()) ?? []
  if (scheme.toLowerCase() === 'gbt34014') return isCode(tidy(value)) ? tidy(value) : null
  const kept = value.trim().replace(/ +/g, ' ').toUpperCase()
  return kept ? `${scheme.toLowerCase()}:${kept}` : null
}

/** The revision printed in an own label's address; 1 where none is. */
export function revisionOf(text: string): number {
  return Number(/\/b\/[^?#]+\/r(\d{1,3})(?:[?#]|$)/i.exec(text)?.[1] ?? 1)
}

/** A code in groups of four; other names as they are. */
export function groups(name: string): string[] {
  return name.includes(':') ? [name] : (name.match(/.{1,4}/g) ?? [])
}

/** The known name that differs from the typed one in exactly one place, if there is one. */
export function nearest(typed: string, known: Iterable<string>): string | null {
  for (const each of known) {
    if (each.length !== typed.length || each === typed) continue
    const differing = Array.from(each).filter((character, at) => character !== typed[at]).length
    if (differing === 1) return each
  }
  return null
}
