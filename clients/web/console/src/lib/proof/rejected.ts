import type { Told } from '@common/speech'

/** What was shown does not prove what it should: why, by the codes and words of the Python client. */
export class Rejected extends Error {
  constructor(
    readonly code: string,
    readonly told: Told,
  ) {
    super(told.en)
  }
}

/** Something cannot be read at all. */
export function malformed(zh: string, en: string): Rejected {
  return new Rejected('malformed', { zh: `${zh}格式不对，文件可能损坏或被改动`, en: `the ${en} is not in its format: the file is damaged or was changed` })
}
