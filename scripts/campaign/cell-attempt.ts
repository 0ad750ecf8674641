/** What a cell of a matrix came to, read back from a journal. */
import { z } from 'zod'
import { CONDITIONS, type Condition } from '#hil/fault/catalogue-entry'
import type { CellAttempt } from '#hil/matrix/attempt'
import { DETECTION } from '#hil/report/detection-schema'

const PATH = /^cells\/[a-z0-9-]+\/[a-z0-9-]+\.html$/

const ATTEMPT = z.union([
  z.strictObject({
    kind: z.literal('run'),
    injected: z.string(),
    injected_s: z.number().nullable(),
    conditions: z.array(z.enum(Object.keys(CONDITIONS) as [Condition, ...Condition[]])),
    verdict: z.enum(['pass', 'fail', 'inconclusive']),
    detection: DETECTION.nullable(),
    problem: z.string().nullable(),
    simulated_s: z.number(),
    trace_sha256: z.string(),
    course_sha256: z.string(),
    report: z.string().regex(PATH).nullable(),
  }),
  z.strictObject({ kind: z.enum(['not-applicable', 'skipped', 'error']), reason: z.string() }),
])

/** Undefined where JSON holds something else. */
export function readCellAttempt(value: unknown): CellAttempt | undefined {
  const parsed = ATTEMPT.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
