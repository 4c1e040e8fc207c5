import { expect, test } from 'vitest'
import { Wedge } from '../scan/src/lib/wedge'

function typed(text: string, apart: number): string | null {
  const wedge = new Wedge()
  Array.from(text).forEach((key, at) => wedge.take(key, at * apart))
  return wedge.take('Enter', text.length * apart)
}

test('keys that come quickly and end with Enter are a scan', () => {
  expect(typed('001PB1A00DZ5K2E610000001', 5)).toBe('001PB1A00DZ5K2E610000001')
})

test('what a person types is none', () => {
  expect(typed('001PB1A00DZ5', 150)).toBeNull()
})

test('a scanner without Enter is heard when it falls silent', () => {
  const wedge = new Wedge()
  Array.from('001PB1A00DZ5K2E610000001').forEach((key, at) => wedge.take(key, at))
  expect(wedge.end()).toBe('001PB1A00DZ5K2E610000001')
})
