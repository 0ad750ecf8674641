/** What all attempts at one scenario came to, and how it is read back from a journal. */
import { z } from 'zod'
import type { RunCurves } from '#hil/report/curves/run-curves'
import { RESULT } from '#hil/report/result-schema'
import type { RunResult } from '#hil/run/result'

/** What was drawn of one attempt. */
export interface Drawing {
  readonly number: number
  readonly passed: boolean
  readonly curves: RunCurves
}

/** What all attempts at one scenario came to. */
export interface Made {
  readonly runs: readonly RunResult[]
  /** One line for each trace or view that could not be kept whole. */
  readonly losses: readonly string[]
  readonly drawings: readonly Drawing[]
}

const numbers = z.array(z.number())
const TABLE = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('stairs'),
    start: z.number(),
    ...{ after_us: numbers, count: numbers, interval: numbers, rise: numbers, figures: numbers },
  }),
  z.strictObject({ kind: z.literal('ramps'), after_us: numbers, rate: numbers, figures: numbers }),
  z.strictObject({ kind: z.literal('points'), after_us: numbers, values: numbers }),
  z.strictObject({ kind: z.literal('bands'), bucket_s: z.number(), ends: numbers, below: numbers, above: numbers }),
])

const CURVES = z.strictObject({
  trace_sha256: z.string(),
  detail: z.enum(['parts', 'bands', 'samples']),
  end_s: z.number(),
  step_uL: z.number(),
  tolerance: z.number(),
  drugs: z.array(z.string()),
  flowWindow_s: z.number().nullable(),
  // A name that nothing is called by is drawn by nobody.
  tables: z.record(z.string().regex(/^[a-z][A-Za-z_0-9]*$/), TABLE),
})

const MADE = z.strictObject({
  runs: RESULT.shape.runs,
  losses: z.array(z.string()),
  drawings: z.array(z.strictObject({ number: z.int(), passed: z.boolean(), curves: CURVES })),
})

/** What JSON holds of all attempts at one scenario; undefined where it does not. */
export function readMade(value: unknown): Made | undefined {
  const parsed = MADE.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
