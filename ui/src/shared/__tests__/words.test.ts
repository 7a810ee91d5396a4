import { describe, expect, it } from 'vitest'
import { words as en } from '../spoken.en'
import { words as zh } from '../spoken.zh'

function keysOf(entries: unknown, path: string): string[] {
  if (typeof entries !== 'object' || entries === null) return [path]
  return Object.entries(entries).flatMap(([key, value]) => keysOf(value, `${path}.${key}`))
}

function textsOf(entries: unknown, path: string): [string, string][] {
  if (typeof entries === 'string') return [[path, entries]]
  return Object.entries(entries as object).flatMap(([key, value]) => textsOf(value, `${path}.${key}`))
}

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).toSorted()

describe('the words', () => {
  it('say in English all that they say in Chinese', () => {
    expect(Object.keys(en).toSorted()).toEqual(Object.keys(zh).toSorted())
    expect(keysOf(en, 'words').toSorted()).toEqual(keysOf(zh, 'words').toSorted())
  })

  it('name no hole in one language that the other never fills', () => {
    const english = new Map(textsOf(en, 'words'))
    const odd = textsOf(zh, 'words').filter(([path, text]) => {
      const other = holes(english.get(path) ?? '')
      return holes(text).join() !== other.join()
    })

    expect(odd).toEqual([])
  })

  it('have rooms for the app, what is shared and every page', () => {
    expect(Object.keys(zh)).toEqual(expect.arrayContaining(['app', 'shared', 'cockpit', 'chains', 'targets', 'project']))
  })
})
