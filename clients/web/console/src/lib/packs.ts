/** The figures of an asset pack. */
export interface Figures {
  count: number
  energy_kwh: string
  without_energy: number
  stages: Record<string, number>
  chemistries: Record<string, number>
  soh: { soh_percent: string | null; method: string; count: number }[]
  recorded_share: string | null
  unknown_age: number
  incidents: number
  with_incidents: number
  quarantined: number
}

export interface PackItem {
  battery: string
  stage: string
  chemistry: string | null
  energy_kwh: string | null
  soh_percent: string | null
  method: string | null
  tested_by: string | null
  tested_on: string | null
  recorded_share: string | null
  incidents: number
  quarantined: boolean
}

export interface Pack {
  id: string
  owner: string
  owner_name: string | null
  title: string
  count: number
  energy_kwh: string
  sha256: string
  made_at: string
  expires_at: string
  revoked_at: string | null
  named: string[] | null
}

export interface PackRead extends Pack {
  sheet: Figures & { frozen_at: string; filter: Record<string, string>; items: PackItem[] }
  openings: { organisation: string; name: string | null; form: 'json' | 'xlsx' | 'pdf'; at: string }[] | null
}

const PATH = '/v1/asset-packs'

export function packPath(id: string, below = ''): string {
  return `${PATH}/${id}${below}`
}

/** Whether it may still be opened by whom it names. */
export function isOpen(pack: Pack): boolean {
  return pack.revoked_at === null && Date.parse(pack.expires_at) > Date.now()
}
