import type { Told } from '@common/speech'
import { ask, askJson, Refused, Unreachable } from './api'

export interface Tallies {
  accepted: number
  warned: number
  duplicate: number
  refused: number
  skipped: number
  out_of_scope: number
}

export interface RowFault {
  code: string
  column: string | null
  cell: string | null
  value: string | number | null
  message: Told
  way_out: Told
}

export interface Plan {
  columns: Record<string, number>
  fixed: Record<string, string>
}

/** A file that was sent, and how far it is. */
export interface Upload {
  id: string
  name: string
  type: string
  size: number
  sha256: string
  state: 'receiving' | 'reading' | 'read' | 'checking' | 'checked' | 'committing' | 'committed' | 'cancelled' | 'failed'
  parts: number
  part_bytes: number
  missing: number[]
  rows: number
  done: number
  rows_per_second: number | null
  seconds_left: number | null
  opened: { format: string; sheet: string; columns: string[]; others: string[] } | null
  plan: Plan | null
  plan_from: 'guessed' | 'saved' | 'given' | null
  checked: Tallies | null
  committed: Tallies | null
  problem: { errors: RowFault[] } | null
  made_at: string
  ended_at: string | null
}

export interface Row {
  row: number
  battery: string | null
  outcome: string
  same_as: number | null
  findings: string[]
  faults: RowFault[]
}

export interface Column {
  target: string
  title: Told
  needed: boolean
  example: string
  words: Record<string, Told>
}

export interface UploadType {
  type: string
  title: Told
  columns: Column[]
}

const PATH = '/v1/uploads'
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000]

/** Where an upload is. */
export function uploadPath(id: string, below = ''): string {
  return `${PATH}/${id}${below}`
}

export async function uploadTypes(): Promise<UploadType[]> {
  return (await askJson<{ items: UploadType[] }>('GET', `${PATH}/types`)).items
}

/** The SHA-256 of some bytes, in hexadecimal. */
export async function sha256(bytes: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer())
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Announces a file; one that was sent before answers as it is. */
export async function announce(file: File, type: string): Promise<Upload> {
  return askJson('POST', PATH, { name: file.name, size: file.size, sha256: await sha256(file), type })
}

/**
 * Sends the parts that are missing; goes on by itself when the line comes back.
 * @param heard is told after each part.
 * @throws Refused where a part is not taken for good.
 */
export async function send(file: File, upload: Upload, heard: (now: Upload) => void): Promise<Upload> {
  let now = upload
  let failures = 0
  while (now.missing.length && now.state === 'receiving') {
    try {
      now = await sendPart(file, now, now.missing[0] ?? 0)
      failures = 0
      heard(now)
    } catch (error) {
      if (!isPassing(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]))
      now = await askJson<Upload>('GET', uploadPath(now.id)).catch(() => now)
    }
  }
  return now
}

/** What may be gone at the next try. */
function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && (error.status >= 500 || error.status === 429))
}

async function sendPart(file: File, upload: Upload, part: number): Promise<Upload> {
  const bytes = file.slice(part * upload.part_bytes, (part + 1) * upload.part_bytes)
  const path = `${uploadPath(upload.id, `/parts/${part}`)}?sha256=${await sha256(bytes)}`
  return (await (await ask('PUT', path, bytes)).json()) as Upload
}

/** Whether something is being done with it at this moment. */
export function isUnderWay(upload: Upload): boolean {
  return ['reading', 'checking', 'committing'].includes(upload.state)
}
