import type { Bytes } from './bytes'
import { accept, type Accepted } from './checkpoint'
import type { VerifierKey } from './note'
import type { Receipt } from './receipt'
import { leafHash, verifyInclusion } from './tree'

/**
 * Believes that a log holds an event, by a receipt.
 * @param leaf the exact bytes of the event.
 * @throws Rejected where something does not fit; it says what.
 */
export async function verifyEvent(receipt: Receipt, leaf: Bytes, keys: VerifierKey[], witnesses: VerifierKey[] = [], nowS = Date.now() / 1000): Promise<Accepted> {
  const checkpoint = await accept(receipt.note, keys, witnesses, nowS)
  await verifyInclusion(await leafHash(leaf), receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
  return checkpoint
}
