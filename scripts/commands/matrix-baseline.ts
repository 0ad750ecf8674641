/** An earlier matrix, read to be held against. Never throws on account of what is there. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { EarlierCell } from '#hil/matrix/baseline'
import { DETECTION } from '#hil/report/detection-schema'

export type ReadMatrixBaseline =
  | { readonly file: string; readonly sha256: string; readonly cells: readonly EarlierCell[] }
  | { readonly problem: string }

/** Largest matrix that is read: a text has to fit one string. */
const LARGEST = 256 * 1024 * 1024

/** The part of a matrix that is read; what later versions add does not matter here. */
const EARLIER = z.object({
  schema: z.literal('pumpbench/matrix@1'),
  cells: z.array(
    z.object({
      state: z.string(),
      scenario: z.string(),
      fault: z.string(),
      findings: z
        .array(DETECTION.shape.findings.element.pick({ detector: true, at_s: true, latency_s: true }).strip())
        .optional(),
    }),
  ),
})

export function readMatrixBaseline(file: string): ReadMatrixBaseline {
  const problem = (what: string) => ({ problem: `--baseline ${file === '' ? '""' : file}: ${what}` })
  try {
    const stats = statSync(file)
    if (!stats.isFile()) return problem('not a regular file')
    if (stats.size > LARGEST) return problem(`${stats.size} bytes is more than the ${LARGEST} that are read`)
    const text = readFileSync(file, 'utf8')
    const parsed = EARLIER.safeParse(JSON.parse(text))
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return problem(
        `not a matrix as matrix --json writes it at ${issue?.path.map(String).join('.')}: ${issue?.message}`,
      )
    }
    const cells = parsed.data.cells.flatMap(({ state, scenario, fault, findings }) =>
      state === 'run' ? [{ scenario, fault, findings: findings ?? [] }] : [],
    )
    if (cells.length === 0) return problem('no cell of it was run, so nothing could be found to be worse than it')
    return { file, sha256: createHash('sha256').update(text).digest('hex'), cells }
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (error instanceof SyntaxError) return problem('not a matrix as matrix --json writes it: not JSON')
    return problem(
      missing ? 'no such file' : `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
