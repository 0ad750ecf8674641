/** The keys that every check has: which part of the run it judges, whether it is meant to fail, what it is evidence for. */
import { z } from 'zod'
import { requirementSchema } from '#hil/scenario/names'
import { instant, span } from '#hil/scenario/quantities'

/** Most requirements that one check names. */
const MOST_REQUIREMENTS = 100

export const scope = {
  from: instant('Start of the part that is judged. Default the start of the run.', '0 d').optional(),
  to: span('End of the part that is judged. Default the end of the run.', '7 d').optional(),
  expect: z
    .enum(['pass', 'fail'])
    .meta({ description: 'Whether the check is meant to pass or to fail. Default pass.' })
    .optional(),
  requirements: z
    .array(requirementSchema)
    .max(MOST_REQUIREMENTS)
    .meta({ description: 'Requirements this very check is the evidence for. Default: those of the scenario.' })
    .optional(),
}
