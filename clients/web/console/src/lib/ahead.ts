import { askJson } from './api'

const asked = new Map<string, Promise<unknown>>()

/** Asks before the screen is there that shows the answer. */
export function askAhead(path: string): void {
  const answer = askJson<unknown>('GET', path)
  asked.set(path, answer)
  // Whoever is refused now may sign in next.
  answer.catch(() => asked.delete(path))
}

/** The answer that was asked for ahead, once; else it is asked for now. */
export function askedAhead<T>(path: string): Promise<T> {
  const answer = asked.get(path) as Promise<T> | undefined
  asked.delete(path)
  return answer ?? askJson<T>('GET', path)
}
