/** Runs that keep all invariants, and what breaks of them with a record changed, left out or put in. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { breachesOf } from '#hil/run/invariants/invariants'
import { booksOf } from '#hil/run/judge'
import type { Trace } from '#hil/run/trace'
import { duration } from '#units/format'
import { type Alter, drop, put, putLast } from '../support/alter.ts'
import { type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

const HOUR_us = 3_600_000_000

export const at = (hours: number) => Math.round(hours * HOUR_us)
export const alarm = (name: string, hours: number, state: 'raised' | 'cleared', priority = 'critical') =>
  put({ kind: 'alarm', t_us: at(hours), alarm: name, priority, state })
export const minor = (name: string, hours: number, state: 'raised' | 'cleared') =>
  alarm(name, hours, state, 'non-critical')
export const event = (name: string, hours: number, detail = '') =>
  put({ kind: 'event', t_us: at(hours), event: name, detail })
export const tone = (hours: number, name: string) =>
  event('tone', hours, name === 'silent' ? name : `${name}: two tones`)
export const refused = (reason: string) =>
  put({ kind: 'refused', t_us: at(30), at_us: String(at(30)), text: 'x', asked: { kind: 'restart' }, reason })
/** Steps of 0.25 uL and 0.125 ug, a second apart, in the account of the pump. */
export const accounted = (kind: 'booked' | 'withdrawn', hours: number, count: number) =>
  putLast({
    ...{ kind, t_us: at(hours), first_us: String(at(hours)), interval_us: '1000000', count },
    ...{ step_uL: '1/4', drug: 'baclofen', step_ug: '1/8' },
  })
/** The same, of the rotor. */
export const made = (hours: number, count: number) =>
  putLast({
    ...{ kind: 'delivered', displaced_uL: '1/4', tip_uL: '1/4', tip_ug: [['baclofen', '1/8']] },
    cadence: { first: at(hours) / 64, phase: 0, count, quotient: 15_625, remainder: 0, divisor: 1 },
  })

/** 0.8 mL/d: a step each 27 s. */
export const USUAL = therapy('0 d', '400 ug/d')
export const ALARM = { kind: 'alarm' }
export const BOOKED = { kind: 'booked' }
export const ORDER = { kind: 'order' }
export const STATUS = { kind: 'status' }
export const eventOf = (name: string) => ({ kind: 'event', event: name })
export const TONE = eventOf('tone')
/** Without its only alarm, and nothing heard of it. */
export const unheard: readonly Alter[] = [drop(ALARM), drop(TONE)]
export const unheardOfTwo: readonly Alter[] = [...unheard, ...unheard]

/** What is changed, and each breach that comes of it: the invariant, when, and in words. */
export type Row = readonly [what: string, alterations: readonly Alter[], breaches: readonly string[]]

export type Run = readonly [name: string, run: Draft, rows: readonly Row[]]

function told(trace: Trace): readonly string[] {
  return breachesOf(booksOf(trace).ledgers).map(({ invariant, at_us, detail }) => {
    const when = at_us === null ? '' : `, ${duration(at_us)}`
    return `${invariant}${when}: ${detail}`
  })
}

/** The trace of a run of our pump on a rig without flaws, asked once a day. */
export function traceOf(run: Draft): Promise<Trace> {
  return execute(scenarioOf(draft({ sample: '1 d', ...run })), modelPump, idealRig)
}

/** Holds runs, and what is made of them, against all invariants. */
export function heldAgainstInvariants(runs: readonly Run[]): void {
  describe.each(runs)('a pump that %s', async (_, run, rows) => {
    const trace = await traceOf(run)

    it('keeps them all', () => {
      expect(told(trace)).toEqual([])
    })

    it.each(rows)('does not with %s', (_, alterations, breaches) => {
      expect(told(alterations.reduce((before, alter) => alter(before), trace))).toEqual(breaches)
    })
  })
}
