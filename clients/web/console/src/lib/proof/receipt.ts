import { decimal, decode64, HASH_BYTES, type Bytes } from './bytes'
import { malformed } from './rejected'

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
const LONGEST_PROOF = 64

/** A proof that can be kept in a file (c2sp.org/tlog-proof); `note` is the signed checkpoint. */
export interface Receipt {
  index: bigint
  proof: Bytes[]
  note: string
}

/**
 * Reads a `.tlog-proof` file.
 * @throws Rejected where it is none.
 */
export function readReceipt(raw: string): Receipt {
  const gap = raw.indexOf('\n\n')
  const [first, ...lines] = raw.slice(0, Math.max(gap, 0)).split('\n')
  if (lines[0]?.startsWith('extra ')) decode64((lines.shift() ?? '').slice('extra '.length))
  const index = lines.shift()
  if (gap < 0 || first !== FIRST_LINE || !index?.startsWith('index ')) throw malformed('收据', 'receipt')
  return { index: decimal(index.slice('index '.length)), proof: readHashes(lines), note: raw.slice(gap + 2) }
}

/**
 * The hashes of a proof.
 * @throws Rejected where one of them is no hash, or they are too many for any tree.
 */
export function readHashes(lines: string[]): Bytes[] {
  const hashes = lines.map(decode64)
  if (hashes.length > LONGEST_PROOF || hashes.some((hash) => hash.length !== HASH_BYTES)) throw malformed('证明', 'proof')
  return hashes
}
