/**
 * The checks of what a pump test measures, from the text of a scenario to the verdict: each passes where it should, fails
 * where it should, and says so where nothing can be said.
 */
import { describe, expect, it } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { story } from '#hil/report/parting'
import type { CheckResult } from '#hil/run/result'
import { checksNamed, distorted, finish } from '../support/bench.ts'
import { bolus, type Draft, draft, stop, therapy } from '../support/scenario.ts'

const HOUR_s = 3600
const DAY_s = 24 * HOUR_s

type Parts = Omit<Draft, 'checks'>

/** What the checks come to in one run of the scenario, in their order. */
async function outcomes(parts: Parts, ...checks: readonly string[]): Promise<readonly CheckResult[]> {
  const { result } = await finish(
    draft({ sample: '1 d', ...parts, checks: checks.map((check) => `{ check: ${check} }`) }),
  )
  return result.checks.slice(0, checks.length)
}

/** 0.8 mL/d: a step of 0.25 uL each 27 s. */
const STEADY: Parts = { duration: '3 d', prescription: [therapy('0 d', '400 ug/d')] }
const STALLED: Parts = { ...STEADY, faults: ['{ at: 30 h, fault: motor-stall, for: 2 h }'] }
/** Told a tenth more than prescribed: a gain of 11/10. */
const FAST: Parts = { ...STEADY, programming: [therapy('0 d', '440 ug/d')] }

const TABLE: readonly (readonly [string, Parts, readonly (readonly [check: string, outcome: string])[]])[] = [
  [
    'a steady pump',
    STEADY,
    [
      ['trumpet, within: 3.1 %', 'pass'],
      ['trumpet, within: [3.1 %, 0.8 %, 0.4 %, 0.2 %, 0.1 %, 0.1 %]', 'pass'],
      ['trumpet, within: 2.9 %', 'inconclusive'],
      ['trumpet, within: [3.1 %, 0.7 %, 0.4 %, 0.2 %, 0.1 %, 0.1 %]', 'inconclusive'],
      ['trumpet, protocol: second-edition, within: 200 %', 'pass'],
      ['start-up, within: 4 %', 'pass'],
      ['start-up, within: 2.9 %', 'inconclusive'],
      ['mean-flow-error, within: 0.02 %', 'pass'],
      ['mean-flow-error, within: 0.005 %', 'inconclusive'],
      ['interruption, within: 1 s', 'pass'],
      ['under-delivery, amount: 0.01 ug, time: 1 s', 'pass'],
      ['over-delivery, amount: 0.01 uL, time: 1 s', 'pass'],
      ['believed-dose, within: 0 ug', 'pass'],
      ['changeover, within: 5 %', 'inconclusive'],
      ['alarm-latency, alarm: motor-stall, within: 1 h', 'inconclusive'],
      ['bolus-accuracy, within: 5 %', 'inconclusive'],
      ['event, event: programmed, by: 0 d', 'pass'],
      ['event, event: stopped-warning, by: 3 d', 'fail'],
    ],
  ],
  [
    'a pump that stalls for two hours',
    STALLED,
    [
      ['trumpet, within: 100 %', 'pass'],
      ['trumpet, within: 99 %', 'fail'],
      ['trumpet, within: [100 %, 100 %, 81 %, 37 %, 22 %, 13.2 %]', 'pass'],
      ['trumpet, within: [100 %, 100 %, 80 %, 37 %, 22 %, 13.2 %]', 'fail'],
      ['trumpet, within: [100 %, 100 %, 81 %, 37 %, 22 %, 12.8 %]', 'fail'],
      ['interruption, within: 2 h 1 min', 'pass'],
      ['interruption, within: 1 h 59 min', 'fail'],
      ['under-delivery, amount: 34 ug', 'pass'],
      ['under-delivery, amount: 33 ug', 'fail'],
      ['under-delivery, of: volume, time: 42 h', 'pass'],
      ['under-delivery, of: volume, time: 41 h', 'fail'],
      ['under-delivery, time: 1 h, beyond: 34 ug', 'pass'],
      ['over-delivery, amount: 0.01 ug', 'pass'],
      ['alarm-latency, alarm: motor-stall, within: 31 s', 'pass'],
      ['alarm-latency, alarm: motor-stall, within: 30 s', 'fail'],
      ['event, event: motor-recovered, between: [32 h, 32 h 1 min]', 'pass'],
      ['event, event: motor-recovered, between: [30 h, 31 h]', 'fail'],
      ['mean-flow-error, within: 2 %', 'fail'],
      ['mean-flow-error, within: 3 %', 'pass'],
    ],
  ],
  [
    'a pump a tenth too fast',
    FAST,
    [
      ['mean-flow-error, within: 10.1 %', 'pass'],
      ['mean-flow-error, within: 9.9 %', 'fail'],
      ['trumpet, within: [25 %, 14 %, 11 %, 11 %, 11 %, 11 %]', 'pass'],
      // A step is 3 % of the shortest window, in which the error reaches 11 %.
      ['trumpet, within: [9 %, 14 %, 11 %, 11 %, 11 %, 11 %]', 'fail'],
      ['windowed-flow, windows: [5 min], within: 8.9 %', 'inconclusive'],
      ['trumpet, within: [25 %, 14 %, 11 %, 11 %, 11 %, 9 %]', 'fail'],
      ['start-up, within: 14 %', 'pass'],
      ['start-up, within: 5 %', 'fail'],
      ['over-delivery, amount: 121 ug', 'pass'],
      ['over-delivery, amount: 119 ug', 'fail'],
      ['over-delivery, amount: 241 uL', 'pass'],
      ['over-delivery, amount: 239 uL', 'fail'],
      ['under-delivery, amount: 0.01 ug', 'pass'],
      ['believed-dose, within: 0 ug', 'pass'],
    ],
  ],
]

