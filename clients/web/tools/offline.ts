import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformWithOxc, type Plugin } from 'vite'
import { filesOf, pack, tightly } from './packed.ts'

const MARK = '__FILES__'
// The large icon is for the phone's own list of apps, never for the app itself.
const LEFT_OUT = /^sw\.js$|\.gz$|^icon-512\.png$/

/** Writes the service worker with the list of what it keeps, and a .gz beside every file that shrinks. */
export function offline(folder: string): Plugin {
  return {
    name: 'dianchi-offline',
    apply: 'build',
    async closeBundle() {
      const files = filesOf(folder).filter((name) => !LEFT_OUT.test(name))
      const kept = files.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
      const list = kept.map(({ name, bytes }) => [
        name === 'index.html' ? '/scan' : `/scan/${name}`,
        bytes.length,
        createHash('sha256').update(bytes).digest('hex').slice(0, 12),
      ])
      const source = readFileSync(join(import.meta.dirname, '../scan/src/sw.ts'), 'utf8')
      const { code } = await transformWithOxc(source, 'sw.ts')
      writeFileSync(join(folder, 'sw.js'), code.replace(MARK, JSON.stringify(list)))
      await pack(folder, tightly)
    },
  }
}
