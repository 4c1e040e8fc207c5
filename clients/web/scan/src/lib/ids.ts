/** A UUID of version 7: milliseconds since 1970, then random bits. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let rest = now
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, '0')).join('')
}

/** A number that this phone gives a paper of its own: short enough to say on the phone. */
export function paperNumber(kind: string, day: string): string {
  const digits = crypto.getRandomValues(new Uint8Array(4))
  const tail = Array.from(digits, (each) => '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'[each % 32]).join('')
  return `${kind}-${day.replaceAll('-', '')}-${tail}`
}
