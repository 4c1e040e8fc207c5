import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { gzipAsync } from '@gfx/zopfli'
import type { Plugin } from 'vite'

/** More passes than three gain bytes by the dozen and cost seconds. */
const PASSES = 3

/** Every file below a folder, with slashes, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)).split('\\').join('/'))
    .sort()
}

type Pack = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Packs for phones on bad lines: some five per cent smaller, and seconds of work. */
export const tightly: Pack = (bytes) => gzipAsync(bytes, { numiterations: PASSES })

const quickly: Pack = (bytes) => gzipSync(bytes, { level: 9 })

/** Writes a .gz beside every file that shrinks. */
export async function pack(folder: string, by: Pack): Promise<void> {
  for (const name of filesOf(folder)) {
    const bytes = readFileSync(join(folder, name))
    const packed = await by(bytes)
    if (packed.length < bytes.length) writeFileSync(join(folder, `${name}.gz`), packed)
  }
}

/** Packs what was built, for desks. */
export function packed(folder: string): Plugin {
  return { name: 'dianchi-packed', apply: 'build', closeBundle: () => pack(folder, quickly) }
}
