/**
 * The record: what the pump keeps in its two copies of nonvolatile memory, and how it becomes state again.
 *
 * Counters (steps, drug booked, charge drawn) are kept apart: they are written before each step, so a loss of power
 * finds them within one step of the truth, and a step under way counts as delivered.
 */

import type { Kept } from '#firmware-sim/kept'
import { recordOf, recordText } from '#firmware-sim/memory/record'

/** The fields of the record, in the order in which they are written. */
const KEPT = {
  operating: true,
  therapy: true,
  lastGiving: true,
  lastDose: true,
  patient: true,
  clock: true,
  contents: true,
  reservoir: true,
  residual: true,
  plugs: true,
  covered: true,
  primed: true,
  alarms: true,
  transactions: true,
  committed: true,
} as const satisfies Readonly<Record<keyof Kept, true>>

const FIELDS = Object.keys(KEPT) as (keyof Kept)[]

/** The text of the record of a state. */
export function recordOfState(state: Kept): string {
  return recordText(Object.fromEntries(FIELDS.map((field) => [field, state[field]])))
}

/** What a text that {@link recordOfState} wrote keeps; the copies' checksum has vouched for it. */
export function keptOf(text: string): Kept {
  return recordOf(text) as Kept
}

/** Whether two states keep the same: every field is the same value, so that most calls cost a few comparisons. */
export function keepsTheSame(a: Kept, b: Kept): boolean {
  return FIELDS.every((field) => a[field] === b[field])
}
