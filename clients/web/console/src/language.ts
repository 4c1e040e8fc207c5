import { speech, wantedLanguage, type Language, type Told } from '@common/speech'
import names from '@contracts/names.json'
import words from '@contracts/words.json'
import { zh } from './words/zh'

const spoken = speech(zh, async () => (await import('./words/en')).en)
export const { i18n, language } = spoken

/** Speaks this language from now on, also after a reload. */
export async function speak(wanted: Language): Promise<void> {
  await spoken.speak(wanted)
  document.title = i18n.global.t('app.name')
}

export { wantedLanguage, type Language }

/** A sentence that the service gave in both languages. */
export function told(text: Told | undefined): string {
  return text?.[language()] ?? ''
}

/** The same as the beginning of a line: English words of the service begin small. */
export function titled(text: Told | undefined): string {
  const said = told(text)
  return said.charAt(0).toUpperCase() + said.slice(1)
}

type Lists = typeof words & typeof names
const lists = { ...words, ...names } as Record<string, Record<string, Told>>

/** A word of the service's lists in the language in use; the word itself where it is open text. */
export function word(list: keyof Lists, name: string | null | undefined): string {
  return told(lists[list]?.[name ?? '']) || (name ?? '')
}

/** What may be chosen from a list. */
export function choices(list: keyof Lists): { value: string; label: string }[] {
  return Object.keys(lists[list] ?? {}).map((value) => ({ value, label: word(list, value) }))
}

/** What stands between the names of a list. */
export function comma(): string {
  return language() === 'zh' ? '、' : ', '
}

/** What stands between a word and what it introduces, in the language of the page. */
export function colon(): string {
  return language() === 'zh' ? '：' : ': '
}
