/**
 * Every kind of fault changes what it says it changes: the same scenario, with the fault and without, on the ideal rig; and
 * the emulated controller turns its motor at the same ticks, and its pump says the same.
 */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import type { RunResult } from '#hil/run/result'
import type { Trace } from '#hil/run/trace'
import type { Fault } from '#hil/scenario/types'
import { type Finished, finish } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'

/** A step each 10.8 s for an hour: 333 of them. At half past, 20 mL are drawn and filled, and the clock is set on. */
const HOUR = {
  duration: '1 h',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
  prescription: [therapy('0 s', '1000 ug/d')],
  events: ['{ at: 30 min, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }'],
  checks: ['{ check: delivered-volume, within: 100 % }'],
}
const STEPS = 333

/** A bolus of 40 steps at nine, 20 min into the hour. */
const CLOCKED = {
  ...HOUR,
  clock: '2026-03-29T08:40',
  prescription: [
    '{ at: 0 s, therapy: { mode: flex, basal: 100 ug/d, boluses: [{ at: "09:00", dose: 5 ug, over: 4 min }] } }',
  ],
  events: [] as string[],
}

/** As `CLOCKED`, with summer time from 08:50 on: the bolus comes 70 min later, if the pump hears of it. */
const SUMMER = { ...CLOCKED, events: ['{ at: 10 min, do: set-clock, to: 2026-03-29T09:50 }'] }

interface Both {
  readonly with: RunResult
  readonly without: RunResult
  readonly trace: Trace
}

interface Row {
  readonly fault: Fault['fault']
  readonly line: string
  readonly scene?: typeof HOUR & { readonly plant?: string; readonly clock?: string }
  readonly changes: (both: Both) => void
}

const alarms = ({ alarms: raised }: RunResult) => raised.map(({ alarm }) => alarm)
const events = ({ events: all }: RunResult) => all.map(({ event }) => event)
const turns = (trace: Trace) => recordsOf(trace.records, 'fault').map(({ state }) => state)
const clockOf = (result: RunResult, what: string) => result.events.filter(({ event }) => event === what).length

/** Steps that moved something, of those that were made after an instant. */
function moving(trace: Trace, from_s: number, to_s: number): number {
  return recordsOf(trace.records, 'delivered')
    .filter(({ displaced_uL }) => displaced_uL !== '0')
    .flatMap(({ cadence }) =>
      stepTicks({ ...trace, records: [{ kind: 'delivered', cadence, displaced_uL: '1', tip_uL: '0', tip_ug: [] }] }),
    )
    .filter((tick) => tick * 64e-6 > from_s && tick * 64e-6 <= to_s).length
}

