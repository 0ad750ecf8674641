/** What excuses a breach: the same records break an invariant in the plain run, and keep it where something excuses them. */
import { describe, expect, it } from 'vitest'
import { breachesOf } from '#hil/run/invariants/invariants'
import { booksOf } from '#hil/run/judge'
import type { InvariantName } from '#hil/scenario/invariant-names'
import type { Alter } from '../support/alter.ts'
import type { Draft } from '../support/scenario.ts'
import { alarm, traceOf } from './breaking.ts'

/** More of the run, or more of its records. */
export type Beside = Partial<Draft> | Alter

export interface Case {
  readonly invariant: InvariantName
  readonly of: string
  readonly run: Draft
  readonly breaking: readonly Alter[]
  /** With each of these it holds. */
  readonly excused?: Readonly<Record<string, Beside>>
  /** With each of these, which only look like an excuse, it does not. */
  readonly still?: Readonly<Record<string, Beside>>
}

/** Several alterations as one. */
export const all =
  (...alters: readonly Alter[]): Alter =>
  (trace) =>
    alters.reduce((before, alter) => alter(before), trace)

export const FILL = '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL }'
export const refillAt = (hours: number) => `{ at: ${hours} h, refill: { fill: ${FILL} } }`
/** The clock of the pump is set half an hour ahead. */
export const SET_CLOCK = '{ at: 1 h, do: set-clock, to: 2026-01-05T09:30 }'
export const DRIFT = { faults: ['{ at: 1 h, fault: clock-drift, by: 100 ppm }'] }
/** Too short for a step to be lost, and a fault of those that make steps be lost all the same. */
export const STALL = { faults: ['{ at: 1 min, fault: motor-stall, for: 1 ms }'] }
export const OVERFILL = { faults: ['{ at: 1 h, fault: overfill, by: 1 mL }'] }
export const CUT = { faults: ['{ at: 30 h, fault: power-cut, for: 1 h }'] }
export const FORGOT = alarm('memory-error', 0.01, 'raised')

async function toldOf({ invariant, run, breaking }: Case, beside: Beside | null) {
  const more = beside === null || typeof beside === 'function' ? {} : beside
  const alters = typeof beside === 'function' ? [...breaking, beside] : breaking
  const trace = await traceOf({ ...run, ...more })
  const { ledgers } = booksOf(alters.reduce((before, alter) => alter(before), trace))
  return breachesOf(ledgers, [invariant]).map(({ detail }) => detail)
}

/** Holds each case against its excuses. */
export function heldToExcuses(cases: readonly Case[]): void {
  describe.each(cases)('$invariant of $of', (one) => {
    it('is broken by it alone', async () => {
      expect(await toldOf(one, null)).toHaveLength(1)
    })

    it.each(Object.entries(one.excused ?? {}))('is excused by %s', async (_, beside) => {
      expect(await toldOf(one, beside)).toEqual([])
    })

    it.each(Object.entries(one.still ?? {}))('is broken in spite of %s', async (_, beside) => {
      expect(await toldOf(one, beside)).toHaveLength(1)
    })
  })
}
