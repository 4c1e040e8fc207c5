// The signature and the head of a PNG; what says its density comes right after.
const HEAD_BYTES = 33
const PER_METRE = 1
const POLYNOMIAL = 0xedb88320

/** The PNG with the chunk that says how many dots it has to the metre. */
export function withDensity(png: Uint8Array, dotsPerMetre: number): Uint8Array<ArrayBuffer> {
  const chunk = new DataView(new ArrayBuffer(21))
  chunk.setUint32(0, 9)
  for (const [at, letter] of Array.from('pHYs').entries()) chunk.setUint8(4 + at, letter.charCodeAt(0))
  chunk.setUint32(8, dotsPerMetre)
  chunk.setUint32(12, dotsPerMetre)
  chunk.setUint8(16, PER_METRE)
  chunk.setUint32(17, crc32(new Uint8Array(chunk.buffer, 4, 13)))
  const whole = new Uint8Array(png.length + chunk.byteLength)
  whole.set(png.subarray(0, HEAD_BYTES))
  whole.set(new Uint8Array(chunk.buffer), HEAD_BYTES)
  whole.set(png.subarray(HEAD_BYTES), HEAD_BYTES + chunk.byteLength)
  return whole
}

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
  }
  return (rest ^ 0xffffffff) >>> 0
}
