import { expect, test } from 'vitest'
import type { components } from '../../api/client'
import { differences } from '../differences'

type Attribute = components['schemas']['AttributeOut']

function attribute(name: string, value: unknown, source = 'register', key = ''): Attribute {
  const held = { key, value, source, ref: null, unit: null, valid_from: null } as unknown as Attribute['values'][number]
  return { name, title: { zh: name, en: name }, unit: '人', values: [held] }
}

test('only what differs between two versions is listed, with the unit of its attribute', () => {
  const found = differences(
    [attribute('name', '甲厂'), attribute('employees', 40), attribute('note', '旧')],
    [attribute('name', '甲厂'), attribute('employees', 50), attribute('website', 'x')],
  )

  expect(found.map((row) => [row.key, row.before?.value, row.after?.value])).toEqual([
    ['employees/', 40, 50],
    ['website/', undefined, 'x'],
    ['note/', '旧', undefined],
  ])
  expect(found[0]?.after?.unit).toBe('人')
})

test('the same value from another source counts as a difference', () => {
  expect(differences([attribute('name', '甲厂')], [attribute('name', '甲厂', 'ruling')])).toHaveLength(1)
})
