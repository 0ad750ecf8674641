/**
 * Execute: one scenario, one pump, one rig, one trace.
 *
 * The pump runs on its own axis of time; motor and plant follow one playout later on the same axis, so a change of mind
 * always reaches the rig before the step it concerns. Nothing is judged here: whatever happened is recorded, and the
 * books of the plant are checked after every movement.
 */

import type { PumpDefinition } from '#hil/pump/pump'
import { type RigDefinition, RigError } from '#hil/rig/rig'
import { Bench } from '#hil/run/bench'
import type { MeasuredRig } from '#hil/run/measured-rig'
import { PumpError } from '#hil/run/pump-error'
import { Recorder } from '#hil/run/recorder'
import type { Trace } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'

export interface ExecuteOptions {
  /**
   * Whether the trace that is returned holds its records; they are kept unless this is false. A run of any length then
   * needs the same memory: `onLine` takes the lines, and reading them back gives what can be judged.
   */
  readonly keep?: boolean
  /** Called with each line of the trace as soon as it is complete. */
  readonly onLine?: (line: string) => void
  /** Called now and then with the simulated time reached, in seconds; awaited, so that it can let others run. */
  readonly onProgress?: (simulated_s: number) => Promise<void> | void
  /** What was measured of the rig; without it a step of the motor moves what the pump model says. */
  readonly measured?: MeasuredRig
  /** Ends the run early: the motor is stopped and the record so far is kept as incomplete. */
  readonly signal?: AbortSignal
}

/** Pieces of work after which others get a turn, so that a signal can be given from a timer. */
const TURN = 1024

async function othersTurn(first: Promise<void> | void): Promise<void> {
  await first
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Runs the scenario to its end and drains the rig. A rig or pump that fails, or a signal, ends the trace early and says
 * so in its last record; it never throws for them. Throws for defects of the bench itself.
 */
export async function execute(
  scenario: Scenario,
  pump: PumpDefinition,
  rig: RigDefinition,
  options: ExecuteOptions = {},
): Promise<Trace> {
  const recorder = new Recorder(options.keep ?? true, options.onLine)
  const bench = new Bench(scenario, pump, rig, recorder, options.measured ?? null)
  try {
    await bench.open()
    let worked = 0
    const pause = (): Promise<void> | void => {
      const shown = options.onProgress?.(bench.simulated_s)
      worked += 1
      return worked % TURN === 1 ? othersTurn(shown) : shown
    }
    if (!(await bench.run(() => options.signal?.aborted === true, pause))) await bench.interrupt()
  } catch (error) {
    if (!(error instanceof RigError || error instanceof PumpError)) throw error
    await bench.abandon(error.message)
  } finally {
    await bench.close()
  }
  return recorder.trace()
}
