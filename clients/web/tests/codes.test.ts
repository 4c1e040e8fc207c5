import { expect, test } from 'vitest'
import { allowedNext, firstWrong, groups, isCode, meaningOf, nearest, readName, revisionOf } from '../scan/src/lib/codes'

const CODE = '001PB1A00DZ5K2E610000001'

test('a whole code is known as one, with what it says', () => {
  expect(isCode(CODE)).toBe(true)
  expect(meaningOf(CODE)).toMatchObject({ vendor: '001', product: 'pack', chemistries: ['lfp', 'lmfp'], made: '2024-06-01' })
})

test('a code with a day that no calendar has is none', () => {
  expect(isCode('001PB1A00DZ5K2E2Y0000001')).toBe(false)
})

test('where only packs, modules and cells can stand, nothing else may be typed', () => {
  expect([...allowedNext('001')].sort()).toEqual(['C', 'M', 'P'])
  expect(firstWrong('001X')).toBe(3)
})

test('after a second-life code of 19 places nothing may follow', () => {
  const code = '001PB1AE610000001RP'
  expect(isCode(code)).toBe(true)
  expect(meaningOf(code).reuse).toBe(true)
  expect(firstWrong(`${code}0`)).toBe(19)
})

test.each([
  [` ${CODE.toLowerCase()}\n`, CODE],
  [`HTTPS://T.EXAMPLE.CN/B/${CODE}`, CODE],
  [`https://t.example.cn:8443/b/${CODE.toLowerCase()}?x=1`, CODE],
  [`HTTPS://T.EXAMPLE.CN/B/${CODE}/R2`, CODE],
  ['https://t.example.cn/B/TMP%3AABC-7', 'tmp:ABC-7'],
  ['serial:catl: ab 12 ', 'serial:CATL: AB 12'],
  ['https://elsewhere.example/x', null],
  ['WIFI:S:net;;', null],
  ['6901234567892', null],
])('reading %j gives %j', (text, name) => {
  expect(readName(text)).toBe(name)
})

test('the revision of a replacement label is read from its address', () => {
  expect(revisionOf(`HTTPS://T.EXAMPLE.CN/B/${CODE}/R12`)).toBe(12)
  expect(revisionOf(`HTTPS://T.EXAMPLE.CN/B/${CODE}`)).toBe(1)
})

test('a code is shown in six groups of four', () => {
  expect(groups(CODE)).toEqual(['001P', 'B1A0', '0DZ5', 'K2E6', '1000', '0001'])
})

test('a code in store that differs in one place is suggested, never the same', () => {
  const other = `${CODE.slice(0, 23)}8`
  expect(nearest(CODE, [CODE, other])).toBe(other)
  expect(nearest(CODE, [`${CODE.slice(0, 22)}88`])).toBeNull()
})
