import type { Told } from '@common/speech'

/** One thing that is wrong with a request (RFC 9457 `errors`). */
export interface Fault {
  code: string
  pointer: string
  message: Told
  way_out: Told
}

export interface Problem {
  code: string
  title: string
  detail: string
  errors?: Fault[]
}

/** The service refused. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.title)
  }
}

/** No answer, or one that nobody can read. */
export class Unreachable extends Error {}

const PATIENCE_MS = 30_000

/** Called when the service says that nobody is signed in. */
export const ended = { then: () => {} }

/**
 * Asks the service with the cookie of the session.
 * @throws Refused where it says no; Unreachable where it did not answer.
 */
export async function ask(method: string, path: string, json?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: 'application/json', 'accept-language': document.documentElement.lang })
  // A header that no foreign page can send: what changes something must carry it.
  headers.set('x-dianchi-request', '1')
  const bytes = json instanceof Blob
  if (json !== undefined) headers.set('content-type', bytes ? 'application/octet-stream' : 'application/json')
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: bytes ? json : json === undefined ? null : JSON.stringify(json),
      credentials: 'same-origin',
      signal: signal ?? AbortSignal.timeout(PATIENCE_MS),
    })
  } catch (error) {
    throw new Unreachable(String(error))
  }
  if (answer.ok) return answer
  const problem = (await answer.json().catch(() => null)) as Problem | null
  if (!problem) throw new Unreachable(`${answer.status}`)
  if (answer.status === 401) ended.then()
  throw new Refused(answer.status, problem)
}

/** The JSON of an answer that says yes. */
export async function askJson<T>(method: string, path: string, json?: unknown): Promise<T> {
  return (await (await ask(method, path, json)).json()) as T
}

/** A path with a query, without what is empty. */
export function withQuery(path: string, query: Record<string, string | null | undefined>): string {
  const kept = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const told = new URLSearchParams(kept).toString()
  return told ? `${path}?${told}` : path
}

/** Where a battery is, in the API or in the console. */
export function batteryPath(name: string, below = ''): string {
  return `/v1/batteries/${encodeURIComponent(name)}${below}`
}
