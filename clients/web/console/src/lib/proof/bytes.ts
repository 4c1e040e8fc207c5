import { malformed } from './rejected'

/** Bytes that the browser's cryptography takes. */
export type Bytes = Uint8Array<ArrayBuffer>

export const HASH_BYTES = 32

export function utf8(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text))
}

export function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

export async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)))
}

export function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function encode64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
}

/**
 * Strict base64: what would be written otherwise is not read.
 * @throws Rejected where it is not.
 */
export function decode64(text: string): Bytes {
  let bytes: Bytes
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    throw malformed('编码', 'base64 text')
  }
  if (encode64(bytes) !== text) throw malformed('编码', 'base64 text')
  return bytes
}

const LARGEST = 2n ** 63n - 1n

/**
 * A decimal without leading zeros, at most 2^63 - 1.
 * @throws Rejected where it is none.
 */
export function decimal(text: string): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > LARGEST) throw malformed('数字', 'number')
  return BigInt(text)
}
