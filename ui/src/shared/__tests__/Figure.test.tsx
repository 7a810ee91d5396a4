import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EvidenceContext, type Opened, type Shown } from '../evidence'
import { Figure } from '../Figure'
import { startWords } from '../words'

beforeAll(startWords)
afterEach(cleanup)

function aFigure(given: Partial<Shown>): Shown {
  return {
    value: 12,
    text: { zh: '12', en: '12' },
    unit: '家',
    formula: { zh: '计数', en: 'count' },
    inputs: [],
    facts: [],
    facts_total: 0,
    basis: 'derived',
    demo: false,
    as_of: '2026-11-22T00:00:00Z',
    ...given,
  }
}

describe('a figure', () => {
  it('opens its evidence when it is clicked', () => {
    const opened: Opened[] = []
    render(
      <EvidenceContext.Provider value={(next) => opened.push(next)}>
        <Figure title="本地企业数" figure={aFigure({})} />
      </EvidenceContext.Provider>,
    )

    fireEvent.click(screen.getByRole('button'))

    expect(screen.getByRole('button').textContent).toBe('12 家')
    expect(opened.map((one) => one.title)).toEqual(['本地企业数'])
  })

  it('shows unknown as unknown, never as zero', () => {
    const { container } = render(<Figure title="区位熵" figure={aFigure({ value: null, text: { zh: '', en: '' } })} />)

    expect(container.textContent).toBe('未知')
    expect(container.querySelector('.unknown')).not.toBeNull()
  })
})
