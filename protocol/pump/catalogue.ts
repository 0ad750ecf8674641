/**
 * Every message that may cross the wire between bench and pump: the single source.
 *
 * From these tables come the types, the encoder and the decoder, the schema hash that both ends compare before anything is
 * asked, and the tables in docs/PROTOCOL.md. A change of any name, range, unit, word or limit changes the hash.
 */
import type { PumpEntry } from '#protocol/pump/entry'
import { TO_BENCH } from '#protocol/pump/to-bench'
import { TO_PUMP } from '#protocol/pump/to-pump'

export type PumpDirection = 'to-pump' | 'to-bench'

/** All messages by direction. */
export const PUMP_CATALOGUE = { 'to-pump': TO_PUMP, 'to-bench': TO_BENCH } as const satisfies Readonly<
  Record<PumpDirection, Readonly<Record<string, PumpEntry>>>
>

/** One row of the catalogue, for what is generated from it. */
export interface PumpRow extends PumpEntry {
  readonly name: string
  readonly direction: PumpDirection
}

/** The rows of the catalogue in their fixed order. */
export function pumpRows(): PumpRow[] {
  const rowsOf = (direction: PumpDirection) =>
    Object.entries(PUMP_CATALOGUE[direction]).map(([name, entry]): PumpRow => ({ name, direction, ...entry }))
  return [...rowsOf('to-pump'), ...rowsOf('to-bench')]
}
