import { db, getMeta, setMeta } from './db'

const ROUNDS = 310_000
const FREE_TRIES = 3
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 15 * 60_000

interface Locked {
  salt: Uint8Array<ArrayBuffer>
  iv: Uint8Array<ArrayBuffer>
  sealed: Uint8Array<ArrayBuffer>
  outer: Uint8Array<ArrayBuffer>
  rounds: number
}

interface Tries {
  wrong: number
  until: number
}

/** The PIN is wrong, or it is too early for another try; `until` is when the next one may be. */
export class WrongPin extends Error {
  constructor(readonly until: number) {
    super('wrong PIN')
  }
}

function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}

async function ofPin(pin: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const told = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
    told,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

/** A key that never leaves this browser: what is copied out of its database alone cannot be tried. */
async function ofBrowser(): Promise<CryptoKey> {
  const known = await getMeta<CryptoKey>('browser_key')
  if (known) return known
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  await setMeta('browser_key', made)
  return made
}

/** Keeps the device's key, readable with this PIN only. */
export async function lock(key: string, pin: string): Promise<void> {
  const [salt, iv, outer] = [random(16), random(12), random(12)]
  const byPin = await ofPin(pin, salt, ROUNDS)
  const inner = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, byPin, new TextEncoder().encode(key))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: outer }, await ofBrowser(), inner)
  const kept: Locked = { salt, iv, outer, sealed: new Uint8Array(sealed), rounds: ROUNDS }
  // Not by setMeta: bytes are kept as bytes.
  await (await db()).put('meta', kept, 'locked_key')
  await setMeta('tries', { wrong: 0, until: 0 })
}

/**
 * The device's key.
 * @throws WrongPin with a wait that grows with every wrong try and outlives a reload.
 */
export async function unlock(pin: string, now: number = Date.now()): Promise<string> {
  const tries = (await getMeta<Tries>('tries')) ?? { wrong: 0, until: 0 }
  if (tries.until > now) throw new WrongPin(tries.until)
  const kept = await getMeta<Locked>('locked_key')
  if (!kept) throw new Error('this device holds no key')
  try {
    const inner = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.outer }, await ofBrowser(), kept.sealed)
    const byPin = await ofPin(pin, kept.salt, kept.rounds)
    const key = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.iv }, byPin, inner)
    await setMeta('tries', { wrong: 0, until: 0 })
    return new TextDecoder().decode(key)
  } catch {
    const wrong = tries.wrong + 1
    const until = now + waitAfter(wrong)
    await setMeta('tries', { wrong, until })
    throw new WrongPin(until)
  }
}

/** How long to wait after so many wrong PINs, in milliseconds. */
export function waitAfter(wrong: number): number {
  if (wrong < FREE_TRIES) return 0
  return Math.min(FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT_MS)
}
