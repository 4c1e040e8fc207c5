import { word } from '../language'
import { firm } from './firms'
import type { Battery } from './records'

type Translate = (name: string, told?: Record<string, unknown>) => string

/** What is known of a battery, as pairs of a title and a text; what is unknown is left out. */
export function facts(battery: Battery, t: Translate): { title: string; text: string }[] {
  const unit = (name: string, value: string | null) => (value ? t(`unit.${name}`, { value }) : '')
  const host = battery.host
  const rows: [string, string | null][] = [
    ['holder', battery.holder_name ?? firm(battery.holder)],
    ['owner', firm(battery.owner)],
    ['site', battery.site],
    ['prefecture', word('prefecture', battery.prefecture)],
    ['host', host ? `${word('host', host.kind)} ${host.id ?? host.vin_ref ?? ''}` : ''],
    ['application', word('host', battery.application)],
    ['maker', firm(battery.maker)],
    ['model', battery.model],
    ['chemistry', word('chemistry', battery.chemistry)],
    ['energy', unit('kwh', battery.rated_energy_kwh)],
    ['capacity', unit('ah', battery.rated_capacity_ah)],
    ['voltage', unit('v', battery.nominal_voltage_v)],
    ['mass', unit('kg', battery.mass_kg)],
    ['soh', unit('percent', battery.soh_percent)],
    ['names', battery.names.filter((name) => name !== battery.battery).join(' ')],
  ]
  return rows.filter(([, text]) => text).map(([name, text]) => ({ title: t(`battery.${name}`), text: text ?? '' }))
}
