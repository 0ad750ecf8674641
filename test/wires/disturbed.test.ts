/** Faults of the line in a scenario: on the emulated chip in virtual time, on a chip in real time, and where there is no line. */
import { describe, expect, it } from 'vitest'
import { lineScriptOf, ScriptedLine } from '#hil/fault/line-script'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { MemoryCable } from '#hil/rig/memory/cable'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RecordOf } from '#hil/run/ledgers'
import { tickOf } from '#units/cadence'
import { whole } from '#units/rational'
import { bolus, draft, scenarioOf, therapy } from '../support/scenario.ts'
import { Chip } from './chip.ts'

const FILL = '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }'
const TRACKED = ['{ check: tracking, within: 1 step }']

/** Nine minutes with a bolus of five in the middle, a step each three seconds. */
function disturbed(...faults: readonly string[]) {
  const prescription = [therapy('0 d', '350 ug/d'), bolus('2 min', '50 ug', '5 min')]
  return scenarioOf(draft({ fill: FILL, duration: '9 min', prescription, faults, checks: TRACKED }))
}

async function ran(rig: RigDefinition, ...faults: readonly string[]) {
  const lines: string[] = []
  const trace = await execute(disturbed(...faults), modelPump, rig, { onLine: (line) => lines.push(line) })
  const { verdict, checks } = judge(trace, { file: 'draft.yaml', wall_s: 0 })
  const struck = trace.records.filter((record): record is RecordOf<'fault'> => record.kind === 'fault')
  const steps = trace.records.flatMap((record) =>
    record.kind === 'delivered'
      ? Array.from({ length: record.cadence.count }, (_, step) => tickOf(record.cadence, step))
      : [],
  )
  const end = trace.records.at(-1)
  return {
    ...{
      verdict,
      checks,
      struck,
      text: lines.join('\n'),
      steps,
    },
    reason: end?.kind === 'end' && !end.complete ? end.reason : '',
  }
}

const SURVIVED: Readonly<Record<string, string>> = {
  'a byte in a hundred lost': '{ at: 1 min, fault: line-noise, kind: drop, share: 1 %, for: 3 min }',
  'a byte in a hundred with a bit turned over': '{ at: 1 min, fault: line-noise, kind: flip, share: 1 %, for: 3 min }',
  'a byte in a hundred garbled': '{ at: 1 min, fault: line-noise, kind: garble, share: 1 %, for: 3 min }',
  'every line twice': '{ at: 1 min, fault: line-noise, kind: duplicate, share: 100 %, for: 3 min }',
  'lines out of order': '{ at: 1 min, fault: line-noise, kind: reorder, share: 10 %, for: 3 min }',
  'lines in single bytes': '{ at: 1 min, fault: line-noise, kind: split, share: 100 %, for: 3 min }',
  'lines late': '{ at: 1 min, fault: line-noise, kind: delay, share: 50 %, up_to: 200 ms, for: 3 min }',
  'lines cut short': '{ at: 1 min, fault: line-noise, kind: truncate, share: 10 %, for: 3 min }',
  'one way mute for a moment': '{ at: 4 min, fault: line-mute, direction: to-host, for: 800 ms }',
  'the cable out for three seconds at rest': '{ at: 8 min, fault: line-unplug, for: 3 s }',
}

/** Runs that several tests look at, made once. */
const sound = ran(avrRig)
const known = new Map<string, ReturnType<typeof ran>>()

function survived(name: string): ReturnType<typeof ran> {
  const run = known.get(name) ?? ran(avrRig, SURVIVED[name]!)
  known.set(name, run)
  return run
}

