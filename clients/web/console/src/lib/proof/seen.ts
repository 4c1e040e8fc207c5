import { day } from '../times'
import { encode64 } from './bytes'
import type { Accepted } from './checkpoint'

const KEYS = 'log-keys'
const SEEN = 'log-seen'
const MOST_SEEN = 60

/** A checkpoint that this computer saw and believed. */
export interface Seen {
  origin: string
  size: string
  root: string
  note: string
  at: string
}

/** The keys that were pasted here, got by another way than from the server; empty where none was. */
export function ownKeys(): string[] {
  return (localStorage.getItem(KEYS) ?? '').split('\n').filter(Boolean)
}

export function keepKeys(keys: string[]): void {
  if (keys.length) localStorage.setItem(KEYS, keys.join('\n'))
  else localStorage.removeItem(KEYS)
}

/** What was seen of a log, the newest first. */
export function seenOf(origin: string): Seen[] {
  try {
    const kept = JSON.parse(localStorage.getItem(SEEN) ?? '[]') as Seen[]
    return kept.filter((each) => each.origin === origin)
  } catch {
    return []
  }
}

/** Remembers a checkpoint, one for each day. */
export function rememberSeen(accepted: Accepted, note: string, at: string): void {
  const seen: Seen = { origin: accepted.origin, size: accepted.size.toString(), root: encode64(accepted.root), note, at }
  const before = seenOf(accepted.origin).filter((each) => day(each.at) !== day(at))
  localStorage.setItem(SEEN, JSON.stringify([seen, ...before].slice(0, MOST_SEEN)))
}
