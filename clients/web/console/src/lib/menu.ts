import { computed } from 'vue'
import { isAuthority, isFirm, me } from './me'

interface Group {
  /** The key of its heading; none for what comes first. */
  name: string
  entries: string[]
}

interface Asker {
  firm: boolean
  authority: boolean
  role: string
}

/** Screens whose place in the menu is another one's. */
const WITHIN: Record<string, string> = {
  behind: 'board', battery: 'batteries', genealogy: 'batteries', case: 'cases', upload: 'uploads', 'work-list': 'work', pack: 'packs', hook: 'hooks', run: 'sandbox',
}

/** What each sees: a firm its own business, an authority its area, an auditor what it may look at. */
export function groupsFor({ firm, authority, role }: Asker): Group[] {
  const recalls = authority || role === 'maker' ? ['recalls'] : []
  const groups = [
    { name: '', entries: ['home', ...(firm ? [] : ['board'])] },
    { name: 'look', entries: ['search', 'batteries', 'firm', 'proof'] },
    { name: 'watch', entries: ['findings', 'obligations', ...(firm || authority ? ['cases'] : []), ...recalls] },
    { name: 'count', entries: [...(authority ? ['layout', 'capacities', 'projects', 'factors'] : []), 'reports'] },
    { name: 'tell', entries: firm ? ['uploads', 'work', 'leaving', 'transfers', 'receipts', 'packs', 'national'] : [] },
    { name: 'join', entries: [...(firm || authority ? ['hooks', 'keys'] : []), 'sandbox'] },
  ]
  return groups.filter((each) => each.entries.length)
}

export const groups = computed(() => groupsFor({ firm: isFirm.value, authority: isAuthority.value, role: me.value?.role ?? '' }))

export function placeOf(screen: string): string {
  return WITHIN[screen] ?? screen
}
