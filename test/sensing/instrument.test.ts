/**
 * Two emulated controllers wired pin to pin: one is a pump that turns its own motor, the other the rig that looks on. Every edge
 * is counted and has its tick; each mistake of the pump is seen by the verdict that is meant for it.
 */
import { describe, expect, it, vi } from 'vitest'
import { type EmulatedInstrumentOptions, emulatedInstrument } from '#hil/rig/avr/instrument'
import type { PumpBench } from '#hil/rig/avr/pump-bench'
import type { RunResult } from '#hil/run/result'
import { tickOf } from '#units/cadence'
import { program } from '../avr/support/machine.ts'
import { checksNamed, type Finished, finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

vi.setConfig({ testTimeout: 60_000 })

const SOUND = 0
const [SKIPS_A_STEP, TURNS_BACK, TREMBLES, GLITCHES, JUMPS, ALARMS, HURRIES] = [1, 2, 3, 4, 5, 6, 7]
const AT_STEP = 50
/** Each step of 0.25 uL takes 1.92 s: 11.25 mL/d, of 1000 ug/mL. */
const STEP_s = 1.92
const STEPS = 156

const scenario = (checks: readonly string[]) =>
  draft({
    fill: '{ drug: baclofen, concentration: 1000 ug/mL, volume: 40 mL }',
    prescription: [therapy('0 s', '11250 ug/d')],
    duration: '5 min',
    sample: '1 min',
    checks: ['{ check: tracking, within: 1 step }', '{ check: delivered-volume, within: 14.5 % }', ...checks],
  })

interface Bout extends Partial<Omit<EmulatedInstrumentOptions, 'pump'>> {
  readonly mistake?: number
  readonly checks?: readonly string[]
}

const COILS = { lines: 'coils', encoder: true } as const

function measured({ mistake = SOUND, checks = [], wiring = COILS, ...more }: Bout): Promise<Finished> {
  const eeprom = Uint8Array.of(mistake, AT_STEP, wiring.lines === 'step' ? 1 : 0)
  const pump = { flash: program('free-pump'), eeprom }
  return finish(scenario(checks), undefined, emulatedInstrument({ pump, wiring, ...more }))
}

const ticksOf = ({ trace }: Finished) =>
  trace.records.flatMap((record) =>
    record.kind === 'delivered'
      ? Array.from({ length: record.cadence.count }, (_, k) => tickOf(record.cadence, k))
      : [],
  )

const outcome = (result: RunResult, check: string) => checksNamed(result, check).map((one) => one.outcome)

const events = ({ result }: Finished) =>
  result.events.filter(({ event }) => /^(step|line|encoder|alarm)-/.test(event)).map(({ event }) => event)

describe('a sound pump that turns its own motor', () => {
  it.each([
    ['coil lines and encoder', COILS],
    ['coil lines alone', { lines: 'coils', encoder: false }],
    ['STEP, DIR and encoder', { lines: 'step', encoder: true }],
    ['STEP and DIR alone', { lines: 'step', encoder: false }],
  ] as const)('passes by %s, with the ledger of a pump whose steps the bench commands', async (_, wiring) => {
    const run = await measured({ wiring })
    expect(run.result.verdict).toBe('pass')
    expect(run.result.delivered.steps).toBe(STEPS)
    expect(run.result.provenance.steps).toContain('measured')
    expect(events(run)).toEqual([])
    const commanded = await finish(scenario([]))
    const due = ticksOf(commanded)
    for (const [k, tick] of ticksOf(run).entries()) expect([0, 1]).toContain(tick - (due[k] ?? 0))
    expect(ticksOf(run).length).toBe(due.length)
    const { wall_s: _w, rig: _r, rig_identity: _i, trace_sha256: _t, provenance: _p, ...mine } = run.result
    const { wall_s: _w2, rig: _r2, rig_identity: _i2, trace_sha256: _t2, provenance: _p2, ...theirs } = commanded.result
    expect(mine.delivered).toEqual(theirs.delivered)
    expect(mine.believed).toEqual(theirs.believed)
    expect(mine.checks.map(({ check, outcome: found }) => [check, found])).toEqual(
      theirs.checks.map(({ check, outcome: found }) => [check, found]),
    )
  })

  it('gives the same trace each time', async () => {
    const [one, two] = [await measured({}), await measured({})]
    expect(one.trace.sha256).toBe(two.trace.sha256)
  })

  it('has every edge at its pins counted, each within its stated uncertainty', async () => {
    const edges: number[] = []
    let zero = 0
    const probe = (bench: PumpBench) => {
      let before = 0
      bench.onPumpPins = ({ port, levels, cycle }) => {
        if (port !== 'B' || levels === before) return
        if (before === 0) zero = cycle
        else edges.push(cycle)
        before = levels
      }
    }
    const run = await measured({ probe })
    const stated = ticksOf(run)
    expect(stated.length).toBe(STEPS)
    expect(edges.length).toBeGreaterThanOrEqual(STEPS)
    for (const [k, tick] of stated.entries()) {
      const true_us = ((edges[k] ?? 0) - zero) / 16
      expect(Math.abs(tick * 64 - true_us)).toBeLessThanOrEqual(128)
    }
  })
})

describe('a mistake of the pump', () => {
  it('that is a step left out fails tracking from then on', async () => {
    const run = await measured({ mistake: SKIPS_A_STEP })
    expect(run.result.delivered.steps).toBe(STEPS - 1)
    expect(outcome(run.result, 'tracking')).toEqual(['fail'])
    expect(outcome(run.result, 'delivered-volume')).toEqual(['pass'])
    const [found] = checksNamed(run.result, 'tracking')
    expect(found?.measured).toBeCloseTo(2, 2)
  })

  it('that is coils in reverse fails both, and delivers nothing more', async () => {
    const run = await measured({ mistake: TURNS_BACK })
    expect(run.result.delivered.steps).toBe(AT_STEP - 1)
    expect(outcome(run.result, 'tracking')).toEqual(['fail'])
    expect(outcome(run.result, 'delivered-volume')).toEqual(['fail'])
  })

  it('that is two steps too many fails tracking', async () => {
    const run = await measured({ mistake: HURRIES })
    expect(run.result.delivered.steps).toBe(STEPS + 2)
    expect(outcome(run.result, 'tracking')).toEqual(['fail'])
  })

  it('that is trembling of up to 2 ms fails tracking within a step and no other', async () => {
    const run = await measured({ mistake: TREMBLES, checks: ['{ check: tracking, within: 1.01 step }'] })
    expect(run.result.delivered.steps).toBe(STEPS)
    expect(outcome(run.result, 'tracking')).toEqual(['fail', 'pass'])
    expect(outcome(run.result, 'delivered-volume')).toEqual(['pass'])
  })

  it('that is a pulse of 3 us on a coil line moves nothing and is told', async () => {
    const run = await measured({
      mistake: GLITCHES,
      checks: ['{ check: event, event: line-glitch, by: 100 s, expect: fail }'],
    })
    expect(run.result.delivered.steps).toBe(STEPS)
    expect(outcome(run.result, 'tracking')).toEqual(['pass'])
    expect(outcome(run.result, 'event')).toEqual(['pass'])
    expect(run.result.verdict).toBe('fail')
    expect(events(run)).toEqual(['line-glitch'])
  })

  it('that is a jump of the field is told at its instant, and the motor stands or follows as the encoder shows', async () => {
    const run = await measured({
      mistake: JUMPS,
      checks: ['{ check: event, event: line-illegal, between: [95 s, 97 s] }'],
    })
    expect(outcome(run.result, 'event')).toEqual(['pass'])
    expect(outcome(run.result, 'tracking')).toEqual(['fail'])
    expect(events(run)).toContain('line-illegal')
  })

  it('that is an alarm shows on its line at its instant', async () => {
    const run = await measured({ mistake: ALARMS })
    expect(events(run)).toEqual(['alarm-line-on', 'alarm-line-off'])
    const [on, off] = run.result.events.filter(({ event }) => event.startsWith('alarm-line'))
    expect(on?.t_s).toBeCloseTo(AT_STEP * STEP_s, 3)
    expect(off?.t_s).toBeCloseTo((AT_STEP + 5) * STEP_s, 3)
  })

  it('by STEP and DIR is seen as well', async () => {
    const wiring = { lines: 'step', encoder: true } as const
    const skipped = await measured({ mistake: SKIPS_A_STEP, wiring })
    expect(skipped.result.delivered.steps).toBe(STEPS - 1)
    const back = await measured({ mistake: TURNS_BACK, wiring })
    expect(back.result.delivered.steps).toBe(AT_STEP - 1)
    expect(outcome(back.result, 'tracking')).toEqual(['fail'])
  })
})

describe('what befalls the motor of a pump that knows of nothing', () => {
  it('is seen by the encoder: steps of a rotor that is held are lost', async () => {
    const mishaps = [
      { at_us: 100_000_000, what: 'held' },
      { at_us: 120_000_000, what: 'released' },
    ] as const
    const run = await measured({ mishaps, checks: ['{ check: event, event: step-lost, between: [100 s, 102 s] }'] })
    expect(outcome(run.result, 'event')).toEqual(['pass'])
    expect(outcome(run.result, 'tracking')).toEqual(['fail'])
    expect(run.result.delivered.steps).toBeLessThan(STEPS - 5)
    const blind = await measured({ mishaps, wiring: { lines: 'coils', encoder: false } })
    expect(blind.result.delivered.steps).toBe(STEPS)
    expect(blind.result.verdict).toBe('pass')
  })

  it('is seen by the encoder: crossed wires turn the rotor back', async () => {
    const run = await measured({ mishaps: [{ at_us: 100_000_000, what: 'crossed' }] })
    expect(run.result.delivered.steps).toBeLessThanOrEqual(53)
    expect(outcome(run.result, 'tracking')).toEqual(['fail'])
    expect(outcome(run.result, 'delivered-volume')).toEqual(['fail'])
  })
})

describe('the clock of the pump', () => {
  it('that is off by 50 ppm stays within a step and a hundredth; by 2 % it does not', async () => {
    const checks = ['{ check: tracking, within: 1.02 step }']
    const [slow, slower] = [await measured({ pump_ppm: -50, checks }), await measured({ pump_ppm: -20_000, checks })]
    expect(outcome(slow.result, 'tracking')).toEqual(['fail', 'pass'])
    expect(outcome(slower.result, 'tracking')).toEqual(['fail', 'fail'])
    expect(slower.result.delivered.steps).toBe(Math.floor(STEPS * 0.98 + 0.25))
  })
})
