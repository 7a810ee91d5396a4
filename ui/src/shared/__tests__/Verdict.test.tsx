import { cleanup, render } from '@testing-library/react'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Verdict } from '../Verdict'
import { asVerdict, VERDICTS } from '../verdict'
import { speak, startWords } from '../words'

beforeAll(startWords)
afterEach(cleanup)

function drawingOf(name: string): { shape: string; word: string } {
  const { container } = render(<Verdict name={name} />)
  const shape = container.querySelector('svg')?.innerHTML.replace(/_r_\w+_|«\w+»/g, '') ?? ''
  const word = container.textContent ?? ''
  cleanup()
  return { shape: shape.replace(/(fill|stroke)="#[0-9a-f]+"/g, ''), word }
}

describe('a verdict', () => {
  it('has a shape and a word of its own, so that none rests on colour', () => {
    const drawings = VERDICTS.map(drawingOf)

    expect(new Set(drawings.map((drawing) => drawing.shape)).size).toBe(VERDICTS.length)
    expect(drawings.map((drawing) => drawing.word)).toEqual(['缺链', '断点', '弱链', '稳', '强链', '未知'])
  })

  it('is unknown when the server says something the screen does not know', () => {
    expect(asVerdict('splendid')).toBe('unknown')
    expect(asVerdict(null)).toBe('unknown')
  })

  it('is read aloud where it is drawn without its word', async () => {
    await speak('en')
    const { getByRole } = render(<Verdict name="choke" isBare />)

    expect(getByRole('img').getAttribute('aria-label')).toBe('choke point')
    await speak('zh')
  })
})