describe.each(TABLE)('%s', (_, parts, rows) => {
  it('is judged by each check as worked out by hand', async () => {
    const found = await outcomes(parts, ...rows.map(([check]) => check))
    const told = found.map(({ outcome, detail }, index) => [rows[index]?.[0], outcome, detail])
    expect(told).toEqual(rows.map(([check, outcome]) => [check, outcome, expect.any(String)]))
  })
})

describe('a mean flow where nothing is prescribed', () => {
  const parts: Parts = { duration: '3 d', prescription: [therapy('0 d', '400 ug/d'), stop('1 d')] }
  const check = 'mean-flow-error, within: 5 %, from: 2 d'

  it('is a fail where more than a step was delivered, as it is in a window', async () => {
    const programming = [therapy('0 d', '400 ug/d')]
    const found = await outcomes(
      { ...parts, programming },
      check,
      'windowed-flow, windows: [1 d], within: 5 %, from: 2 d',
    )
    expect(found.map(({ outcome }) => outcome)).toEqual(['fail', 'fail'])
    expect(found[0]).toMatchObject({ at_s: 2 * DAY_s, parted: [{ pair: 'volume', since_s: 2 * DAY_s }] })
    expect(found[0]?.detail).toContain('800 uL where nothing is prescribed')
  })

  it('cannot be said where nothing was delivered either', async () => {
    const [found] = await outcomes(parts, check)
    expect(found).toMatchObject({
      outcome: 'inconclusive',
      measured: null,
      detail: 'nothing is prescribed in this span',
    })
  })
})

describe('a trumpet', () => {
  it('of a constant flow in whole windows is flat and zero', async () => {
    // 27 h hold 3600 steps, wherever they begin, but for one that enters or leaves at the very tick of an end.
    const [check] = await outcomes(STEADY, 'windowed-flow, windows: [27 h], within: 1 %')
    expect(check?.measured).toBeLessThanOrEqual(100 / 3600 + 1e-9)
  })

  it('is shifted by 100 (g - 1) % by a gain g', async () => {
    const at = async (parts: Parts) => {
      const [window] =
        (
          await finish(draft({ ...parts, checks: ['{ check: no-other-alarms }'], sample: '1 d' }))
        ).result.analysis.trumpet?.points.slice(-1) ?? []
      return ((window?.most_percent ?? 0) + (window?.least_percent ?? 0)) / 2
    }
    expect(await at(STEADY)).toBeCloseTo(0, 1)
    expect(await at(FAST)).toBeCloseTo(10, 1)
  })

  it('whose window is too short fails where the error is beyond limit and step together', async () => {
    // In 15 min a step is 3 %; the stall makes the error 100 %.
    const [check] = await outcomes(STALLED, 'windowed-flow, windows: [15 min], within: 2 %')
    expect(check).toMatchObject({ outcome: 'fail', measured: 100, limit: 2, parted: [{ pair: 'volume' }] })
  })

  it('of a run in which flow begins too late to settle cannot be said', async () => {
    const late = { duration: '3 d', prescription: [therapy('2 d', '400 ug/d')] }
    const [check] = await outcomes(late, 'trumpet, within: 50 %')
    expect(check).toMatchObject({ outcome: 'inconclusive', detail: expect.stringContaining('flow begins at 2 d') })
  })
})

