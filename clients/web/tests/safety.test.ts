import { expect, test } from 'vitest'
import { compared } from '../scan/src/lib/counting'
import { incidentKind, isDangerous, proposedClass } from '../scan/src/lib/safety'
import { en } from '../scan/src/words/en'
import { zh } from '../scan/src/words/zh'

test('a sound pack is class A, an opened one B, a leaking, swollen, burnt or wet one C', () => {
  expect(proposedClass([])).toBe('A')
  expect(proposedClass(['opened'])).toBe('B')
  for (const each of ['leak', 'swollen', 'burnt', 'wet'] as const) {
    expect(proposedClass(['opened', each])).toBe('C')
    expect(isDangerous([each])).toBe(true)
  }
})

test('an alarm is called by the gravest of what was seen', () => {
  expect(incidentKind(['wet', 'burnt'])).toBe('fire')
  expect(incidentKind(['swollen', 'leak'])).toBe('leak')
})

test('a count puts every battery into exactly one column', () => {
  expect(compared(['a', 'b', 'c'], ['c', 'x', 'a'])).toEqual({ agrees: ['c', 'a'], missing: ['b'], extra: ['x'] })
})

function places(words: unknown, path = ''): string[] {
  if (typeof words === 'string') return [`${path} ${[...words.matchAll(/\{\w+\}/g)].map(String).sort().join()}`]
  return Object.entries(words as object).flatMap(([name, each]) => places(each, `${path}.${name}`))
}

test('English says everything that Chinese says, with the same figures in it', () => {
  expect(places(en)).toEqual(places(zh))
})
