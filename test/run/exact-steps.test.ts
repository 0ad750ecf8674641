/**
 * Every motor step of a run happens at the first rig tick at or after the instant that exact arithmetic gives.
 *
 * The reference here is a third implementation: it integrates the accepted program with another library of rationals
 * and shares no code with the pump, the host or the oracle.
 */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import type { Rational } from '#units/rational'
import { anyDraft, draft, scenarioOf, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'

const fraction = ({ n, d }: Rational) => new Fraction(n, d)
const text = (value: string) => new Fraction(value)

/** A stretch of constant rate, in uL/us. */
interface Stretch {
  readonly from: Fraction
  readonly to: Fraction
  readonly rate: Fraction
}

/** What the pump was made to run, from what it accepted: therapy and boluses by the concentration it was told last. */
function stretchesOf(scenario: Scenario, trace: Trace): Stretch[] {
  const applied = recordsOf(trace.records, 'applied').map((record) => ({
    at: text(record.at_us),
    what: record.readback,
  }))
  const end = fraction(scenario.duration_us)
  const instants = new Map<string, Fraction>([
    ['0', new Fraction(0)],
    [end.toFraction(), end],
  ])
  for (const { at, what } of applied) {
    instants.set(at.toFraction(), at)
    if (what.kind === 'bolus') instants.set(at.add(text(what.over_us)).toFraction(), at.add(text(what.over_us)))
  }
  const cuts = [...instants.values()].filter((at) => at.lte(end)).sort((a, b) => a.compare(b))
  return cuts.slice(0, -1).map((from, index) => {
    let concentration = fraction(scenario.fill.programmed.concentration_ug_per_uL)
    let basal: { dose: Fraction; byMass: boolean } = { dose: new Fraction(0), byMass: false }
    let boluses: { rate: Fraction; byMass: boolean; until: Fraction }[] = []
    for (const { at, what } of applied.filter((entry) => entry.at.lte(from))) {
      if (what.kind === 'refill') concentration = text(what.concentration_ug_per_uL)
      if (what.kind === 'bolus') {
        boluses.push({
          rate: text(what.dose).div(text(what.over_us)),
          byMass: what.unit === 'ug',
          until: at.add(text(what.over_us)),
        })
      }
      if (what.kind === 'therapy' && what.mode !== 'flex' && what.mode !== 'periodic-bolus') {
        boluses = []
        const trickle = what.mode === 'minimum-rate' ? fraction(scenario.pump.minimumRate_uL_per_us) : new Fraction(0)
        basal =
          what.dose === null
            ? { dose: trickle, byMass: false }
            : { dose: text(what.dose), byMass: what.unit === 'ug/us' }
      }
    }
    const volume = (dose: Fraction, byMass: boolean) => (byMass ? dose.div(concentration) : dose)
    let rate = volume(basal.dose, basal.byMass)
    for (const bolus of boluses.filter(({ until }) => until.gt(from))) rate = rate.add(volume(bolus.rate, bolus.byMass))
    return { from, to: cuts[index + 1] ?? end, rate }
  })
}

/** The rig tick of every step, until the reservoir as the pump was told of it is used up for the first time. */
function expectedTicks(stretches: readonly Stretch[], step: Fraction): number[] {
  const ticks: number[] = []
  let position = new Fraction(0)
  for (const { from, to, rate } of stretches) {
    if (rate.equals(0)) continue
    const perStep = step.div(rate)
    const end = position.add(to.sub(from).div(perStep))
    for (let k = position.floor().add(1); k.lte(end); k = k.add(1)) {
      const due = from.add(k.sub(position).mul(perStep))
      ticks.push(Number(due.div(64).ceil().valueOf()))
    }
    position = end
  }
  return ticks
}

describe('steps on the ideal rig', () => {
  it('are due when exact arithmetic says, for any therapies, boluses and refills over 30 days', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft(30), async (file) => {
        const scenario = scenarioOf(file)
        const trace = await execute(scenario, modelPump, idealRig)
        const emptied = recordsOf(trace.records, 'alarm').some(({ alarm }) => alarm === 'empty-reservoir')
        fc.pre(!emptied)
        expect(stepTicks(trace)).toEqual(expectedTicks(stretchesOf(scenario, trace), fraction(scenario.pump.step_uL)))
      }),
      { numRuns: 25 },
    )
  })

  it('agree with the oracle within one step at every instant, whatever was prescribed', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft(30), async (file) => {
        const trace = await execute(scenarioOf(file), modelPump, idealRig)
        fc.pre(recordsOf(trace.records, 'refused').length === 0)
        fc.pre(!recordsOf(trace.records, 'alarm').some(({ alarm }) => alarm === 'empty-reservoir'))
        const run = judge(trace, { file: '', wall_s: 0 })
        expect(run.checks).toContainEqual(expect.objectContaining({ check: 'tracking', outcome: 'pass' }))
      }),
      { numRuns: 40 },
    )
  })

  it('conserve fluid and drug at every event', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft(30), async (file) => {
        const trace = await execute(scenarioOf(file), modelPump, idealRig)
        const run = judge(trace, { file: '', wall_s: 0 })
        expect(recordsOf(trace.records, 'violation')).toEqual([])
        expect(run.checks).toContainEqual(
          expect.objectContaining({ check: 'mass-conservation', outcome: 'pass', measured: 0 }),
        )
      }),
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