describe('bolus accuracy', () => {
  const given = (count: number): Parts => ({
    duration: '3 d',
    prescription: [
      therapy('0 d', '100 ug/d'),
      ...Array.from({ length: count }, (_, k) => bolus(`${2 * k + 1} h`, '25 ug', '10 min')),
    ],
  })

  it('is judged by the worst each way and by the mean', async () => {
    const found = await outcomes(given(26), 'bolus-accuracy, within: 1 %, mean: 0.6 %', 'bolus-accuracy, within: 0.6 %')
    expect(found.map(({ outcome }) => outcome)).toEqual(['pass', 'pass'])
    expect(found[0]?.detail).toMatch(/^mean .* of 26 boluses; worst .* one step is \+0.5 % of the smallest/)
  })

  it('of fewer than 25 says so, and proves no mean that was asked for', async () => {
    const found = await outcomes(
      given(4),
      'bolus-accuracy, within: 1 %',
      'bolus-accuracy, within: 1 %, mean: 1 %',
      'bolus-accuracy, within: 1 %, mean: 1 %, count: 4',
      'bolus-accuracy, within: 0.1 %',
    )
    expect(found.map(({ outcome }) => outcome)).toEqual(['pass', 'inconclusive', 'pass', 'inconclusive'])
    for (const { detail } of found) expect(detail).toContain('fewer than the 25')
  })

  it('fails for boluses that the pump was told smaller', async () => {
    const parts = given(26)
    const smaller = parts.prescription.map((entry) => entry.replace('25 ug', '22.5 ug'))
    const [check] = await outcomes({ ...parts, programming: smaller }, 'bolus-accuracy, within: 9 %')
    expect(check).toMatchObject({ outcome: 'fail', measured: expect.closeTo(10, 0), parted: [{ pair: 'volume' }] })
  })
})

describe('a changeover', () => {
  it('that is the worst of several is what the check measured, and the dose parted with the first', async () => {
    const refill = (at: string, concentration: number) =>
      `{ at: ${at}, refill: { fill: { drug: baclofen, concentration: ${concentration} ug/mL, volume: 20 mL } } }`
    const parts = { duration: '9 d', sample: '1 d', prescription: [therapy('0 d', '400 ug/d')] }
    const events = [refill('1 d', 1000), refill('3 d', 4000), refill('8 d', 4200)]
    const { result } = await finish(draft({ ...parts, events, checks: ['{ check: changeover, within: 10 % }'] }))
    // Half the dose for 22.5 h, a quarter of it for 90 h, and 5 % too little.
    const [check] = checksNamed(result, 'changeover')
    expect(check).toMatchObject({ outcome: 'fail', at_s: 3 * DAY_s, parted: [{ pair: 'mass', since_s: DAY_s }] })
    expect(story(result)).toMatch(/^Failed: changeover\. The dose out of the catheter tip .* parted at 1 d; /)
  })
})

