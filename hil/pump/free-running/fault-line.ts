/**
 * A line of the back door: one fault, as `faults` of a scenario has it but without `at`, for it begins at once.
 *
 * Only what a pump and its motor can meet is taken: there is no reservoir, no catheter and no line to a rig behind them.
 */
import { type FaultTurn, turnsOf } from '#hil/fault/faults'
import { readFaultNow } from '#hil/scenario/fault-now'
import type { Fault } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'

const NO_PLANT = 'there is neither reservoir nor catheter behind this pump'
const NO_LINE = 'it strikes the line between a host and a rig, and there is none'
const OWN_PROGRAMMER = 'it befalls whoever sets the clock of the pump, which is your own program here'

/** Why the pump cannot carry a fault; null where it can. */
const REFUSALS: Readonly<Record<Fault['fault'], string | null>> = {
  'motor-stall': null,
  'motor-reverse': null,
  'encoder-loss': null,
  'power-cut': null,
  'bit-flip': null,
  'brown-out': null,
  'cell-resistance': null,
  'clock-step': null,
  'clock-drift': null,
  'telemetry-carrier': null,
  'motor-slip': NO_PLANT,
  'clock-setting': OWN_PROGRAMMER,
  occlusion: NO_PLANT,
  'catheter-leak': NO_PLANT,
  'over-infusion': NO_PLANT,
  'under-infusion': NO_PLANT,
  'septum-leak': NO_PLANT,
  'pocket-fill': NO_PLANT,
  overfill: NO_PLANT,
  'side-port-injection': NO_PLANT,
  temperature: NO_PLANT,
  'line-noise': NO_LINE,
  'line-mute': NO_LINE,
  'line-unplug': NO_LINE,
}

/** Faults that the pump can carry. */
const CARRIED: readonly string[] = Object.entries(REFUSALS).flatMap(([name, refusal]) =>
  refusal === null ? [name] : [],
)

export type FaultLine =
  | { readonly ok: true; readonly fault: Fault; readonly turns: readonly FaultTurn[] }
  /** What was wrong, the rule, and what to do: one line. */
  | { readonly ok: false; readonly problem: string }

/** What the line says is to befall the pump from the instant on; `count` faults have before it, and chance follows from that. */
export function readFaultLine(line: string, now_us: Time_us, count: number): FaultLine {
  const read = readFaultNow(line, now_us)
  if (!read.ok) return read
  const { fault, duration_us } = read
  const refusal = REFUSALS[fault.fault]
  if (refusal !== null) {
    return { ok: false, problem: `${fault.fault}: ${refusal}; this pump can meet ${CARRIED.join(', ')}` }
  }
  return { ok: true, fault, turns: turnsOf({ faults: [fault], seed: count + 1, duration_us }) }
}
