/** A run with a fault held against the same one without: what is noticed in both was not noticed of the fault. */
import { type CatalogueEntry, DETECTORS, type Detector } from '#hil/fault/catalogue-entry'
import type { CellAttempt, CellRun } from '#hil/matrix/attempt'
import type { Cell, ControlCell, MatrixFault, OtherCell } from '#hil/matrix/types'
import { isAttending } from '#hil/run/detection/detection'
import type { Detection, Finding } from '#hil/run/detection/types'
import { unnoticedBecause } from '#hil/run/detection/unnoticed'

export function controlOf(attempt: CellAttempt, command: string): ControlCell {
  if (attempt.kind !== 'run') {
    const nothing = { findings: [], harm: [], trace_sha256: '', report: null }
    return { verdict: 'inconclusive', problem: attempt.reason, ...nothing, command }
  }
  const { verdict, problem, detection, trace_sha256, report } = attempt
  return {
    ...{ verdict, problem, trace_sha256, report, command },
    findings: detection?.findings ?? [],
    harm: detection?.harm ?? [],
  }
}

/** What is known beside the two runs. */
export interface CellPlace {
  readonly scenario: string
  readonly entry: CatalogueEntry
  readonly command: string
}

export function cellOf(attempt: CellAttempt, control: CellAttempt, { scenario, entry, command }: CellPlace): Cell {
  const place = { scenario, fault: entry.name, command }
  const other = (state: OtherCell['state'], reason: string): OtherCell => ({ state, ...place, reason })
  if (attempt.kind !== 'run') return other(attempt.kind, attempt.reason)
  if (control.kind !== 'run') return other('error', `nothing to hold it against: ${control.reason}`)
  if (control.problem !== null) return other('error', `nothing to hold it against: ${control.problem}`)
  const { problem, detection, course_sha256, injected_s } = attempt
  if (problem !== null || detection === null) return other('error', problem ?? 'the run was not analyzed')
  if (course_sha256 === control.course_sha256) {
    return other('error', 'it changed nothing: the run is the same, step by step, as without it')
  }
  if (injected_s === null) return other('error', 'the scenario says the same with it as without it')
  return { state: 'run', ...place, injected_s, ...noticedOf(attempt, control, entry, injected_s) }
}

function noticedOf(attempt: CellRun, control: CellRun, { expected }: CatalogueEntry, injected_s: number) {
  const { injected, verdict, trace_sha256, report, detection } = attempt
  const findings = (detection?.findings ?? [])
    .filter((finding) => finding.at_s >= injected_s && !isAlso(finding, control.detection))
    .map((finding) => ({ ...finding, latency_s: between_s(injected_s, finding.at_s) }))
  // A residual that the control's next refill would show as well shows nothing of the fault.
  const next_refill = control.detection?.next_refill === null ? (detection?.next_refill ?? null) : null
  const isResidualOff = next_refill !== null || findings.some(({ detector }) => detector === 'reconciliation')
  const [earliest] = findings
  const first: Detector = earliest?.detector ?? (next_refill === null ? 'nobody' : 'reconciliation')
  return {
    ...{ injected, first, first_s: earliest?.at_s ?? null, latency_s: earliest?.latency_s ?? null },
    ...{ as_expected: first === expected, findings, next_refill },
    unnoticed_because: findings.some(isAttending) ? null : unnoticedBecause(detection?.parted ?? [], isResidualOff),
    harm: detection?.harm ?? [],
    parted: detection?.parted ?? [],
    ...{ verdict, trace_sha256, report },
  }
}

/** Both instants are doubles of whole microseconds and the like; what lies between them is not known better. */
function between_s(from_s: number, to_s: number): number {
  return Math.round((to_s - from_s) * 1e9) / 1e9
}

/**
 * Whether the control notices the same at the same time: the volume check by the yardstick by which this run was judged,
 * whichever the control was.
 */
function isAlso({ detector, what, at_s, yardstick }: Finding, control: Detection | null): boolean {
  if (control === null) return false
  if (yardstick !== undefined && control.volume_check[`${yardstick}_s`] === at_s) return true
  return control.findings.some((other) => other.detector === detector && other.what === what && other.at_s === at_s)
}

/** What the cells of one fault come to. */
export function faultOf(
  { name, group, mechanism, expected, because }: CatalogueEntry,
  cells: readonly Cell[],
): MatrixFault {
  const own = cells.filter(({ fault }) => fault === name)
  const run = own.flatMap((cell) => (cell.state === 'run' ? [cell] : []))
  const found = DETECTORS.map((detector) => ({ detector, count: run.filter(({ first }) => first === detector).length }))
  return {
    ...{ name, group, mechanism, expected, because },
    found: found.filter(({ count }) => count > 0),
    as_expected: run.filter(({ as_expected }) => as_expected).length,
    otherwise: run.filter(({ as_expected }) => !as_expected).length,
    not_applicable: own.filter(({ state }) => state === 'not-applicable').length,
    errors: own.filter(({ state }) => state === 'error').length,
  }
}
