/** The steps of a run, one by one, out of its trace. */
import { TICK_us } from '#hil/rig/rig'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import { tickOf } from '#units/cadence'

/** The rig tick of every step the rotor made, in order. */
export function stepTicks(trace: Trace): number[] {
  return recordsOf(trace.records, 'delivered').flatMap(({ cadence }) =>
    Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j)),
  )
}

export function tickTime_us(tick: number): number {
  return tick * TICK_us
}
