import type { Fault, Report } from './db'

/** The steps of a JSON pointer. */
export function steps(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The member that a pointer names, and which one of a list (from 1): `/data/batteries/3/battery` is the fourth battery. */
export function memberOf(pointer: string): { name: string; place: number } {
  const told = steps(pointer).filter((each) => each !== 'data')
  const at = told.findIndex((each) => /^\d+$/.test(each))
  const names = told.filter((each) => !/^\d+$/.test(each))
  return { name: names.at(-1) ?? '', place: at < 0 ? 0 : Number(told[at]) + 1 }
}

/** The faults at a member or inside of it. */
export function faultsAt(faults: readonly Fault[], pointer: string): Fault[] {
  return faults.filter((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`))
}

/** Which names of a list are at fault. */
export function faultyNames(report: Report, faults: readonly Fault[], list: string): Map<string, Fault> {
  const lines = (report.data[list] as (string | { battery: string })[] | undefined) ?? []
  const found = new Map<string, Fault>()
  for (const fault of faultsAt(faults, `/data/${list}`)) {
    const line = lines[Number(steps(fault.pointer)[2])]
    const name = typeof line === 'string' ? line : line?.battery
    if (name) found.set(name, fault)
  }
  return found
}
