import { askJson } from './api'
import { dayOf, shown } from './clock'
import { meaningOf } from './codes'
import type { Item } from './db'
import { device } from './device'
import { about } from './outbox'
import type { Label } from './paper/label'
import type { Slip } from './paper/slip'
import { held, stock } from './stock'

interface Battery {
  stage: string | null
  holder_name: string | null
  chemistry: string | null
  rated_capacity_ah: string | null
  nominal_voltage_v: string | null
  rated_energy_kwh: string | null
  quarantined: boolean | null
  revision: number | null
}

/** The host that labels and slips name: the service's own word for it, else where this page is from. */
function host(): string {
  return stock.labelHost || location.host
}

/** What a label says as far as this phone knows; needs no network. */
export async function knownLabel(name: string): Promise<Label> {
  const here = await held(name)
  const printed = (await about(name)).map((each) => Number(each.report.data['revision'] ?? 0))
  const code = meaningOf(name.includes(':') ? '' : name)
  const [only, ...others] = code.chemistries
  const unknown = { capacityAh: null, voltageV: null, energyKwh: null }
  return {
    ...unknown,
    name,
    host: host(),
    chemistry: here?.chemistry ?? (others.length ? null : (only ?? null)),
    stage: here && here.stage !== 'unknown' ? here.stage : null,
    outlet: device.organisation.name,
    day: dayOf(Date.now()),
    revision: Math.max(0, ...printed),
    secondLife: code.vendor !== '' && code.reuse,
    quarantined: here?.quarantined === true,
  }
}

/**
 * The same with what the service knows of the battery.
 * @throws Refused or Unreachable where it tells nothing.
 */
export async function toldLabel(known: Label): Promise<Label> {
  const told = await askJson<Battery>('GET', `/v1/batteries/${encodeURIComponent(known.name)}`)
  return {
    ...known,
    host: host(),
    chemistry: told.chemistry ?? known.chemistry,
    capacityAh: told.rated_capacity_ah,
    voltageV: told.nominal_voltage_v,
    energyKwh: told.rated_energy_kwh,
    stage: told.stage ?? known.stage,
    outlet: told.holder_name ?? known.outlet,
    revision: Math.max(told.revision ?? 0, known.revision),
    quarantined: told.quarantined ?? known.quarantined,
  }
}

/** What a slip says before the service has the report. */
export function slipOf(item: Item): Slip {
  const { report } = item
  const { data } = report
  const lines = (data['batteries'] as { battery: string }[] | undefined) ?? []
  return {
    number: `${device.id || device.name}-${item.sequence}`,
    // The number of the slip is not known yet, the event is.
    url: `HTTPS://${host().toUpperCase()}/R/${report.event_id.toUpperCase()}`,
    day: shown(item.made_at),
    outlet: device.organisation.name,
    site: device.site?.name ?? report.site ?? '',
    giver: text(data['source_organisation']) || text(data['sender']),
    count: report.battery ? 1 : lines.length,
    massKg: text(data['mass_kg']),
    batteries: report.battery ? [report.battery] : lines.slice(0, 10).map((each) => each.battery),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
