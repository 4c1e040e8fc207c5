import { decode64, hex, joined, sha256, utf8, type Bytes } from './bytes'
import { malformed, Rejected } from './rejected'

// Signed notes (c2sp.org/signed-note): Ed25519 (1) and Ed25519 cosignatures (4) are read here; a
// signature of any other kind is of an unknown key and passed over.
const NOTE = 1
export const COSIGNATURE = 4
const KEY_BYTES = 32
const ID_BYTES = 4
const TIME_BYTES = 8
const LARGEST = 64 * 1024
const MOST_SIGNATURES = 64

/** A public key with its name and the kind of its signatures. */
export interface VerifierKey {
  name: string
  id: string
  kind: number
  public: Bytes
}

interface Signature {
  name: string
  id: string
  blob: Bytes
}

/** A text with its signatures, none of them checked. */
export interface Note {
  text: Bytes
  signatures: Signature[]
}

/**
 * Reads `name+id+key`.
 * @throws Rejected where it is no such text, or of a kind that is not known here.
 */
export async function readKey(text: string): Promise<VerifierKey> {
  const [, name, id, key] = /^([^\s+]+)\+([^+]*)\+(.*)$/s.exec(text.trim()) ?? []
  if (name === undefined || id === undefined || key === undefined) throw malformed('公钥', 'public key')
  const raw = decode64(key)
  const kind = raw[0] ?? 0
  if (raw.length !== 1 + KEY_BYTES || ![NOTE, COSIGNATURE].includes(kind)) {
    throw new Rejected('unknown_algorithm', { zh: '公钥的签名算法不受支持', en: 'the public key is of a kind that this program does not know' })
  }
  const hash = await sha256(utf8(`${name}\n`), raw)
  if (hex(hash.slice(0, ID_BYTES)) !== id) throw malformed('公钥', 'public key')
  return { name, id, kind, public: raw.slice(1) }
}

/**
 * Reads a signed note.
 * @throws Rejected where it is none.
 */
export function readNote(raw: string): Note {
  const gap = raw.lastIndexOf('\n\n')
  const tail = raw.slice(gap + 2)
  const lines = tail.split('\n').slice(0, -1)
  const control = /[\x00-\x09\x0b-\x1f\x7f]/.test(raw)
  const few = lines.length > 0 && lines.length <= MOST_SIGNATURES
  if (gap < 0 || utf8(raw).length > LARGEST || control || !tail.endsWith('\n') || !few) throw malformed('签名文本', 'signed note')
  return { text: utf8(raw.slice(0, gap + 1)), signatures: lines.map(readSignature) }
}

function readSignature(line: string): Signature {
  const [dash, name, value, more] = line.split(' ')
  if (dash !== '—' || !name || /[\s+]/.test(name) || value === undefined || more !== undefined) throw malformed('签名行', 'signature line')
  const blob = decode64(value)
  if (blob.length <= ID_BYTES) throw malformed('签名行', 'signature line')
  return { name, id: hex(blob.slice(0, ID_BYTES)), blob: blob.slice(ID_BYTES) }
}

/**
 * Which of these keys signed a note, and when (0 for signatures without a time).
 * @throws Rejected where a signature of one of them does not fit, or stands there twice.
 */
export async function signedBy(note: Note, keys: VerifierKey[]): Promise<Map<VerifierKey, number>> {
  const found = new Map<VerifierKey, number>()
  for (const { name, id, blob } of note.signatures) {
    const key = keys.find((each) => each.name === name && each.id === id)
    if (!key) continue
    if (found.has(key)) throw malformed('签名文本', 'signed note')
    found.set(key, await verified(key, note.text, blob))
  }
  return found
}

async function verified(key: VerifierKey, text: Bytes, blob: Bytes): Promise<number> {
  const cosigned = key.kind === COSIGNATURE
  const time = cosigned ? blob.slice(0, TIME_BYTES).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) : 0n
  const signed = cosigned ? joined(utf8(`cosignature/v1\ntime ${time.toString()}\n`), text) : text
  const taken = await crypto.subtle.importKey('raw', key.public, 'Ed25519', false, ['verify'])
  if (!(await crypto.subtle.verify('Ed25519', taken, cosigned ? blob.slice(TIME_BYTES) : blob, signed))) {
    throw new Rejected('bad_signature', {
      zh: `${key.name} 的签名与内容不符：内容在签名之后被改动过`,
      en: `the signature of ${key.name} does not fit: the text was changed after signing`,
    })
  }
  return Number(time)
}

/** Whether this browser can check signatures: it knows Ed25519, and the page came over a safe line. */
export async function canVerify(): Promise<boolean> {
  try {
    await crypto.subtle.importKey('raw', new Uint8Array(KEY_BYTES), 'Ed25519', false, ['verify'])
    return true
  } catch {
    return false
  }
}
