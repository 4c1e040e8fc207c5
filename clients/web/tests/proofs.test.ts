import { expect, test } from 'vitest'
import vectors from '@contracts/examples/log-proofs-v1.json'
import { decode64, utf8 } from '../console/src/lib/proof/bytes'
import { accept } from '../console/src/lib/proof/checkpoint'
import { readKey } from '../console/src/lib/proof/note'
import { readReceipt } from '../console/src/lib/proof/receipt'
import { Rejected } from '../console/src/lib/proof/rejected'
import { leafHash, verifyConsistency, verifyInclusion } from '../console/src/lib/proof/tree'
import { verifyEvent } from '../console/src/lib/proof/verify'

type Case = Partial<(typeof vectors)['cases'][number]> & { kind: string; name: string; verdict: string | null }

const cases = vectors.cases as Case[]
const text = (told: string | undefined): string => told ?? ''

async function judge(one: Case): Promise<void> {
  const keys = [await readKey(vectors.key)]
  const proof = (one.proof ?? []).map(decode64)
  if (one.kind === 'inclusion') {
    await verifyInclusion(await leafHash(utf8(text(one.leaf))), BigInt(one.index ?? 0), BigInt(one.size ?? 0), proof, decode64(text(one.root)))
  } else if (one.kind === 'consistency') {
    await verifyConsistency(BigInt(one.from ?? 0), BigInt(one.to ?? 0), decode64(text(one.first_root)), decode64(text(one.second_root)), proof)
  } else if (one.kind === 'checkpoint') await accept(text(one.note), keys, [], vectors.now)
  else await verifyEvent(readReceipt(text(one.receipt)), utf8(text(one.leaf)), keys, [], vectors.now)
}

async function verdict(one: Case): Promise<string | null> {
  try {
    await judge(one)
    return null
  } catch (error) {
    if (error instanceof Rejected) return error.code
    throw error
  }
}

test('every published vector is judged as by the Python client', async () => {
  const judged = await Promise.all(cases.map(async (one) => ({ name: one.name, verdict: await verdict(one) })))
  expect(judged).toEqual(cases.map(({ name, verdict: told }) => ({ name, verdict: told })))
})

test('the published example of signed notes has a key that is read, and with a changed id it is none', async () => {
  const key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
  expect(await readKey(key)).toMatchObject({ name: 'PeterNeumann', id: 'c74f20a3' })
  await expect(readKey(key.replace('c74f20a3', 'c74f20a4'))).rejects.toThrow(Rejected)
})
