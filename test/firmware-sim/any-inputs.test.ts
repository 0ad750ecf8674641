/**
 * Any sequence of inputs: after each of them the pump has booked what exact arithmetic says, has ordered exactly the
 * steps it books, and has sounded exactly the alarms that were due.
 */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { deeds } from './deeds.ts'
import { Ward } from './ward.ts'

describe('any sequence of inputs', () => {
  it('leaves the pump with exactly the books, the motion and the alarms it has to have', () => {
    fc.assert(
      fc.property(deeds, (sequence) => {
        const ward = new Ward()
        for (const deed of sequence) ward.do(deed)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
