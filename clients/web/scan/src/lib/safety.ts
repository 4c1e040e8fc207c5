export const CONDITIONS = ['leak', 'swollen', 'burnt', 'wet', 'opened'] as const
export type Condition = (typeof CONDITIONS)[number]

const DANGEROUS: readonly Condition[] = ['burnt', 'leak', 'swollen', 'wet']
const KINDS: Record<Condition, string> = {
  burnt: 'fire',
  leak: 'leak',
  swollen: 'swelling',
  wet: 'water',
  opened: 'opened',
}

/** The safety class that what was seen speaks for; a person may decide otherwise. */
export function proposedClass(seen: readonly Condition[]): 'A' | 'B' | 'C' {
  if (isDangerous(seen)) return 'C'
  return seen.length > 0 ? 'B' : 'A'
}

/** Whether the pack has to be isolated before anything else. */
export function isDangerous(seen: readonly Condition[]): boolean {
  return seen.some((each) => DANGEROUS.includes(each))
}

/** What an alarm calls it: the gravest of what was seen. */
export function incidentKind(seen: readonly Condition[]): string {
  const gravest = DANGEROUS.find((each) => seen.includes(each))
  return gravest ? KINDS[gravest] : 'opened'
}
