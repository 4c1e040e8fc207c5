import { reactive } from 'vue'

/** Where the person is: a screen and what it is about. */
export const place = reactive({ screen: '', query: new URLSearchParams() })

function read(): void {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  place.screen = path
  place.query = new URLSearchParams(query)
}

/** Goes to a screen. */
export function go(screen: string, query: Record<string, string> = {}): void {
  const told = new URLSearchParams(query).toString()
  location.hash = told ? `#/${screen}?${told}` : `#/${screen}`
}

/** Goes back, or to the first screen where there is no way back. */
export function back(): void {
  if (history.length > 1) history.back()
  else go('')
}

window.addEventListener('hashchange', read)
read()