describe('on the emulated chip', () => {
  it.each(Object.keys(SURVIVED))('comes through %s, with every step at its tick', async (name) => {
    const { verdict, reason, struck, steps } = await survived(name)
    expect([verdict, reason]).toEqual(['pass', ''])
    expect(struck.map(({ state }) => state)).toEqual(['begun', 'fired', 'ended'])
    expect(steps.length).toBeGreaterThan(100)
    expect(steps).toEqual((await sound).steps)
  })

  it('says the same again, byte for byte, and something else with another fault', async () => {
    const [once, again, other] = [
      await survived('a byte in a hundred garbled'),
      await ran(avrRig, SURVIVED['a byte in a hundred garbled']!),
      await survived('a byte in a hundred lost'),
    ]
    expect(again.text).toBe(once.text)
    expect(other.text).not.toBe(once.text)
  })

  it.each([
    ['a cable that stays out', '{ at: 8 min, fault: line-unplug }', /gone \(the cable is out\).*not back within 10 s/],
    ['a line that stays mute', '{ at: 8 min, fault: line-mute }', /not back within 10 s/],
    ['a cable out while steps were due', '{ at: 4 min, fault: line-unplug, for: 9 s }', /due|latched|not made/],
    ['noise that lets nothing through', '{ at: 4 min, fault: line-noise, kind: garble, share: 40 % }', /./],
  ])('does not vouch for %s', async (_, fault, reason) => {
    const run = await ran(avrRig, fault)
    expect(run.verdict).toBe('inconclusive')
    expect(run.reason).toMatch(reason)
  })

  it('holds the rotor beside a line at fault: the pump hears of the same lost steps', async () => {
    const stall = '{ at: 3 min, fault: motor-stall, for: 2 min }'
    const [alone, beside] = [
      await ran(avrRig, stall),
      await ran(avrRig, stall, SURVIVED['a byte in a hundred garbled']!),
    ]
    const fired = ({ struck }: typeof alone) =>
      struck.filter(({ fault, state }) => fault === 'motor-stall' && state === 'fired')
    expect(fired(alone)).toHaveLength(1)
    expect(fired(beside)[0]?.t_us).toBe(fired(alone)[0]?.t_us)
  })

  it('takes noise that never struck a byte for no evidence', async () => {
    const { verdict, checks, struck } = await ran(
      avrRig,
      '{ at: 1 min, fault: line-noise, kind: drop, share: 0.000001 %, for: 1 s }',
    )
    expect(struck.map(({ state }) => state)).toEqual(['begun', 'ended'])
    expect(verdict).toBe('inconclusive')
    expect(checks.find(({ check }) => check === 'faults')?.detail).toContain('never fired')
  })
})

it('is refused by a rig without a line, before anything moves', async () => {
  const { verdict, reason, struck } = await ran(idealRig, SURVIVED['a byte in a hundred lost']!)
  expect(verdict).toBe('inconclusive')
  expect(reason).toContain('the rig ideal cannot carry the fault line-noise: no line leads to it')
  expect(struck).toEqual([])
})

it('on a chip in real time, 60 times slower than therapy', { retry: 2, timeout: 120_000 }, async () => {
  const chip = new Chip()
  try {
    const cable = new MemoryCable()
    chip.attach(await cable.rig.open())
    const run = await ran(
      linkedRig({ transport: cable.host, speed: whole(60) }),
      SURVIVED['a byte in a hundred lost']!,
      '{ at: 7 min 30 s, fault: line-unplug, for: 1 min }',
    )
    expect([run.verdict, run.reason]).toEqual(['pass', ''])
    expect(run.struck.map(({ fault, state }) => `${fault} ${state}`)).toEqual([
      'line-noise begun',
      'line-noise fired',
      'line-noise ended',
      'line-unplug begun',
      'line-unplug fired',
      'line-unplug ended',
    ])
  } finally {
    await chip.close()
  }
})

describe('a line that follows a script', () => {
  const script = lineScriptOf(
    disturbed(
      '{ at: 1 min, fault: line-unplug, for: 1 min }',
      '{ at: 2 min, fault: line-mute, direction: to-rig, for: 1 min }',
    ),
  )
  const told: [number, number][] = []
  const line = new ScriptedLine(script, ({ number, bytes }) => told.push([number, bytes]))
  const minute = 60e6

  it('is sound before the run begins', () => {
    line.toRig.push(Uint8Array.of(1), 2.5 * minute)
    expect(line.toRig.due(3 * minute)).toHaveLength(1)
    expect([line.isOut(1.5 * minute), line.nextCut_us(0)]).toEqual([false, Number.POSITIVE_INFINITY])
  })

  it('is out and mute when the script says so, on the clock of the bytes', () => {
    line.begin(
      (run_us) => run_us / 2 + 7,
      (at_us) => (at_us - 7) * 2,
    )
    expect(line.nextCut_us(0)).toBe(minute / 2 + 7)
    line.cut(minute / 2 + 7)
    expect(line.nextCut_us(0)).toBe(Number.POSITIVE_INFINITY)
    expect([line.isOut(minute / 2 + 6), line.isOut(minute / 2 + 7), line.isOut(minute + 7)]).toEqual([
      false,
      true,
      false,
    ])
    line.toRig.push(Uint8Array.of(1, 2), 1.2 * minute)
    line.toHost.push(Uint8Array.of(3), 1.2 * minute)
    expect([line.toRig.due(9 * minute), line.toHost.due(9 * minute)]).toEqual([[], [Uint8Array.of(3)]])
    expect(told).toEqual([
      [1, 0],
      [2, 2],
    ])
  })

  it('does not lose a connection made after the cable was in again', () => {
    const late = new ScriptedLine(script, () => undefined)
    late.begin(
      (run_us) => run_us,
      (at_us) => at_us,
    )
    expect(late.nextCut_us(2 * minute)).toBe(Number.POSITIVE_INFINITY)
  })
})
