import { same, sha256, type Bytes } from './bytes'
import { Rejected } from './rejected'

// The Merkle tree of RFC 6962 over SHA-256, by the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2.
const LONGEST_PROOF = 64
const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

export function leafHash(leaf: Bytes): Promise<Bytes> {
  return sha256(LEAF, leaf)
}

function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(NODE, left, right)
}

/** Where a fold is: which node at a height, and the last one there. */
interface Place {
  at: bigint
  last: bigint
}

function up({ at, last }: Place): Place {
  return { at: at >> 1n, last: last >> 1n }
}

/** Whether the step stands to the left; and the place once levels that have no sibling are left behind. */
function beside(place: Place): { left: boolean; place: Place } {
  const left = (place.at & 1n) === 1n || place.at === place.last
  let here = place
  if (left) while (!(here.at & 1n) && here.at) here = up(here)
  return { left, place: up(here) }
}

/**
 * Believes that a tree holds a leaf at an index.
 * @throws Rejected where the proof does not lead from the leaf hash to the root.
 */
export async function verifyInclusion(leaf: Bytes, index: bigint, size: bigint, proof: Bytes[], root: Bytes): Promise<void> {
  if (index < 0n || index >= size || proof.length > LONGEST_PROOF) throw notIncluded()
  let place: Place = { at: index, last: size - 1n }
  let found = leaf
  for (const step of proof) {
    if (place.last === 0n) throw notIncluded()
    const { left, place: above } = beside(place)
    found = await (left ? nodeHash(step, found) : nodeHash(found, step))
    place = above
  }
  if (place.last || !same(found, root)) throw notIncluded()
}

/**
 * Believes that a tree only grew: its first leaves are those of an earlier tree.
 * @throws Rejected where the two are not shown to be one log.
 */
export async function verifyConsistency(first: bigint, second: bigint, firstRoot: Bytes, secondRoot: Bytes, proof: Bytes[]): Promise<void> {
  if (first < 0n || first > second || proof.length > LONGEST_PROOF) throw forked()
  if (first === 0n || first === second) {
    if (proof.length) throw forked()
    return mustBe(firstRoot, first === second ? [secondRoot] : [], first === 0n)
  }
  const steps = first & (first - 1n) ? proof : [firstRoot, ...proof]
  await fold(first, second, firstRoot, secondRoot, steps)
}

/** Nothing grew: the roots are equal; of nothing at all the root is known. */
async function mustBe(root: Bytes, others: Bytes[], empty: boolean): Promise<void> {
  const expected = empty ? [...others, await sha256()] : others
  if (!expected.every((each) => same(root, each))) throw forked()
}

async function fold(first: bigint, second: bigint, firstRoot: Bytes, secondRoot: Bytes, steps: Bytes[]): Promise<void> {
  const [start, ...rest] = steps
  if (!start) throw forked()
  let place: Place = { at: first - 1n, last: second - 1n }
  while (place.at & 1n) place = up(place)
  let [older, newer] = [start, start]
  for (const step of rest) {
    if (place.last === 0n) throw forked()
    const { left, place: above } = beside(place)
    if (left) older = await nodeHash(step, older)
    newer = await (left ? nodeHash(step, newer) : nodeHash(newer, step))
    place = above
  }
  if (place.last || !same(older, firstRoot) || !same(newer, secondRoot)) throw forked()
}

function notIncluded(): Rejected {
  return new Rejected('not_included', {
    zh: '这条记录与日志中该位置的内容不符：记录、收据或位置被改动过',
    en: 'the event is not what the log holds at this place: event, receipt or index was changed',
  })
}

function forked(): Rejected {
  return new Rejected('forked', { zh: '日志与以前见过的不是同一份：历史被改写过', en: 'this is not the log that was seen before: its history was rewritten' })
}
