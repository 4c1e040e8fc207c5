import { expect, test } from 'vitest'
import { groupsFor } from '../console/src/lib/menu'
import { readSubject } from '../console/src/lib/subjects'

test('a batch names the firm and the number that the firm gave it, whatever is in it', () => {
  expect(readSubject('batch:O14HP3RDMQJQ:QJ-R1:190')).toEqual({ kind: 'batch', firm: 'O14HP3RDMQJQ', number: 'QJ-R1:190' })
  expect(readSubject('organisation:OFLJL95ORHI6')).toEqual({ kind: 'organisation', firm: 'OFLJL95ORHI6', number: '' })
  expect(readSubject('serial:X1:7')).toBeNull()
})

test('an authority is not offered what firms report, nor a firm what authorities count', () => {
  const entries = (firm: boolean) => groupsFor({ firm, authority: !firm, role: firm ? 'outlet' : 'regulator' }).flatMap((group) => group.entries)
  expect(entries(true)).toEqual(expect.arrayContaining(['uploads', 'cases']))
  expect(entries(true)).not.toContain('layout')
  expect(entries(false)).toEqual(expect.arrayContaining(['board', 'layout', 'cases', 'recalls']))
  expect(entries(false)).not.toContain('uploads')
})
