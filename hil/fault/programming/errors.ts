/**
 * Programming errors: what goes wrong where a prescription is entered, a reservoir filled or a visit kept, each as an
 * operator on a scenario file.
 */
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import { BOLUS_ERRORS } from '#hil/fault/programming/boluses'
import { CLOCK_ERRORS } from '#hil/fault/programming/clock'
import { COURSE_ERRORS } from '#hil/fault/programming/course'
import { DOSE_ERRORS } from '#hil/fault/programming/doses'
import { FILL_ERRORS } from '#hil/fault/programming/fills'
import { LINE_ERRORS } from '#hil/fault/programming/line'
import { entryOf, type ProgrammingError } from '#hil/fault/programming/operator'
import { VISIT_ERRORS } from '#hil/fault/programming/visits'

/** Every programming error, with all the places where a file has room for it. */
export const PROGRAMMING_ERRORS: readonly ProgrammingError[] = [
  ...DOSE_ERRORS,
  ...BOLUS_ERRORS,
  ...COURSE_ERRORS,
  ...VISIT_ERRORS,
  ...FILL_ERRORS,
  ...LINE_ERRORS,
  ...CLOCK_ERRORS,
]

/** The same as entries of the catalogue of faults. */
export const PROGRAMMING_ENTRIES: readonly CatalogueEntry[] = PROGRAMMING_ERRORS.map(entryOf)
