import type { Told } from '@common/speech'
import { askJson, Refused } from './api'

/** The sandbox of one's firm. */
export interface Sandbox {
  id: string
  address: string
  state: 'preparing' | 'ready' | 'failed'
  done: number
  total: number
  generation: number
  made_at: string
  used_at: string
  kept_days: number
}

/** A key, shown this once. */
export interface SandboxKey {
  key: string
  role: string
  address: string
  lives: number
}

export interface Task {
  id: string
  title: Told
  how: Told
  example: Record<string, unknown> | null
  state: 'done' | 'todo' | 'wrong'
  expected: Told
  came: Told
  way_out: Told | null
  at: string | null
}

/** A conformity run in a list. */
export interface RunShort {
  number: string
  organisation: string
  organisation_name: string | null
  role: string
  version: string
  title: Told
  begun_at: string
  ended_at: string | null
  passed: boolean | null
}

export interface Run extends RunShort {
  tasks: Task[]
  sha256: string | null
  check: string
}

export interface Scenario {
  role: string
  version: string
  title: Told
}

const HERE = '/v1/sandbox'
export const RUNS = '/v1/conformity-runs'

/** The sandbox of one's firm; null where there is none yet. */
export async function findSandbox(): Promise<Sandbox | null> {
  try {
    return await askJson<Sandbox>('GET', HERE)
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null
    throw error
  }
}

export function makeSandbox(): Promise<Sandbox> {
  return askJson('POST', HERE)
}

export function emptySandbox(): Promise<Sandbox> {
  return askJson('POST', `${HERE}/reset`)
}

export function makeKey(role: string): Promise<SandboxKey> {
  return askJson('POST', `${HERE}/keys`, { role })
}

export function beginRun(role: string): Promise<Run> {
  return askJson('POST', RUNS, { role })
}

export function readRun(number: string): Promise<Run> {
  return askJson('GET', `${RUNS}/${number}`)
}

export function endRun(number: string): Promise<Run> {
  return askJson('POST', `${RUNS}/${number}/end`)
}

export async function scenarios(): Promise<Scenario[]> {
  return (await askJson<{ items: Scenario[] }>('GET', '/v1/conformity-scenarios')).items
}
