import i18next from 'i18next'
import { useCallback } from 'react'
import { initReactI18next, useTranslation } from 'react-i18next'
import { speakTo } from '../api/client'
import type { Language } from './figures'

const STORED = 'chaintwin.language'

type Words = Record<string, Record<string, unknown>>

/** Name each file of words after the folder it lies in; beside this file: shared. */
export function byFolder(files: Record<string, { default: Record<string, unknown> }>): Words {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => {
      const folder = path.split('/').at(-2)
      return [folder && folder !== '.' ? folder : 'shared', file.default]
    }),
  )
}

const LOADERS: Record<Language, () => Promise<{ words: Words }>> = {
  zh: () => import('./spoken.zh'),
  en: () => import('./spoken.en'),
}

/** Return the language the reader chose; Chinese unless they chose otherwise. */
export function chosenLanguage(): Language {
  return localStorage.getItem(STORED) === 'en' ? 'en' : 'zh'
}

/** Return what stands between the names of a list in the language spoken. */
export function comma(): string {
  return i18next.language === 'en' ? ', ' : '、'
}

/** Load the words of a language and speak it everywhere, also to the server. */
export async function speak(language: Language): Promise<void> {
  const { words } = await LOADERS[language]()
  for (const [room, entries] of Object.entries(words)) {
    i18next.addResourceBundle(language, room, entries, true, true)
  }
  speakTo(language)
  localStorage.setItem(STORED, language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  await i18next.changeLanguage(language)
}

/** Start with the chosen language. */
export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: chosenLanguage(),
    fallbackLng: false,
    defaultNS: 'shared',
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  await speak(chosenLanguage())
}

/** Return the language on screen. */
export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'en' ? 'en' : 'zh'
}

/** Pick the reader's language out of a pair of texts. */
export function usePick(): (pair: { zh?: string; en?: string } | null | undefined) => string {
  const language = useLanguage()
  return useCallback((pair) => (pair ? (pair[language] ?? pair.zh ?? pair.en ?? '') : ''), [language])
}
