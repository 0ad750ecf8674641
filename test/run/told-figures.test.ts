/** What a pump says of itself that it never booked, in volume by the drug it was told of; and an event by what it says. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { Trace } from '#hil/run/trace'
import { set } from '../support/alter.ts'
import { checksNamed, finish } from '../support/bench.ts'
import { draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

describe('a dose that a pump reports and never booked', async () => {
  const refill = (at: string, concentration: string) =>
    `{ at: ${at}, refill: { withdraw: all, fill: { drug: morphine, concentration: ${concentration}, volume: 40 mL } } }`
  // At rest from the first day on, so that nothing of what is filled later is ever given.
  const text = draft({
    prescription: [therapy('0 d', '400 ug/d'), stop('1 d')],
    events: [refill('30 h', '500 ug/mL'), refill('36 h', '1 mg/mL')],
    checks: ['{ check: tracking, within: 1 step }'],
    sample: '1 d',
  })
  const trace = await execute(scenarioOf(text), modelPump, idealRig)

  const tracking = (altered: Trace) => {
    const [found] = checksNamed(judge(altered, { file: '', wall_s: 0 }), 'tracking')
    if (found === undefined) throw new Error('no tracking')
    return found
  }
  const reporting = (drug: string, mass: string) =>
    tracking(
      set(
        { kind: 'status' },
        {
          dose_ug: [
            ['baclofen', '400'],
            [drug, mass],
          ],
        },
        1,
      )(trace),
    )

  it('is none where it reports what it booked', () => {
    expect(tracking(trace)).toMatchObject({ outcome: 'pass', measured: expect.any(Number) })
  })

  it('counts by the weakest fill of the drug that it was told of', () => {
    // 5 ug are 10 uL of 500 ug/mL, 40 steps of 0.25 uL.
    expect(reporting('morphine', '5')).toMatchObject({ outcome: 'fail', measured: 40, limit: 1, unit: 'step' })
    expect(reporting('morphine', '5').detail).toBe('the pump reported 5 ug of morphine at 1 d where it had booked 0')
  })

  it('counts by the weakest fill of all where it was told of none', () => {
    expect(reporting('fentanyl', '5')).toMatchObject({ outcome: 'fail', measured: 40 })
    expect(reporting('fentanyl', '5').detail).toContain('5 ug of fentanyl')
  })

  it('is nothing where it reports nothing of it', () => {
    expect(reporting('fentanyl', '0').outcome).toBe('pass')
  })
})

describe('the check of an event', () => {
  const checked = async (check: string) => {
    const { result } = await finish(
      draft({ prescription: [therapy('0 d', '400 ug/d'), stop('1 d')], checks: [check], duration: '3 d' }),
    )
    return checksNamed(result, 'event')[0]
  }

  it('looks for one that says what it is to say', async () => {
    expect(await checked('{ check: event, event: programmed, saying: stopped, by: 2 d }')).toMatchObject({
      outcome: 'fail',
    })
    expect(await checked('{ check: event, event: tone, saying: stopped-pump, between: [2 d, 3 d] }')).toMatchObject({
      outcome: 'pass',
    })
    const found = await checked('{ check: event, event: tone, saying: motor-stall, between: [2 d, 3 d] }')
    expect(found).toMatchObject({ outcome: 'fail', detail: expect.stringContaining('tone "motor-stall"') })
    const any = await checked('{ check: event, event: memory-repaired, by: 3 d }')
    expect(any).toMatchObject({ outcome: 'fail', detail: expect.not.stringContaining('"') })
  })
})