describe('a believed dose', () => {
  const filled = (programmed: string, dose = '0.4 mL/d'): Parts => ({
    duration: '2 d',
    fill: `{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL, programmed: ${programmed} }`,
    prescription: [therapy('0 d', dose)],
  })

  it.each([
    ['another drug', '{ drug: morphine }', 400],
    ['another concentration', '{ concentration: 2000 ug/mL }', 1200],
  ])('of %s is found by it and by the program, though every volume is right', async (_, programmed, measured) => {
    const [dose, program, volume, reservoir] = await outcomes(
      filled(programmed),
      'believed-dose, within: 1 ug',
      'programmed-as-prescribed',
      'tracking, within: 1 step',
      'reservoir-estimate, within: 0.25 uL',
    )
    expect(dose).toMatchObject({ outcome: 'fail', measured, parted: [{ pair: 'believed-mass' }] })
    expect(program).toMatchObject({ outcome: 'fail', parted: [{ pair: 'program', since_s: 0 }] })
    expect([volume?.outcome, reservoir?.outcome]).toEqual(['pass', 'pass'])
  })

  it('parts at the first step beyond the limit', async () => {
    // A step each 54 s; the pump believes 0.5 ug of each, and 0.125 ug left: 1.125 ug apart after three.
    const [dose] = await outcomes(filled('{ concentration: 2000 ug/mL }'), 'believed-dose, within: 1 ug')
    expect(dose?.parted?.[0]?.since_s).toBeCloseTo(3 * 54, 3)
  })

  it('is right across a refill on top of a residual', async () => {
    const [dose] = await outcomes(
      {
        duration: '4 d',
        prescription: [therapy('0 d', '0.4 mL/d')],
        events: [
          '{ at: 2 d, refill: { withdraw: 20 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 15 mL } } }',
        ],
      },
      'believed-dose, within: 0 ug',
    )
    expect(dose).toMatchObject({ outcome: 'pass', measured: 0 })
  })

  it('is out where a residual dilutes a refill that the pump takes for pure', async () => {
    const [dose] = await outcomes(
      {
        duration: '4 d',
        prescription: [therapy('0 d', '0.4 mL/d')],
        events: [
          '{ at: 2 d, refill: { withdraw: 20 mL, fill: { drug: baclofen, concentration: 1000 ug/mL, volume: 20 mL } } }',
        ],
      },
      'believed-dose, within: 1 ug',
    )
    // 40 - 0.8 - 20 = 19.2 mL of 500 and 20 mL of 1000 are 755.1 ug/mL; two days of 0.4 mL believed at 1000.
    expect(dose).toMatchObject({
      outcome: 'fail',
      measured: expect.closeTo(0.8 * (1000 - (19.2 * 500 + 20_000) / 39.2), 3),
    })
  })
})

describe('programmed-as-prescribed', () => {
  const refilled = (programmed: string): Parts => ({
    duration: '2 d',
    prescription: [therapy('0 d', '100 ug/d')],
    events: [
      `{ at: 1 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }, programmed: ${programmed} } }`,
    ],
  })

  it.each(['{ drug: morphine }', '{ concentration: 501 ug/mL }', '{ volume: 21 mL }'])(
    'sees a refill told as %s, and passes before it',
    async (programmed) => {
      const [whole, before] = await outcomes(
        refilled(programmed),
        'programmed-as-prescribed',
        'programmed-as-prescribed, to: 23 h',
      )
      expect(whole).toMatchObject({ outcome: 'fail', at_s: DAY_s, detail: expect.stringContaining('was told "fill') })
      expect(before?.outcome).toBe('pass')
    },
  )

  it('passes a refill told as it is', async () => {
    const [check] = await outcomes(refilled('{ volume: 20 mL }'), 'programmed-as-prescribed')
    expect(check?.outcome).toBe('pass')
  })
})

describe('a changeover', () => {
  const changed = (further: readonly string[], programming?: readonly string[]): Parts => ({
    pump: '{ model: im-20 }',
    fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
    duration: '5 d',
    prescription: [therapy('0 d', '400 ug/d'), ...further],
    ...(programming === undefined ? {} : { programming }),
    events: ['{ at: 2 d, refill: { fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 20 mL } } }'],
  })
  const BRIDGE = '{ at: 2 d, bridge: auto }'

  it('passes with a bridge, and fails by whoever forgets it', async () => {
    const [right] = await outcomes(changed([BRIDGE]), 'changeover, within: 0.1 %')
    expect(right).toMatchObject({ outcome: 'pass', measured: 0 })
    const [meant] = await outcomes(changed([]), 'changeover, within: 74.9 %')
    expect(meant).toMatchObject({ outcome: 'fail', measured: 562.5, at_s: 2 * DAY_s })
    expect(meant?.detail).toMatch(/\(-75 %\) in 1 d 21 h; the prescription has no bridge/)
    const [skipped] = await outcomes(changed([BRIDGE], [therapy('0 d', '400 ug/d')]), 'changeover, within: 14.5 %')
    expect(skipped).toMatchObject({ outcome: 'fail', parted: [{ pair: 'mass', since_s: 2 * DAY_s }] })
    expect(skipped?.detail).not.toContain('the prescription has no bridge')
  })

  it('of a line that has not cleared by the end says so', async () => {
    const [check] = await outcomes({ ...changed([]), duration: '3 d' }, 'changeover, within: 74 %')
    expect(check).toMatchObject({ outcome: 'fail', detail: expect.stringContaining('to the end of the run') })
  })
})

