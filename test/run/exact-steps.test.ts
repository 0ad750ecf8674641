/**
 * Every motor step of a run happens at the first rig tick at or after the instant that exact arithmetic gives.
 *
 * The reference here is a third implementation: it adds up what a scenario means with another library of rationals and
 * shares no code with the pump, the host or the oracle.
 */
import fc from 'fast-check'
import type Fraction from 'fraction.js'
import { describe, expect, it, vi } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { fromExact } from '#hil/run/exact'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { ledgersOf, type RecordOf, recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import { equal, type Rational } from '#units/rational'
import { checksNamed } from '../support/bench.ts'
import { anyDraft, draft, scenarioOf, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'
import { anyTherapies } from '../support/therapies.ts'
import {
  type Answer,
  expectedTicks,
  fraction,
  possibleAnswers,
  type Stretch,
  stretchesOf,
  totalOf,
} from './reference-motion.ts'

vi.setConfig({ testTimeout: 300_000 })

/** What the pump answered to each request of the patient, in order. */
function answersOf(trace: Trace): Answer[] {
  return recordsOf(trace.records, 'event').flatMap(({ event, detail }): Answer[] => {
    if (event === 'patient-bolus-granted') return ['granted']
    if (event !== 'patient-bolus-denied') return []
    return [/limit|highest rate|least rate/.test(detail) ? 'beyond limits' : 'denied']
  })
}

/** The scenario without what the pump refused: what was in force then goes on. */
function asTaken(scenario: Scenario, trace: Trace): Scenario {
  const refused = recordsOf(trace.records, 'refused')
  const isTaken = (at_us: Rational, isIt: (record: RecordOf<'refused'>) => boolean) => {
    const place = refused.findIndex((record) => equal(fromExact(record.at_us), at_us) && isIt(record))
    if (place !== -1) refused.splice(place, 1)
    return place === -1
  }
  return {
    ...scenario,
    prescription: scenario.prescription.filter(({ at_us, text }) => isTaken(at_us, (record) => record.text === text)),
    events: scenario.events.filter(
      ({ at_us, kind }) => kind !== 'refill' || isTaken(at_us, ({ asked }) => asked.kind === 'refill'),
    ),
  }
}

/** The tick at or after each step that the pump booked, in order. */
function bookedTicks(trace: Trace): number[] {
  return recordsOf(trace.records, 'booked').flatMap(({ first_us, interval_us, count }) => {
    const [first, interval] = [fraction(fromExact(first_us)), fraction(fromExact(interval_us))]
    const [n, by, d] = [first.n * interval.d, interval.n * first.d, first.d * interval.d * 64n]
    return Array.from({ length: count }, (_, j) => Number((n + BigInt(j) * by + d - 1n) / d))
  })
}

const wasEmptied = ({ records }: Trace) => recordsOf(records, 'alarm').some(({ alarm }) => alarm === 'empty-reservoir')

interface Compared {
  readonly trace: Trace
  readonly stretches: readonly Stretch[]
}

/** Runs the scenario, and holds rotor and pump against the reference. */
async function compared(scenario: Scenario): Promise<Compared> {
  const trace = await execute(scenario, modelPump, idealRig)
  fc.pre(!wasEmptied(trace))
  const answers = answersOf(trace)
  const possible = possibleAnswers(scenario, answers)
  expect(answers).toHaveLength(possible.length)
  for (const [index, answer] of answers.entries()) expect(possible[index]).toContain(answer)
  const stretches = stretchesOf(asTaken(scenario, trace), answers)
  const ticks = expectedTicks(stretches, fraction(scenario.pump.step_uL))
  expect(stepTicks(trace)).toEqual(ticks)
  expect(bookedTicks(trace)).toEqual(ticks)
  return { trace, stretches }
}

/** Holds the oracle against the reference: what it prescribes in all, and what it grants. */
function compareOracle(scenario: Scenario, { trace, stretches }: Compared): void {
  const { prescribed } = ledgersOf(scenario, trace)
  expect(prescribed.grants.map(({ granted }) => granted)).toEqual(
    answersOf(trace).map((answer) => answer === 'granted'),
  )
  const same = (found: Fraction, expected: Fraction) => expect(found.toFraction()).toBe(expected.toFraction())
  for (const { to } of stretches.filter((_, index) => index % 20 === 0 || index === stretches.length - 1)) {
    const until = stretches.filter((stretch) => stretch.to.lte(to))
    const at_us = { n: to.n, d: to.d }
    same(
      fraction(valueAt(prescribed.volume, at_us)),
      totalOf(until, ({ uL }) => uL),
    )
  }
  for (const [drug, line] of prescribed.mass) {
    const given = stretches.filter((stretch) => stretch.drug === drug)
    same(
      fraction(valueAt(line, scenario.duration_us)),
      totalOf(given, ({ ug }) => ug),
    )
  }
  expect(checksNamed(judge(trace, { file: '', wall_s: 0 }), 'tracking')[0]).toMatchObject({ outcome: 'pass' })
}

/** The second refill does not fit, so that the pump goes on with the concentration of the first. */
const REFUSED_REFILL = draft({
  duration: '2 d',
  prescription: [therapy('0 d', '350/3 ug/d')],
  events: [
    '{ at: 1 h, refill: { fill: { drug: baclofen, concentration: 450 ug/mL, volume: 39 mL } } }',
    '{ at: 7 h, refill: { withdraw: 100 uL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 5 mL } } }',
  ],
})

describe('steps on the ideal rig', () => {
  it('are due when exact arithmetic says, for therapies of every kind over 30 days', async () => {
    await fc.assert(
      fc.asyncProperty(anyTherapies({ days: 30, entries: 20, requests: 20 }), async ({ scenario }) => {
        compareOracle(scenario, await compared(scenario))
      }),
      { numRuns: 12 },
    )
  })

  it('are due when exact arithmetic says, though the pump refuses some of what it is told', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft(30), async (file) => {
        await compared(scenarioOf(file))
      }),
      { numRuns: 10, examples: [[REFUSED_REFILL]] },
    )
  })

  it('conserve fluid and drug at every event', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyDraft(30),
          anyTherapies({ days: 10 }).map(({ text }) => text),
        ),
        async (file) => {
          const trace = await execute(scenarioOf(file), modelPump, idealRig)
          const run = judge(trace, { file: '', wall_s: 0 })
          expect(recordsOf(trace.records, 'violation')).toEqual([])
          expect(run.checks).toContainEqual(
            expect.objectContaining({ check: 'mass-conservation', outcome: 'pass', measured: 0 }),
          )
        },
      ),
      { numRuns: 40 },
    )
  })

  it('carry the fraction of a step over a change, and make a step due at the very end', async () => {
    // 0.1 mL/d is a step of 0.25 uL each 216 s; the change comes in the middle of one, and 216 s later half is left.
    const file = draft({
      duration: '324 s',
      prescription: [therapy('0 s', '50 ug/d'), therapy('108 s', '50 ug/d'), therapy('216 s', '100 ug/d')],
    })
    const trace = await execute(scenarioOf(file), modelPump, idealRig)
    expect(stepTicks(trace)).toEqual([216, 324].map((s) => (s * 1_000_000) / 64))
  })
})
