/** The catalogue of faults: every entry there is, by where it strikes. */
import { CLOCK_FAULTS } from '#hil/fault/catalogue/clock'
import { LINE_FAULTS } from '#hil/fault/catalogue/line'
import { LINK_FAULTS } from '#hil/fault/catalogue/link'
import { MEMORY_FAULTS } from '#hil/fault/catalogue/memory'
import { MOTOR_FAULTS } from '#hil/fault/catalogue/motor'
import { POWER_FAULTS } from '#hil/fault/catalogue/power'
import { RESERVOIR_FAULTS } from '#hil/fault/catalogue/reservoir'
import { STROKE_FAULTS } from '#hil/fault/catalogue/stroke'
import { TELEMETRY_FAULTS } from '#hil/fault/catalogue/telemetry'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import { withOtherwise } from '#hil/fault/otherwise'
import { PROGRAMMING_ENTRIES } from '#hil/fault/programming/errors'

/** Every entry, each name once, in the order in which they are listed. */
export const FAULTS: readonly CatalogueEntry[] = [
  ...MOTOR_FAULTS,
  ...STROKE_FAULTS,
  ...LINE_FAULTS,
  ...RESERVOIR_FAULTS,
  ...POWER_FAULTS,
  ...MEMORY_FAULTS,
  ...CLOCK_FAULTS,
  ...TELEMETRY_FAULTS,
  ...LINK_FAULTS,
  ...PROGRAMMING_ENTRIES,
].map(withOtherwise)

/** The entry of a name; undefined when there is none. */
export function faultNamed(name: string): CatalogueEntry | undefined {
  return FAULTS.find((entry) => entry.name === name)
}
