/** Runs of a steady therapy on a wire in virtual time, and how far off their steps came. */
import { expect } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { type VirtualWire, virtualRig } from './virtual-wire.ts'

export interface Ran {
  readonly result: RunResult
  readonly wire: VirtualWire
  /** Why the run ended early; empty if it did not. */
  readonly reason: string
}

/** A step each 2.16 s at 10 mL/d: 0.25 uL each. */
export const FAST = '10 mL/d'
export const INTERVAL_us = 2_160_000
const PLAYOUT_us = 2_000_000
/** Between the last look at the clock and tick 0. */
const LEAD_us = 20_000
const TRACKING = ['{ check: tracking, within: 1 step }']

/** A run on the wire, by default a minute at {@link FAST}. */
export async function ran(
  {
    duration = '1 min',
    dose = FAST,
    prescription = [therapy('0 d', dose)],
  }: Partial<Record<'duration' | 'dose', string>> & {
    readonly prescription?: readonly string[]
  },
  options: Parameters<typeof virtualRig>[0] = {},
): Promise<Ran> {
  const { definition, wire } = virtualRig(options)
  const scenario = scenarioOf(draft({ duration, prescription, checks: TRACKING }))
  const trace = await execute(scenario, modelPump, definition)
  const end = trace.records.at(-1)
  const reason = end?.kind === 'end' && !end.complete ? end.reason : ''
  return { result: judge(trace, { file: 'draft.yaml', wall_s: 0 }), wire: wire(), reason }
}

/** How far each step of the rig was from its true time, in microseconds of wall time. */
export function offsets({ wire }: Ran, interval_us = INTERVAL_us): number[] {
  const zero_us = (wire.zero_us ?? 0) + LEAD_us + PLAYOUT_us
  return wire.rig.steps.map(({ at_us }, index) => at_us - (zero_us + (index + 1) * interval_us))
}

/**
 * So many runs with noise, of which none passes wrongly and each that does not pass says why it cannot. Resolves to how many
 * passed.
 */
export async function passedInNoise(share: number, runs: number): Promise<number> {
  let passed = 0
  for (let seed = 1; seed <= runs; seed += 1) {
    const run = await ran({ duration: '15 s' }, { seed, faults: [{ fault: 'garble', share }] })
    if (run.result.verdict === 'pass') {
      passed += 1
      expect(run.wire.rig.steps.length).toBe(6)
      expect(Math.max(...offsets(run).map(Math.abs))).toBeLessThan(60_000)
    } else expect([run.result.verdict, run.reason === '']).toEqual(['inconclusive', false])
  }
  return passed
}
