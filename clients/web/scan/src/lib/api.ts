import { measure } from './clock'
import type { Problem } from './db'

/** The service refused: it will not change its mind about the same request. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.title)
  }
}

/** No answer, or one that says to come back: try the same again later. */
export class Unreachable extends Error {}

const PATIENCE_MS = 30_000
const COME_BACK = [408, 409, 425, 429]

let bearer = ''

/** The key that requests carry from now on; empty to forget it. */
export function useKey(key: string): void {
  bearer = key
}

export function hasKey(): boolean {
  return bearer !== ''
}

interface Asked {
  body?: BodyInit | undefined
  json?: unknown
  headers?: Record<string, string>
  language?: string
}

/**
 * Asks the service.
 * @throws Refused where it says no for good; Unreachable where nothing is certain.
 */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
  const headers = new Headers(asked.headers)
  headers.set('accept', 'application/json')
  headers.set('accept-language', asked.language ?? document.documentElement.lang)
  if (bearer) headers.set('authorization', `Bearer ${bearer}`)
  if (asked.json !== undefined) headers.set('content-type', 'application/json')
  const body = asked.json === undefined ? asked.body : JSON.stringify(asked.json)
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body ?? null,
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  } catch (error) {
    throw new Unreachable(String(error))
  }
  if (answer.ok) return answer
  throw await failure(answer)
}

async function failure(answer: Response): Promise<Error> {
  const problem = (await answer.json().catch(() => null)) as Problem | null
  const sure = problem && Array.isArray(problem.errors)
  const later = answer.status >= 500 || COME_BACK.includes(answer.status)
  const known = problem?.code !== 'event_id_conflict' && problem?.code !== 'target_unknown'
  if (!sure || (later && known)) return new Unreachable(`${answer.status}`)
  return new Refused(answer.status, problem)
}

/** The JSON of an answer that says yes. */
export async function askJson<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(method, path, asked)
  try {
    return (await answer.json()) as T
  } catch (error) {
    // Half an answer: the service may have done it or not.
    throw new Unreachable(String(error))
  }
}

/** Measures the service's clock. */
export async function askTime(): Promise<void> {
  const sentAt = Date.now()
  const { now } = await askJson<{ now: string }>('GET', '/v1/clock')
  measure(sentAt, Date.now(), Date.parse(now))
}
