import type { Told } from '@common/speech'
import { word } from '../language'

/** A system that signs its own requests for tokens. */
export interface System {
  id: string
  name: string
  role: string
  scopes: string[] | null
  made_at: string
  revoked_at: string | null
}

export interface Webhook {
  id: string
  url: string
  types: string[] | null
  payload: 'thin' | 'whole'
  state: 'active' | 'failing' | 'paused' | 'disabled'
  why: Told | null
  log_index: number
  waiting: number
  failures: number
  failing_since: string | null
  former_secret_until: string | null
  made_at: string
}

export interface Delivery {
  message: string
  log_index: number | null
  type: string
  state: 'waiting' | 'delivered' | 'given_up' | 'withdrawn'
  tries: number
  made_at: string
  tried_at: string | null
  next_at: string | null
  status: number | null
  took_ms: number | null
  fault: string | null
  fault_text: Told | null
}

export type Pair = { shown: JsonWebKey; kept: JsonWebKey }
const ALGORITHM = 'Ed25519'

/** A new pair of keys, made in this browser; null where it cannot (before 2025 few could). */
export async function newPair(): Promise<Pair | null> {
  try {
    const made = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
    const { kty, crv, x, d } = await crypto.subtle.exportKey('jwk', made.privateKey)
    if (!kty || !crv || !x || !d) return null
    return { shown: { kty, crv, x }, kept: { kty, crv, x, d } }
  } catch {
    return null
  }
}

/** A public key as somebody pasted it; null where it is none. What is private in it is left out. */
export function pastedKey(text: string): JsonWebKey | null {
  try {
    const { kty, crv, x } = JSON.parse(text) as JsonWebKey
    return kty && crv && x ? { kty, crv, x } : null
  } catch {
    return null
  }
}

type Translate = (name: string) => string

/** What somebody may do by a scope, in words. */
export function mayDo(scope: string, t: Translate): string {
  return ['read', 'report'].includes(scope) ? t(`keys.${scope}`) : word('type', scope.replace(/^report:/, ''))
}

/** The scopes that may be chosen from, for somebody who may report these types. */
export function scopesOf(types: string[], t: Translate): { value: string; label: string }[] {
  const scopes = ['read', 'report', ...types.map((type) => `report:${type}`)]
  return scopes.map((value) => ({ value, label: value.includes(':') ? `${t('keys.only')} ${mayDo(value, t)}` : mayDo(value, t) }))
}
