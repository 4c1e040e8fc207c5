import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filesOf } from '../tools/packed'
import { wasmHash } from '../tools/decoder'

const BUILT = new URL('../dist/scan/', import.meta.url).pathname

test('the wasm that is served is the one that the decoder itself depends on', () => {
  const served = filesOf(BUILT).filter((name) => name.endsWith('.wasm'))
  expect(served).toHaveLength(1)
  const digest = createHash('sha256').update(readFileSync(`${BUILT}${served[0] ?? ''}`)).digest('hex')
  expect(digest).toBe(wasmHash())
})

test('the shell has no script and no style of its own, as the policy wants', () => {
  const shell = readFileSync(`${BUILT}index.html`, 'utf8')
  expect(shell).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/)
  expect(shell).not.toMatch(/https?:\/\//)
})

test('the lock names no host', () => {
  const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
  expect(lock).not.toContain('"resolved"')
})
