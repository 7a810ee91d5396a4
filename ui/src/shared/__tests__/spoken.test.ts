// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { words } from '../spoken.zh'

const ROOT = join(import.meta.dirname, '../..')

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === '__tests__' ? [] : sources(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}

function has(room: string, key: string): boolean {
  const found = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], words[room])
  return typeof found === 'string'
}

function unsaid(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const rooms = [...text.matchAll(/useTranslation\('(\w+)'\)/g)].map((match) => match[1] as string)
  const keys = [...text.matchAll(/\b(?:t|shared|app)\(\s*'([\w.]+)'\s*[,)]/g)].map((match) => match[1] as string)
  return rooms.length ? keys.filter((key) => !rooms.some((room) => has(room, key))) : []
}

describe('what the pages say', () => {
  it('stands in the words', () => {
    const missing = sources(ROOT).flatMap((file) => unsaid(file).map((key) => `${file.slice(ROOT.length)}: ${key}`))

    expect(missing).toEqual([])
  })

  it('has no Chinese in the code outside the words', () => {
    const odd = sources(ROOT).filter((file) => {
      const code = readFileSync(file, 'utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/\/\/.*/g, '')
      return /['"`>][^'"`<>]*[\u4e00-\u9fff]{2,}/.test(code)
    })

    // Units and the states of a promise come from the server; each language names itself.
    expect(odd.map((file) => file.split(/[\\/]/).at(-1)).toSorted()).toEqual([
      'Login.tsx',
      'PersonMenu.tsx',
      'PromiseForm.tsx',
      'figures.ts',
    ])
  })
})