const ROWS: readonly Row[] = [
  {
    fault: 'motor-stall',
    line: '{ at: 10 min, fault: motor-stall, for: 1 min, every: 10 min, times: 3 }',
    changes: ({ with: faulty, trace }) => {
      expect(alarms(faulty)).toEqual(['motor-stall', 'motor-stall', 'motor-stall'])
      expect(turns(trace)).toEqual(['begun', 'fired', 'ended', 'begun', 'fired', 'ended', 'begun', 'fired', 'ended'])
      // A rotor that is let go may turn to the nearest field.
      for (const at_s of [600, 1200, 1800]) expect(moving(trace, at_s, at_s + 60)).toBeLessThanOrEqual(1)
      expect(STEPS - faulty.delivered.steps).toBeGreaterThanOrEqual(12)
      expect(STEPS - faulty.delivered.steps).toBeLessThanOrEqual(21)
      expect(faulty.believed.steps - faulty.delivered.steps).toBeLessThanOrEqual(3)
    },
  },
  {
    fault: 'motor-stall',
    line: '{ at: 10 min, fault: motor-stall, for: 5 min, recovery: 20 min }',
    changes: ({ with: faulty, trace }) => {
      expect(moving(trace, 600, 2100)).toBe(0)
      expect(moving(trace, 2100, 3600)).toBeGreaterThan(130)
      expect(alarms(faulty)).toEqual(['motor-stall'])
      expect(faulty.alarms[0]?.cleared_s).toBeGreaterThan(2100)
    },
  },
  {
    fault: 'motor-slip',
    line: '{ at: 10 min, fault: motor-slip, every: 10 step }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered.steps).toBe(without.delivered.steps)
      expect(alarms(faulty)).toEqual([])
      expect(faulty.believed).toEqual(without.believed)
      // 278 steps after the tenth minute, of which 27 slip.
      expect(without.delivered.displaced_uL - faulty.delivered.displaced_uL).toBeCloseTo(27 * 0.25, 9)
    },
  },
  {
    fault: 'motor-reverse',
    line: '{ at: 10 min, fault: motor-reverse, for: 10 min }',
    changes: ({ with: faulty, without, trace }) => {
      expect(alarms(faulty)).toEqual(['motor-stall'])
      expect(moving(trace, 600, 1200)).toBeLessThanOrEqual(1)
      // What was turned back is turned forward again first.
      expect(without.delivered.steps - faulty.delivered.steps).toBeGreaterThan(2 * 50)
      expect(faulty.believed.steps).toBeGreaterThan(faulty.delivered.steps + 45)
      expect(faulty.checks.map(({ check }) => check)).not.toContain('rig counters')
    },
  },
  {
    fault: 'encoder-loss',
    line: '{ at: 10 min, fault: encoder-loss, for: 10 min }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered).toEqual(without.delivered)
      expect(without.believed.steps - faulty.believed.steps).toBe(56)
      expect(faulty.alarms.map(({ alarm, cleared_s }) => [alarm, cleared_s !== null])).toEqual([['motor-stall', true]])
    },
  },
  {
    fault: 'encoder-loss',
    line: '{ at: 10 min, fault: encoder-loss, every: 10 step, for: 10 min }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered).toEqual(without.delivered)
      expect(without.believed.steps - faulty.believed.steps).toBe(5)
      expect(alarms(faulty)).toHaveLength(5)
    },
  },
  {
    fault: 'over-infusion',
    line: '{ at: 10 min, fault: over-infusion, by: 50 % }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered.steps).toBe(without.delivered.steps)
      expect(faulty.delivered.displaced_uL - without.delivered.displaced_uL).toBeCloseTo(278 * 0.125, 9)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'under-infusion',
    line: '{ at: 10 min, fault: under-infusion, by: 20 %, drift: { by: 20 %, every: 20 min } }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered.steps).toBe(without.delivered.steps)
      // 111, 111 and 56 steps that lack one, two and three fifths.
      const missing = (111 + 2 * 111 + 3 * 56) * 0.05
      expect(without.delivered.displaced_uL - faulty.delivered.displaced_uL).toBeCloseTo(missing, 0)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'occlusion',
    line: '{ at: 10 min, fault: occlusion, compliance: 2 uL, for: 10 min }',
    changes: ({ with: faulty, without }) => {
      expect(events(faulty)).toContain('surge')
      expect(without.delivered.tip_volume_uL - faulty.delivered.tip_volume_uL).toBeCloseTo(56 * 0.25 - 2, 9)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'catheter-leak',
    line: '{ at: 10 min, fault: catheter-leak, fraction: 50 %, for: 1 min, every: 10 min }',
    changes: ({ with: faulty, without, trace }) => {
      expect(faulty.delivered.displaced_uL).toBe(without.delivered.displaced_uL)
      expect(turns(trace).filter((state) => state === 'begun')).toHaveLength(5)
      // Five to six steps a minute, of each half.
      expect(faulty.delivered.leaked_uL).toBeGreaterThanOrEqual(25 * 0.125)
      expect(faulty.delivered.leaked_uL).toBeLessThanOrEqual(30 * 0.125)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'septum-leak',
    line: '{ at: 35 min, fault: septum-leak, volume: 5 mL, for: 20 min }',
    changes: ({ with: faulty, without }) => {
      expect(without.delivered.reservoir_uL - faulty.delivered.reservoir_uL).toBeCloseTo(5000, 9)
      expect(faulty.delivered.leaked_uL).toBeCloseTo(5000, 9)
      expect(faulty.delivered.tip_dose_ug).toBe(without.delivered.tip_dose_ug)
      expect(faulty.believed).toEqual(without.believed)
      expect(alarms(faulty)).toEqual([])
    },
  },
  {
    fault: 'pocket-fill',
    line: '{ at: 20 min, fault: pocket-fill, fraction: 75 % }',
    changes: ({ with: faulty, without }) => {
      expect(without.delivered.reservoir_uL - faulty.delivered.reservoir_uL).toBeCloseTo(15_000, 9)
      expect(faulty.believed).toEqual(without.believed)
      expect(events(faulty)).toContain('pocket-filled')
    },
  },
  {
    fault: 'overfill',
    line: '{ at: 20 min, fault: overfill, by: 21 mL }',
    scene: { ...HOUR, plant: '{ overfill_gain: 30 % }' },
    changes: ({ with: faulty, without }) => {
      expect(events(faulty)).toContain('overfilled')
      expect(faulty.delivered.displaced_uL - without.delivered.displaced_uL).toBeCloseTo(167 * 0.075, 0)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'side-port-injection',
    line: '{ at: 20 min, fault: side-port-injection, volume: 1 mL }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered.tip_dose_ug - without.delivered.tip_dose_ug).toBeCloseTo(500, 9)
      expect(faulty.delivered.reservoir_uL).toBe(without.delivered.reservoir_uL)
      expect(faulty.delivered.in_line_uL).toBeCloseTo(without.delivered.in_line_uL, 9)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'temperature',
    line: '{ at: 10 min, fault: temperature, to: 27 degC, for: 30 min }',
    changes: ({ with: faulty, without }) => {
      expect(without.delivered.displaced_uL - faulty.delivered.displaced_uL).toBeCloseTo(167 * 0.25 * 0.02, 1)
      expect(faulty.delivered.steps).toBe(without.delivered.steps)
      expect(faulty.believed).toEqual(without.believed)
    },
  },
  {
    fault: 'power-cut',
    line: '{ at: 10 min, fault: power-cut, for: 10 min }',
    changes: ({ with: faulty, trace }) => {
      expect(alarms(faulty)).toContain('low-battery-reset')
      expect(moving(trace, 600, 3600)).toBeLessThanOrEqual(1)
    },
  },
  {
    fault: 'brown-out',
    line: '{ at: 10 min, fault: brown-out }',
    changes: ({ with: faulty, trace }) => {
      expect(alarms(faulty)).toEqual(['low-battery-reset'])
      expect(events(faulty)).toContain('safe-state')
      expect(events(faulty)).not.toContain('power')
      // At minimum rate a step comes each hour.
      expect(moving(trace, 600, 3600)).toBeLessThanOrEqual(1)
    },
  },
  {
    fault: 'cell-resistance',
    line: '{ at: 10 min, fault: cell-resistance, by: 2 kohm }',
    changes: ({ with: faulty, without }) => {
      expect([alarms(faulty), alarms(without)]).toEqual([['low-battery-reset'], []])
      expect(faulty.alarms[0]?.raised_s).toBe(600)
    },
  },
  {
    fault: 'bit-flip',
    line: '{ at: 10 min, fault: bit-flip, copy: both, part: therapy }',
    scene: { ...HOUR, events: ['{ at: 30 min, do: clear }'] },
    changes: ({ with: faulty, without }) => {
      expect([alarms(faulty), alarms(without)]).toEqual([['memory-error'], []])
    },
  },
  {
    fault: 'clock-drift',
    line: '{ at: 10 min, fault: clock-drift, by: 100000 ppm }',
    changes: ({ with: faulty, without }) => {
      expect(faulty.delivered.steps - without.delivered.steps).toBeGreaterThan(24)
    },
  },
  {
    fault: 'clock-step',
    line: '{ at: 10 min, fault: clock-step, forward: 15 min }',
    scene: CLOCKED,
    changes: ({ with: faulty, without }) => {
      // The bolus lies in the quarter that is skipped.
      expect(without.delivered.steps - faulty.delivered.steps).toBe(40)
      expect(events(faulty)).not.toContain('clock-set')
    },
  },
  {
    fault: 'clock-setting',
    line: '{ at: 5 min, fault: clock-setting, setting: missed }',
    scene: SUMMER,
    changes: ({ with: faulty, without }) => {
      expect([clockOf(faulty, 'clock-set'), clockOf(without, 'clock-set')]).toEqual([0, 1])
      expect(faulty.delivered.steps - without.delivered.steps).toBe(40)
      expect(faulty.prescribed).toEqual(without.prescribed)
    },
  },
  {
    fault: 'clock-setting',
    line: '{ at: 5 min, fault: clock-setting, setting: doubled }',
    scene: SUMMER,
    changes: ({ with: faulty, without }) => {
      expect([clockOf(faulty, 'clock-set'), clockOf(without, 'clock-set')]).toEqual([2, 1])
      expect(faulty.prescribed).toEqual(without.prescribed)
    },
  },
  {
    fault: 'telemetry-carrier',
    line: '{ at: 10 min, fault: telemetry-carrier, for: 10 min }',
    changes: ({ with: faulty, without }) => {
      expect(events(faulty)).toEqual(expect.arrayContaining(['carrier-found', 'carrier-lost']))
      expect(faulty.delivered).toEqual(without.delivered)
    },
  },
]

const plain = new Map<unknown, Promise<Finished>>()

/** The scene without a fault, run once. */
function withoutFault(scene: Exclude<Row['scene'], undefined>): Promise<Finished> {
  const known = plain.get(scene) ?? finish(draft(scene))
  plain.set(scene, known)
  return known
}

/** What the records say on every rig; how steps are gathered into one `delivered` record follows the rig's reports. */
const ALIKE = [
  'booked',
  'withdrawn',
  'alarm',
  'event',
  'fault',
  'escape',
  'injection',
  'surge',
  'fill',
  'truth',
] as const

describe.each(ROWS.map((row) => [row.line, row] as const))('%s', (line, { scene = HOUR, changes }) => {
  it('changes what it says, and goes alike on the emulated rig', async () => {
    const text = draft({ ...scene, faults: [line] })
    const [faulty, sound] = [await finish(text), await withoutFault(scene)]
    expect(faulty.result.checks.filter(({ check }) => check === 'faults')).toEqual([])
    expect(
      faulty.result.checks.filter(({ check, outcome }) => check === 'mass-conservation' && outcome !== 'pass'),
    ).toEqual([])
    changes({ with: faulty.result, without: sound.result, trace: faulty.trace })
    const avr = await execute(scenarioOf(text), modelPump, avrRig)
    expect(stepTicks(avr)).toEqual(stepTicks(faulty.trace))
    for (const kind of ALIKE) expect(recordsOf(avr.records, kind)).toEqual(recordsOf(faulty.trace.records, kind))
  })
})
