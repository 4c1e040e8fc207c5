import type { Told } from '@common/speech'
import { ref } from 'vue'
import { askJson } from './api'
import type { Page } from './records'

export const LISTS = ['batteries', 'findings', 'obligations', 'handovers', 'events', 'indicators'] as const
export type ListName = (typeof LISTS)[number]
export type Form = 'xlsx' | 'csv' | 'parquet' | 'pdf'
/** Rows that a PDF takes at most; a longer list fails and says what to do. */
export const PAPER_ROWS = 5000
export type Filters = Record<string, string>

/** By what a list without a screen of its own is narrowed in the form of the reports screen. */
export const ASKED: Record<ListName, string[]> = {
  batteries: ['stage', 'prefecture', 'chemistry', 'holder'],
  findings: ['state', 'kind', 'code', 'prefecture', 'organisation'],
  obligations: ['state', 'duty', 'prefecture', 'binding', 'bearer'],
  handovers: ['state', 'prefecture', 'bearer'],
  events: ['type', 'prefecture', 'from', 'to'],
  indicators: ['by', 'prefecture', 'chemistry', 'from', 'to'],
}

/** A file that was asked for, and how far it is. */
export interface Export {
  id: string
  list: ListName
  title: Told
  filters: Filters
  form: Form
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'deleted'
  problem: { what: Told; way_out: Told } | null
  rows: number
  size: number
  log_index: number | null
  rows_sha256: string | null
  file: string | null
  file_name: string
  asked_at: string
  expires_at: string | null
}

/** A list with filters under a name. */
export interface SavedQuery {
  id: string
  name: string
  list: ListName
  title: Told
  filters: Filters
  shared: boolean
  mine: boolean
}

interface ExportPage extends Page<Export> {
  forms: Form[]
}

/** The forms that this installation writes; known once a screen asked. */
export const forms = ref<Form[]>(['xlsx', 'csv'])

/** The newest exports, and the forms there are. */
export async function readExports(): Promise<Export[]> {
  const page = await askJson<ExportPage>('GET', '/v1/exports?limit=50')
  forms.value = page.forms
  return page.items
}

/** Filters without what is empty. */
export function kept(filters: Filters): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value))
}

export function askExport(list: ListName, filters: Filters, form: Form): Promise<Export> {
  return askJson<Export>('POST', '/v1/exports', { list, filters: kept(filters), form })
}

export function saveQuery(name: string, list: ListName, filters: Filters, shared: boolean): Promise<SavedQuery> {
  return askJson<SavedQuery>('POST', '/v1/saved-queries', { name, list, filters: kept(filters), shared })
}

/** A size as people read it. */
export function sizeText(bytes: number): string {
  if (!bytes) return ''
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
