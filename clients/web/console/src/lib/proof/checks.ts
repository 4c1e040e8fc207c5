import type { Told } from '@common/speech'
import { ask, askJson, Refused, Unreachable } from '../api'
import { encode64, hex, decode64, sha256, type Bytes } from './bytes'
import { accept, type Accepted, type Checkpoint } from './checkpoint'
import type { VerifierKey } from './note'
import { readHashes, readReceipt } from './receipt'
import { malformed, Rejected } from './rejected'
import type { Seen } from './seen'
import { leafHash, verifyConsistency, verifyInclusion } from './tree'

export type StepName = 'fetched' | 'hash' | 'signature' | 'inclusion' | 'consistency' | 'remembered'

/** One step of a check: good with what was found, bad with why, or not reached. */
export interface Step {
  name: StepName
  state: 'good' | 'bad' | 'todo'
  found: string
  why: Told | null
}

/** Whose signatures count. */
export interface Trust {
  keys: VerifierKey[]
  witnesses: VerifierKey[]
}

type Work = [StepName, () => Promise<string>]

/** Does one step after the other, up to the first that fails. */
export async function steps(work: Work[]): Promise<Step[]> {
  const done: Step[] = []
  let failed = false
  for (const [name, act] of work) {
    if (failed) {
      done.push({ name, state: 'todo', found: '', why: null })
      continue
    }
    try {
      done.push({ name, state: 'good', found: await act(), why: null })
    } catch (error) {
      done.push({ name, state: 'bad', found: '', why: whyOf(error) })
      failed = true
    }
  }
  return done
}

function whyOf(error: unknown): Told {
  if (error instanceof Rejected) return error.told
  if (error instanceof Refused) return { zh: error.problem.title, en: error.problem.title }
  if (error instanceof Unreachable) return { zh: '服务没有应答', en: 'the service did not answer' }
  throw error
}

export const allGood = (done: Step[]): boolean => done.length > 0 && done.every(({ state }) => state === 'good')

async function textOf(path: string): Promise<string> {
  return (await ask('GET', path)).text()
}

/** Shows that one checkpoint continues another, whichever of the two is larger. */
async function grown(one: Checkpoint, other: Checkpoint): Promise<string> {
  const [first, second] = one.size <= other.size ? [one, other] : [other, one]
  const path = `/log/proof/consistency?from=${first.size.toString()}&to=${second.size.toString()}`
  const { hashes } = await askJson<{ hashes: string[] }>('GET', path)
  if (!Array.isArray(hashes)) throw malformed('证明', 'proof')
  await verifyConsistency(first.size, second.size, first.root, second.root, readHashes(hashes))
  return `${first.size.toString()} → ${second.size.toString()}`
}

const seenCheckpoint = (seen: Seen): Checkpoint => ({ origin: seen.origin, size: BigInt(seen.size), root: decode64(seen.root) })

/** The newest checkpoint: signed by the log, and holding all that this computer saw before. */
export async function checkNow(trust: Trust, seen: (origin: string) => Seen[]): Promise<{ done: Step[]; accepted: Accepted | null; note: string }> {
  let note = ''
  let accepted: Accepted | null = null
  const done = await steps([
    ['fetched', async () => (note = await textOf('/log/checkpoint')).split('\n')[1] ?? ''],
    ['signature', async () => (accepted = await accept(note, trust.keys, trust.witnesses)).origin],
    ['remembered', async () => (accepted ? await sameAsSeen(accepted, seen(accepted.origin)) : '')],
  ])
  return { done, accepted, note }
}

async function sameAsSeen(accepted: Checkpoint, seen: Seen[]): Promise<string> {
  const told = []
  for (const each of seen) told.push(await grown(seenCheckpoint(each), accepted))
  return told.slice(0, 3).join(' · ')
}

/** Two signed checkpoints: whether they are of one log that was only added to. */
export function checkGrowth(first: string, second: string, trust: Trust): Promise<Step[]> {
  const both: Accepted[] = []
  return steps([
    ['signature', async () => {
      both.push(await accept(first, trust.keys, trust.witnesses), await accept(second, trust.keys, trust.witnesses))
      return both.map(({ size }) => size.toString()).join(' · ')
    }],
    ['consistency', async () => (both[0] && both[1] ? await grown(both[0], both[1]) : '')],
  ])
}

/** One event: its bytes, the checkpoint of its receipt, its place, and that this is the log seen before. */
export function checkEvent(eventId: string, battery: string, trust: Trust, seen: (origin: string) => Seen[]): Promise<Step[]> {
  const line = battery ? `?battery=${encodeURIComponent(battery)}` : ''
  let [leaf, receipt]: [Bytes, string] = [new Uint8Array(), '']
  let accepted: Accepted | null = null
  return steps([
    ['fetched', async () => {
      receipt = await textOf(`/v1/events/${eventId}/receipt${line}`)
      leaf = new Uint8Array(await (await ask('GET', `/v1/events/${eventId}${line || '?'}${line ? '&' : ''}representation=leaf`)).arrayBuffer())
      return `${leaf.length} B`
    }],
    ['hash', async () => {
      mustTellOf(leaf, eventId)
      return hex(await sha256(leaf))
    }],
    ['signature', async () => (accepted = await accept(readReceipt(receipt).note, trust.keys, trust.witnesses)).size.toString()],
    ['inclusion', async () => {
      const { index, proof } = readReceipt(receipt)
      if (accepted) await verifyInclusion(await leafHash(leaf), index, accepted.size, proof, accepted.root)
      return index.toString()
    }],
    ['remembered', async () => (accepted ? await sameAsSeen(accepted, seen(accepted.origin).slice(0, 1)) : '')],
  ])
}

/** The bytes must be those of the event that was asked for: else any event of the log would do. */
function mustTellOf(leaf: Bytes, eventId: string): void {
  let told: unknown
  try {
    told = (JSON.parse(new TextDecoder().decode(leaf)) as { event_id?: unknown }).event_id
  } catch {
    throw malformed('事件', 'event')
  }
  if (told === eventId.toLowerCase()) return
  const which = typeof told === 'string' ? told : '—'
  throw new Rejected('other_event', { zh: `这是另一条记录的原文：问的是 ${eventId}，给的是 ${which}`, en: `these are the bytes of another record: asked ${eventId}, given ${which}` })
}

/** A root as people compare it. */
export const rootText = (checkpoint: Checkpoint): string => encode64(checkpoint.root)
