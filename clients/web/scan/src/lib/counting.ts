/** What a stock count shows: three lists that together hold every battery once. */
export interface Compared {
  agrees: string[]
  missing: string[]
  extra: string[]
}

/** Compares what should be there with what was scanned. */
export function compared(expected: readonly string[], scanned: readonly string[]): Compared {
  const [wanted, found] = [new Set(expected), new Set(scanned)]
  return {
    agrees: scanned.filter((each) => wanted.has(each)),
    missing: expected.filter((each) => !found.has(each)),
    extra: scanned.filter((each) => !wanted.has(each)),
  }
}
