import { describe, expect, it } from 'vitest'
import { addressOfWrite } from '../../api/client'

describe('the address of a write', () => {
  it('goes into the branch that the page is seen in', () => {
    expect(addressOfWrite('/api/v1/bodies/x/rulings', '?branch=7')).toContain('/rulings?branch=7')
  })

  it('stays on the main line without a branch, and where it is about no branch', () => {
    expect(addressOfWrite('/api/v1/leads', '?region=220184')).not.toContain('branch')
    expect(addressOfWrite('/api/v1/branches/7/approve', '?branch=7')).not.toContain('branch=')
    expect(addressOfWrite('/api/v1/session', '?branch=7')).not.toContain('branch')
  })
})
