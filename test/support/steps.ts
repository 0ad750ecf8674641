/** The steps of a run, one by one, out of its trace. */
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import { tickOf } from '#units/cadence'

/** The rig tick of every step the rotor made, in order. */
export function stepTicks(trace: Trace): number[] {
  return recordsOf(trace.records, 'delivered').flatMap(({ cadence }) =>
    Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j)),
  )
}
