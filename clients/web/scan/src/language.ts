import { speech, wantedLanguage, type Language } from '@common/speech'
import labels from '@contracts/words.json'
import { zh } from './words/zh'

export { wantedLanguage }

const spoken = speech(zh, async () => (await import('./words/en')).en)
export const { i18n, language } = spoken

/** Speaks this language from now on, also after a reload. */
export async function speak(wanted: Language): Promise<void> {
  await spoken.speak(wanted)
  document.title = i18n.global.t('app.name')
}

/** A word of the service's lists in the language in use. */
export function word(list: keyof typeof labels, name: string | null | undefined): string {
  const listed = labels[list] as Record<string, { zh: string; en: string }>
  return listed[name ?? '']?.[language()] ?? name ?? ''
}

/** A sentence that the service gave in both languages. */
export function told(text: { zh: string; en: string } | undefined): string {
  return text?.[language()] ?? ''
}