describe('an alarm latency', () => {
  it('of a low reservoir counts from when it truly was low', async () => {
    // 18 of 20 mL told as 20: the pump alarms at 18 mL gone, and truly it was low at 16 mL, 0.5 d earlier at 4 mL/d.
    const parts: Parts = {
      duration: '5 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 18 mL, programmed: { volume: 20 mL } }',
      prescription: [therapy('0 d', '4 mL/d')],
    }
    const found = await outcomes(
      parts,
      'alarm-latency, alarm: low-reservoir, within: 12 h 1 s',
      'alarm-latency, alarm: low-reservoir, within: 11 h 59 min',
      'alarm-latency, alarm: empty-reservoir, within: 11 h',
    )
    expect(found.map(({ outcome }) => outcome)).toEqual(['pass', 'fail', 'fail'])
    expect(found[0]?.measured).toBeCloseTo(12 * HOUR_s, 0)
  })

  it('of an alarm that sounds before its threshold is truly reached is in time', async () => {
    const early: Parts = {
      duration: '5 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 19 mL, programmed: { volume: 18 mL } }',
      prescription: [therapy('0 d', '4 mL/d')],
    }
    const [check] = await outcomes(early, 'alarm-latency, alarm: low-reservoir, within: 1 s')
    expect(check).toMatchObject({ outcome: 'pass', measured: 0, detail: expect.stringContaining('sounded already') })
  })

  it('of a stop is at least what the pump waits, and says nothing of a stop that is over before', async () => {
    const stopped = (again: string): Parts => ({
      duration: '4 d',
      prescription: [therapy('0 d', '400 ug/d'), stop('1 d'), therapy(again, '400 ug/d')],
    })
    const [long] = await outcomes(stopped('3 d 12 h'), 'alarm-latency, alarm: stopped-pump, within: 48 h')
    expect(long).toMatchObject({ outcome: 'pass', measured: 48 * HOUR_s })
    const [short] = await outcomes(stopped('1 d 12 h'), 'alarm-latency, alarm: stopped-pump, within: 48 h')
    expect(short).toMatchObject({ outcome: 'inconclusive', detail: expect.stringContaining('was over after 12 h') })
  })

  it('of a stall in a stopped pump, which holds no step, says nothing', async () => {
    const [check] = await outcomes(
      {
        duration: '4 d',
        prescription: [therapy('0 d', '400 ug/d'), stop('1 d')],
        faults: ['{ at: 30 h, fault: motor-stall, for: 4 h }'],
      },
      'alarm-latency, alarm: motor-stall, within: 5 min',
    )
    expect(check).toMatchObject({ outcome: 'inconclusive', measured: null })
    expect(check?.detail).toMatch(/should raise motor-stall; never fired: ".*" at 1 d 6 h/)
  })

  it('fails for a pump that never raises it', async () => {
    const mute = distorted('mute', (output: PumpOutput) => (output.kind === 'alarm' ? [] : [output]))
    const text = draft({
      ...STALLED,
      checks: ['{ check: alarm-latency, alarm: motor-stall, within: 1 h }'],
      sample: '1 d',
    })
    const { result } = await finish(text, mute)
    expect(checksNamed(result, 'alarm-latency')[0]).toMatchObject({
      outcome: 'fail',
      // The stall lasted two hours of the 42 h that were left of the run.
      measured: 2 * HOUR_s,
      detail: expect.stringContaining('motor-stall was not raised in the 2 h of motor-stall'),
    })
  })
})
