/** The catalogue of faults: every entry there is, by where it strikes. */
import { CLOCK_FAULTS } from '#hil/fault/catalogue/clock'
import { LINK_FAULTS } from '#hil/fault/catalogue/link'
import { MEMORY_FAULTS } from '#hil/fault/catalogue/memory'
import { PLANT_FAULTS } from '#hil/fault/catalogue/plant'
import { POWER_FAULTS } from '#hil/fault/catalogue/power'
import { TELEMETRY_FAULTS } from '#hil/fault/catalogue/telemetry'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'

/** Every entry, each name once, in the order in which they are listed. */
export const FAULTS: readonly CatalogueEntry[] = [
  ...PLANT_FAULTS,
  ...POWER_FAULTS,
  ...MEMORY_FAULTS,
  ...CLOCK_FAULTS,
  ...TELEMETRY_FAULTS,
  ...LINK_FAULTS,
]
