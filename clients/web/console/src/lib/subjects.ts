/** What is no battery and yet has a story: a batch, a lot, a site, a firm, a request for collection. */
export interface Subject {
  kind: string
  /** The id of the organisation whose it is, or which it is. */
  firm: string
  /** The number that the firm gave it; empty for a firm. */
  number: string
}

const FORM = /^(batch|lot|organisation|pickup|recall|site):([^:]+)(?::(.+))?$/

/** Reads the name of a stream, as `batch:<organisation>:<number>`; null where it is another. */
export function readSubject(name: string | null | undefined): Subject | null {
  const [, kind = '', firm = '', number = ''] = FORM.exec(name ?? '') ?? []
  return kind ? { kind, firm, number } : null
}
