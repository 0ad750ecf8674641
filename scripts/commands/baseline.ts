/**
 * The baseline: an earlier result that a new one is held against. What passed then has to pass now.
 *
 * A scenario that is new is no matter; one that is missing is a mistake, because leaving a scenario out would otherwise
 * be a way to pass. Checks of one name are told apart by their place.
 */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import {
  type BaselineResult,
  type CheckResult,
  type Outcome,
  type Regression,
  type RunResult,
  type SkippedScenario,
  worst,
} from '#hil/run/result'
import { quoted } from '#hil/scenario/wording'

/** An earlier result, as far as it is held against. */
export interface Baseline {
  readonly file: string
  readonly sha256: string
  readonly text: string
  /** For each scenario the checks that passed in every attempt. */
  readonly passed: ReadonlyMap<string, ReadonlySet<string>>
}

export type ReadBaseline =
  | { readonly ok: true; readonly baseline: Baseline }
  | { readonly ok: false; readonly problem: string }

/** Largest result that is read: a text has to fit one string. */
const LARGEST_RESULT = 256 * 1024 * 1024

const OUTCOME = z.enum(['pass', 'fail', 'inconclusive'])

/** The part of a result that is read; what later versions add does not matter here. */
const EARLIER = z.object({
  schema: z.literal('pumpbench/result@1'),
  runs: z.array(
    z.object({
      scenario: z.string(),
      checks: z.array(z.object({ check: z.string(), verdict: OUTCOME })),
    }),
  ),
})

/** Reads the result at the path. Never throws on account of what is there. */
export function readBaseline(file: string): ReadBaseline {
  const problem = (what: string): ReadBaseline => ({
    ok: false,
    problem: `--baseline ${file === '' ? '""' : file}: ${what}`,
  })
  let text: string
  try {
    const stats = statSync(file)
    if (!stats.isFile()) return problem('not a regular file')
    if (stats.size > LARGEST_RESULT)
      return problem(`${stats.size} bytes is more than the ${LARGEST_RESULT} that are read`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return problem(
      missing ? 'no such file' : `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return readBaselineText(text, file)
}

/** The baseline of a text that was read from a file. */
export function readBaselineText(text: string, file: string): ReadBaseline {
  const parsed = EARLIER.safeParse(jsonOf(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`
    const problem = `--baseline ${file}: not a result as run --json writes it${where}: ${issue?.message ?? 'not JSON'}`
    return { ok: false, problem }
  }
  if (parsed.data.runs.length === 0) {
    return { ok: false, problem: `--baseline ${file}: it holds no run, so nothing could be found to be worse than it` }
  }
  const passed = new Map<string, ReadonlySet<string>>()
  for (const [scenario, checks] of verdictsOf(parsed.data.runs)) {
    passed.set(scenario, new Set([...checks].flatMap(([name, { verdict }]) => (verdict === 'pass' ? [name] : []))))
  }
  return { ok: true, baseline: { file, sha256: createHash('sha256').update(text).digest('hex'), text, passed } }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Names that a message lists at most. */
const MOST_NAMED = 10

/** Which scenarios of the baseline are not among those given, as one line for people; null when all are. */
export function missingScenarios({ file, passed }: Baseline, names: readonly string[]): string | null {
  const missing = [...passed.keys()].filter((name) => !names.includes(name))
  if (missing.length === 0) return null
  const more = missing.length - MOST_NAMED
  const list = `${missing.slice(0, MOST_NAMED).map(quoted).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `--baseline ${file}: not among the scenarios given: ${list}; run them too, or take a new baseline`
}

/**
 * What no longer passes, what was skipped now included. Scenarios of the baseline that are neither run nor skipped, as of another
 * shard, are left out.
 */
export function heldAgainst(
  { file, sha256, passed }: Baseline,
  runs: readonly RunResult[],
  skipped: readonly SkippedScenario[] = [],
): BaselineResult {
  const now = verdictsOf(runs)
  const regressions = [...passed].flatMap(([scenario, checks]) => {
    const verdicts = now.get(scenario)
    if (verdicts === undefined) {
      const reason = skipped.find((one) => one.scenario === scenario)?.reason
      if (reason === undefined) return []
      return [...checks].map(
        (check): Regression => ({ scenario, check, verdict: 'gone', detail: `skipped: ${reason}` }),
      )
    }
    return [...checks].flatMap((check): Regression[] => {
      const found = verdicts.get(check)
      if (found === undefined)
        return [{ scenario, check, verdict: 'gone', detail: 'the scenario no longer makes this check' }]
      return found.verdict === 'pass' ? [] : [{ scenario, check, verdict: found.verdict, detail: found.detail }]
    })
  })
  return { file, sha256, regressions }
}

interface Verdict {
  readonly verdict: Outcome
  readonly detail: string
}

type Checked = Pick<CheckResult, 'check' | 'verdict'> & { readonly detail?: string }

/** The verdict of each check of each scenario, the worst of its attempts. */
function verdictsOf(
  runs: readonly { readonly scenario: string; readonly checks: readonly Checked[] }[],
): ReadonlyMap<string, ReadonlyMap<string, Verdict>> {
  const all = new Map<string, Map<string, Verdict>>()
  for (const { scenario, checks } of runs) {
    const known = all.get(scenario) ?? new Map<string, Verdict>()
    all.set(scenario, known)
    const times = new Map<string, number>()
    for (const { check, verdict, detail = '' } of checks) {
      const place = (times.get(check) ?? 0) + 1
      times.set(check, place)
      const name = place === 1 ? check : `${check} (${place})`
      const earlier = known.get(name)
      const both = earlier === undefined ? verdict : worst([earlier.verdict, verdict])
      if (earlier === undefined || both !== earlier.verdict) known.set(name, { verdict: both, detail })
    }
  }
  return all
}
