/** Alarms that came too early or too late: none is excused by one that came in its time, and none answers what was over. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import type { CheckResult } from '#hil/run/result'
import { as, type Mass_ug } from '#units/quantity'
import { ratio } from '#units/rational'
import { checksNamed, distorted, finish } from '../support/bench.ts'
import { type Draft, draft, stop, therapy } from '../support/scenario.ts'

/** 960 uL a day: a step every 22.5 s. */
const PRESCRIBED = [therapy('0 d', '480 ug/d')]

async function check(name: string, parts: Partial<Draft>): Promise<CheckResult> {
  const { result } = await finish(draft({ prescription: PRESCRIBED, sample: '1 d', ...parts }))
  const [found] = checksNamed(result, name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

describe('no other alarms', () => {
  const twice = ['{ at: 1 h, fault: motor-stall, for: 2 h }', '{ at: 10 h, fault: motor-stall, for: 2 h }']
  const others = (...alarms: readonly string[]) =>
    check('no-other-alarms', {
      faults: twice,
      checks: [
        ...alarms.map((alarm) => `{ check: alarm, alarm: motor-stall, ${alarm} }`),
        '{ check: no-other-alarms }',
      ],
    })

  it('are not excused by one of the same name that came in its time, when they came before it', async () => {
    const early = await others('between: [10 h, 11 h]')
    expect(early).toMatchObject({ outcome: 'fail', measured: 1 })
    expect(early.at_s).toBeCloseTo(3600 + 26.5, 3)
    expect(early.detail).toContain('motor-stall was raised at 1 h 26.5 s, and is wanted from 10 h on')
  })

  it.each([
    ['where the time it is wanted in has no beginning', ['by: 11 h']],
    ['within the time it is wanted in', ['between: [1 h, 2 h]', 'between: [10 h, 11 h]']],
    ['whichever of these the file names first', ['between: [10 h, 11 h]', 'between: [1 h, 2 h]']],
    ['after it, when it sounds again', ['between: [1 h, 2 h]']],
    ['where the file only says when it must not sound', ['between: [3 h, 4 h], expect: fail']],
  ])('are none of that name %s', async (_, alarms) => {
    expect(await others(...alarms)).toMatchObject({ outcome: 'pass', measured: 0 })
  })

  it('are those before the time it is wanted in, whenever else it must not sound', async () => {
    expect(await others('between: [0 h, 30 min], expect: fail', 'between: [10 h, 11 h]')).toMatchObject({
      outcome: 'fail',
      at_s: expect.closeTo(3626.5, 3),
    })
  })
})

describe('the latency of an alarm', () => {
  /** A pump that is stopped for a day, and raises the alarm of it two days after that, with a refill. */
  const late = distorted('late', (output) =>
    output.kind === 'event' && output.event === 'reservoir-accounted'
      ? [output, { at_us: output.at_us, kind: 'alarm', alarm: 'stopped-pump', state: 'raised', priority: 'critical' }]
      : [output],
  )
  const stopped = async (within: string) => {
    const text = draft({
      duration: '5 d',
      prescription: [...PRESCRIBED, stop('1 d'), therapy('2 d', '480 ug/d')],
      events: ['{ at: 4 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }'],
      checks: [`{ check: alarm-latency, alarm: stopped-pump, within: ${within} }`],
      sample: '1 d',
    })
    const { result } = await finish(text, late)
    expect(result.alarms).toMatchObject([{ alarm: 'stopped-pump', raised_s: 4 * 86_400 }])
    return checksNamed(result, 'alarm-latency')[0]
  }

  it('is not that of one that sounds long after its cause was over', async () => {
    expect(await stopped('48 h')).toMatchObject({
      outcome: 'inconclusive',
      detail: 'stopped-pump was not raised, but stopped at 1 d was over after 1 d',
    })
    expect(await stopped('12 h')).toMatchObject({
      outcome: 'fail',
      measured: 86_400,
      detail: 'stopped-pump was not raised in the 1 d of stopped at 1 d',
    })
  })

  it('is that of one that the pump raised of a step it heard of just after the cause was over', async () => {
    // The step due 22.5 s after the hour is lost; the pump hears of it 4 s later, and the rotor has been free for 3.5 s.
    const found = await check('alarm-latency', {
      faults: ['{ at: 1 h, fault: motor-stall, for: 23 s }'],
      checks: ['{ check: alarm-latency, alarm: motor-stall, within: 30 s }'],
    })
    expect(found).toMatchObject({ outcome: 'pass', measured: expect.closeTo(26.5, 3) })
  })
})

describe('tracking', () => {
  const reporting = (drug: string, mass: number) =>
    distorted('reports more', (output) =>
      output.kind === 'status'
        ? [
            {
              ...output,
              status: {
                ...output.status,
                dose_ug: [...output.status.dose_ug, [drug, as<Mass_ug>(ratio(BigInt(Math.round(mass * 1000)), 1000n))]],
              },
            },
          ]
        : [output],
    )
  const parts = {
    prescription: PRESCRIBED,
    events: ['{ at: 1 d, refill: { fill: { drug: morphine, concentration: 1 mg/mL, volume: 20 mL } } }'],
    duration: '1 d 12 h',
    checks: ['{ check: tracking, within: 1 step, to: 1 d }'],
    sample: '6 h',
  }

  it('fails for a pump that reports a dose of a drug that it never booked', async () => {
    const { result } = await finish(draft(parts), reporting('fentanyl', 1))
    const [found] = checksNamed(result, 'tracking')
    // A microgram is 2 uL of the weakest fill, of 500 ug/mL: eight steps.
    expect(found).toMatchObject({ outcome: 'fail', measured: 8, unit: 'step' })
    expect(found?.detail).toContain('the pump reported 1 ug of fentanyl at 0 s where it had booked 0')
  })

  it('counts what is reported of a drug before it was filled by the fill of that drug', async () => {
    const { result } = await finish(draft(parts), reporting('morphine', 1))
    expect(checksNamed(result, 'tracking')[0]).toMatchObject({ outcome: 'fail', measured: 4 })
  })

  it('passes for the pump as it is', async () => {
    const { result } = await finish(draft(parts), modelPump)
    expect(checksNamed(result, 'tracking')[0]).toMatchObject({ outcome: 'pass' })
  })
})
