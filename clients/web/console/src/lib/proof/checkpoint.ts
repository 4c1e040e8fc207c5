import { decimal, decode64, HASH_BYTES, type Bytes } from './bytes'
import { readNote, signedBy, type VerifierKey } from './note'
import { malformed, Rejected } from './rejected'

/** What a log said of itself: its name, the number of its leaves, the root over all of them. */
export interface Checkpoint {
  origin: string
  size: bigint
  root: Bytes
}

/** A checkpoint that is believed, and which witnesses cosigned it, when (seconds since 1970). */
export interface Accepted extends Checkpoint {
  witnesses: { name: string; at: number }[]
}

const LEEWAY_S = 300

function readCheckpoint(text: Bytes): Checkpoint {
  const [origin, size, root, ...more] = new TextDecoder().decode(text).split('\n')
  if (!origin || size === undefined || root === undefined || more.pop() !== '' || more.some((line) => !line)) throw malformed('检查点', 'checkpoint')
  const hash = decode64(root)
  if (hash.length !== HASH_BYTES) throw malformed('检查点', 'checkpoint')
  return { origin, size: decimal(size), root: hash }
}

/**
 * Believes a signed checkpoint.
 * @param keys of the log, old and new during a rotation.
 * @param witnesses whose cosignatures are told; none of them is demanded.
 * @throws Rejected where no key of the log signed it, or a signature does not fit.
 */
export async function accept(raw: string, keys: VerifierKey[], witnesses: VerifierKey[] = [], nowS = Date.now() / 1000): Promise<Accepted> {
  const note = readNote(raw)
  const checkpoint = readCheckpoint(note.text)
  const logs = keys.filter((key) => key.name === checkpoint.origin)
  if (!logs.length) {
    throw new Rejected('wrong_origin', { zh: `这是另一个日志（${checkpoint.origin}）的检查点`, en: `this is a checkpoint of another log: ${checkpoint.origin}` })
  }
  if (!(await signedBy(note, logs)).size) {
    throw new Rejected('not_signed', { zh: '检查点没有日志密钥的签名：不是由该日志签发的', en: "the checkpoint is not signed by the log's key: this log never issued it" })
  }
  const cosigned = [...(await signedBy(note, witnesses))].map(([key, at]) => ({ name: key.name, at }))
  if (cosigned.some(({ at }) => at > nowS + LEEWAY_S)) {
    throw new Rejected('future', { zh: '见证签名的时间在将来', en: "a witness's signature is dated in the future" })
  }
  return { ...checkpoint, witnesses: cosigned }
}
