/**
 * The analysis against plain integration: every step of the trace written out, every window tried, nothing shared with the
 * oracle but the prescription.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { increment, type Line } from '#hil/oracle/line'
import { prescribe } from '#hil/oracle/prescribed'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import { tickOf } from '#units/cadence'
import { fromText, toNumber, whole } from '#units/rational'
import { finish } from '../support/bench.ts'
import { anyDraft, scenarioOf } from '../support/scenario.ts'

const TICK_us = 64
const DAY_us = 86_400_000_000

interface Step {
  readonly at_us: number
  readonly volume: number
  readonly mass: number
}

function stepsOf({ records }: Trace, drug: string): readonly Step[] {
  return recordsOf(records, 'delivered').flatMap(({ cadence, displaced_uL, tip_ug }) => {
    const mass = tip_ug.filter(([name]) => name === drug).reduce((sum, [, text]) => sum + toNumber(fromText(text)), 0)
    const volume = toNumber(fromText(displaced_uL))
    return Array.from({ length: cadence.count }, (_, j) => ({ at_us: tickOf(cadence, j) * TICK_us, volume, mass }))
  })
}

/** The most in any 24 h that end at a step. */
function mostInDay(steps: readonly Step[]): number {
  let [most, held, tail] = [0, 0, 0]
  for (const step of steps) {
    held += step.mass
    for (let first = steps[tail]; first !== undefined && first.at_us <= step.at_us - DAY_us; first = steps[tail]) {
      held -= first.mass
      tail += 1
    }
    most = Math.max(most, held)
  }
  return most
}

/** The best sums over stretches in which delivery fell back, or ran ahead, less a tolerance for each; in doubles. */
function swings(steps: readonly Step[], line: Line, until_us: number, tolerance: number, of: 'volume' | 'mass') {
  const at = (t_us: number) => toNumber(increment(line, whole(0), whole(t_us)))
  const values = [0]
  let height = 0
  for (const step of steps.filter(({ at_us }) => at_us <= until_us)) {
    const meant = at(step.at_us)
    values.push(height - meant)
    height += step[of]
    values.push(height - meant)
  }
  values.push(height - at(until_us))
  const best = (sign: number) => {
    let [closed, open] = [0, Number.NEGATIVE_INFINITY]
    for (const value of values.map((one) => sign * one)) {
      closed = Math.max(closed, open - value - tolerance)
      open = Math.max(open, closed + value)
    }
    return closed
  }
  return { under: best(1), over: best(-1) }
}

it('agrees with plain integration over every step, whatever the therapy', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(anyDraft(2), async (text) => {
      const scenario = scenarioOf(text)
      const { result, trace } = await finish(text)
      const { volume, drugs } = result.analysis
      const prescribed = prescribe(scenario)
      const end_us = Number(scenario.duration_us.n / scenario.duration_us.d)
      const steps = stepsOf(trace, 'baclofen')
      const total = steps.reduce((sum, step) => sum + step.volume, 0)
      const meant = toNumber(increment(prescribed.volume, whole(0), whole(end_us)))
      expect(volume?.mean_flow_error_percent ?? Number.NaN).toBeCloseTo(100 * (total / meant - 1), 6)
      const [drug] = drugs ?? []
      expect(drug?.largest_24h_ug).toBeCloseTo(mostInDay(steps), 6)
      const byVolume = swings(steps, prescribed.volume, end_us, volume?.resolution_uL ?? 0, 'volume')
      expect(volume?.under_uL).toBeCloseTo(byVolume.under, 5)
      expect(volume?.over_uL).toBeCloseTo(byVolume.over, 5)
      const mass = prescribed.mass.get('baclofen') ?? []
      const byMass = swings(steps, mass, end_us, drug?.resolution_ug ?? 0, 'mass')
      expect(drug?.under_ug).toBeCloseTo(byMass.under, 5)
      expect(drug?.over_ug).toBeCloseTo(byMass.over, 5)
    }),
    { numRuns: 12 },
  )
})
