/**
 * What one run of a matrix came to, before it is held against another: what a job of the campaign is done with, and all
 * that is kept of it.
 */
import type { Condition } from '#hil/fault/catalogue-entry'
import type { OtherCell } from '#hil/matrix/types'
import type { Detection } from '#hil/run/detection/types'
import type { Outcome, RunResult } from '#hil/run/result'

export interface CellRun {
  readonly kind: 'run'
  /** What was done to the scenario; empty for the control. */
  readonly injected: string
  /** From when on the scenario says something else than the control; null for the control. */
  readonly injected_s: number | null
  /** What the catalogue's expectation depends on, and holds here; empty for the control. */
  readonly conditions: readonly Condition[]
  readonly verdict: Outcome
  readonly detection: Detection | null
  /** Why nothing is shown of the fault; null where something is. */
  readonly problem: string | null
  readonly simulated_s: number
  readonly trace_sha256: string
  /** Digest of the trace without its first line, which holds the scenario, and its last, which holds digests. */
  readonly course_sha256: string
  readonly report: string | null
}

export type CellAttempt = CellRun | { readonly kind: OtherCell['state']; readonly reason: string }

/** Checks of which the bench itself says that nothing is shown. */
const UNSHOWN: ReadonlySet<string> = new Set(['faults', 'completed'])

/** Why a run shows nothing: a fault that never had its effect, a run that broke off, a law of the bench that was broken. */
export function problemOf({ checks, detection }: RunResult): string | null {
  const unshown = checks.find(({ check, outcome }) => UNSHOWN.has(check) && outcome !== 'pass')
  if (unshown !== undefined) return unshown.detail
  return detection === null ? 'the run was not analyzed' : null
}
