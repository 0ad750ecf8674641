/** A scenario with `flow: dispersive`: the same pump, rotor and books, and another dose at the tip. */
import { describe, expect, it } from 'vitest'
import { TICK_us } from '#hil/rig/rig'
import { amountOf } from '#hil/run/exact'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import type { TraceRecord } from '#hil/run/trace'
import { lastTick } from '#units/cadence'
import { toNumber } from '#units/rational'
import { checksNamed, type Finished, finish } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

const DISPERSIVE = '{ flow: dispersive }'

/** A line that morphine fills is flushed with baclofen at the highest rate, as after an exchange of drugs. */
const flushed = (catheter: string, more: { sample?: string } = {}) =>
  draft({
    catheter,
    duration: '4 h',
    fill: '{ drug: morphine, concentration: 10 mg/mL, volume: 20 mL }',
    prescription: ['{ at: 1 h, prime: { volume: 375 uL } }', '{ at: 3 h, therapy: { mode: minimum-rate } }'],
    events: ['{ at: 30 min, refill: { fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 20 mL } } }'],
    checks: ['{ check: tracking, within: 1 step }'],
    ...more,
  })

/** Drug that has left the tip by the last step of the prime. */
function outByEndOfPrime_ug({ trace }: Finished): number {
  const parts = recordsOf(trace.records, 'delivered')
  const primed = parts.filter(({ cadence }) => lastTick(cadence) * TICK_us <= 3 * 3.6e9)
  return primed.reduce((sum, { tip_ug, cadence }) => sum + toNumber(amountOf(tip_ug, 'baclofen')) * cadence.count, 0)
}

describe('a dispersive line', () => {
  it('lets the new drug out before the end of the prime, which plug flow hides', async () => {
    const [plug, mixed] = [await finish(flushed('{ flow: plug }')), await finish(flushed(DISPERSIVE))]
    expect(outByEndOfPrime_ug(plug)).toBe(0)
    expect(outByEndOfPrime_ug(mixed)).toBeGreaterThan(60)
    for (const { result } of [plug, mixed]) {
      expect(result.verdict).toBe('pass')
      expect(checksNamed(result, 'mass-conservation').map(({ verdict }) => verdict)).toEqual(['pass'])
      expect(result.delivered.leaked_uL).toBe(0)
    }
    expect(mixed.result.delivered).toMatchObject({
      steps: plug.result.delivered.steps,
      displaced_uL: plug.result.delivered.displaced_uL,
      tip_volume_uL: plug.result.delivered.tip_volume_uL,
    })
  })

  it('gives the same at the tip however often the run is looked at', async () => {
    const seldom = await finish(flushed(DISPERSIVE, { sample: '2 h' }))
    const often = await finish(flushed(DISPERSIVE, { sample: '1 min' }))
    expect(often.result.delivered).toEqual(seldom.result.delivered)
    expect(recordsOf(often.trace.records, 'truth')).toEqual(recordsOf(seldom.trace.records, 'truth'))
  })

  it('makes a change of concentration gradual and keeps the volume that has to pass', async () => {
    const run = await finish(
      draft({
        catheter: DISPERSIVE,
        duration: '6 d',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
        prescription: [therapy('0 d', '400 ug/d')],
        events: ['{ at: 2 d, refill: { fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 20 mL } } }'],
      }),
    )
    // 400 ug/d need 0.2 mL/d of the stronger drug: a quarter of the dose at first, all of it in the end, and half way
    // between them after some 45 h.
    const at = (hour: number) => run.result.samples[48 + hour]?.tip_ug ?? 0
    const rate = (hour: number) => (at(hour + 1) - at(hour - 1)) / 2 / (400 / 24)
    expect(rate(10)).toBeCloseTo(0.25, 2)
    expect(rate(36)).toBeCloseTo(0.39, 1)
    expect(rate(44)).toBeCloseTo(0.625, 1)
    expect(rate(60)).toBeLessThan(0.98)
    expect(rate(90)).toBeCloseTo(1, 1)
    expect(run.result.verdict).toBe('pass')
  })

  it('has twenty cells unless the scenario says otherwise', () => {
    const flow = (catheter: string) => scenarioOf(flushed(catheter)).flow
    expect(flow(DISPERSIVE)).toEqual({ flow: 'dispersive', cells: 20 })
    expect(flow('{ flow: dispersive, cells: 7 }')).toEqual({ flow: 'dispersive', cells: 7 })
    expect(flow('{ flow: plug }')).toEqual({ flow: 'plug' })
    expect(flow('{ length: 40 cm }')).toEqual({ flow: 'plug' })
  })
})

describe('what the record says has leaked', () => {
  const leaky = (records: readonly TraceRecord[], line_uL: string, line_ug: string) =>
    records.map((record): TraceRecord => {
      if (record.kind !== 'truth') return record
      return { ...record, line_uL, line_ug: [['baclofen', line_ug]], leaked_uL: '3', leaked_ug: [['baclofen', '3/2']] }
    })

  it.each([
    ['is in the result and balances the books', '372', '186', 'pass'],
    ['must be missing in the line', '375', '375/2', 'fail'],
    ['must carry its drug', '372', '375/2', 'fail'],
  ])('%s', async (_, line_uL, line_ug, outcome) => {
    const { trace } = await finish(draft({ duration: '1 h', prescription: [therapy('0 d', '100 ug/d')] }))
    const result = judge({ ...trace, records: leaky(trace.records, line_uL, line_ug) }, { file: '', wall_s: 0 })
    expect(checksNamed(result, 'mass-conservation')).toMatchObject([{ outcome }])
    expect(result.delivered).toMatchObject({ leaked_uL: 3, in_line_uL: 372 })
  })
})
