/** A run with a fault held against the same one without: what is noticed in both was not noticed of the fault. */
import { type CatalogueEntry, type Condition, DETECTORS, type Detector } from '#hil/fault/catalogue-entry'
import type { CellAttempt, CellRun } from '#hil/matrix/attempt'
import type { Cell, ControlCell, MatrixFault, OtherCell } from '#hil/matrix/types'
import { isAttending } from '#hil/run/detection/detection'
import type { Detection, Finding } from '#hil/run/detection/types'
import { unnoticedBecause } from '#hil/run/detection/unnoticed'

export function controlOf(attempt: CellAttempt, command: string): ControlCell {
  if (attempt.kind !== 'run') {
    const nothing = { findings: [], harm: [], trace_sha256: '', report: null }
    const problem = attempt.kind === 'skipped' ? `skipped: ${attempt.reason}` : attempt.reason
    return { verdict: 'inconclusive', problem, ...nothing, command }
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
  /** Of the pump of the scenario. */
  readonly tolerance: number
}

export function cellOf(attempt: CellAttempt, control: CellAttempt, place: CellPlace): Cell {
  const { scenario, entry, command } = place
  const names = { scenario, fault: entry.name, command }
  const other = (state: OtherCell['state'], reason: string): OtherCell => ({ state, ...names, reason })
  if (attempt.kind !== 'run') return other(attempt.kind, attempt.reason)
  if (control.kind === 'skipped') return other('skipped', `nothing to hold it against: ${control.reason}`)
  if (control.kind !== 'run') return other('error', `nothing to hold it against: ${control.reason}`)
  if (control.problem !== null) return other('error', `nothing to hold it against: ${control.problem}`)
  const { problem, detection, course_sha256, injected_s } = attempt
  if (problem !== null || detection === null) return other('error', problem ?? 'the run was not analyzed')
  if (course_sha256 === control.course_sha256) {
    return other('error', 'it changed nothing: the run is the same, step by step, as without it')
  }
  if (injected_s === null) return other('error', 'the scenario says the same with it as without it')
  return { state: 'run', ...names, injected_s, ...noticedOf(attempt, control, place, injected_s) }
}

function noticedOf(attempt: CellRun, control: CellRun, place: CellPlace, injected_s: number) {
  const { injected, verdict, trace_sha256, report, detection } = attempt
  const others = allOf(control.detection)
  const isAlso = (finding: Finding) =>
    isSeenByYardstick(finding, control.detection) ||
    others.some((other) => isSame(finding, other) || isShifted(finding, other, injected_s, place.tolerance))
  const findings = allOf(detection)
    .filter((finding) => finding.at_s >= injected_s && !isAlso(finding))
    // Held against the control it is of the fault that was injected.
    .map(({ of, ...finding }) => ({ ...finding, latency_s: between_s(injected_s, finding.at_s) }))
  // A residual that the control's next refill would show as well shows nothing of the fault.
  const next_refill = control.detection?.next_refill === null ? (detection?.next_refill ?? null) : null
  const isResidualOff = next_refill !== null || findings.some(({ detector }) => detector === 'reconciliation')
  const [earliest] = findings
  const first: Detector = earliest?.detector ?? (next_refill === null ? 'nobody' : 'reconciliation')
  const expected = expectedOf(attempt, control, place, injected_s)
  return {
    ...{ injected, first, first_s: earliest?.at_s ?? null, latency_s: earliest?.latency_s ?? null },
    ...{ expected, as_expected: expected.length === 0 || expected.includes(first), findings, next_refill },
    unnoticed_because: findings.some(isAttending) ? null : unnoticedBecause(detection?.parted ?? [], isResidualOff),
    harm: detection?.harm ?? [],
    parted: detection?.parted ?? [],
    ...{ verdict, trace_sha256, report },
  }
}

/** All that was noticed, before whatever went wrong first too: what that was differs from run to run. */
function allOf(detection: Detection | null): readonly Finding[] {
  return detection === null ? [] : [...detection.earlier, ...detection.findings]
}

/** Who should notice first, by the entry and by the conditions that hold here, of those who have nothing to say yet. */
function expectedOf(
  attempt: CellRun,
  control: CellRun,
  { entry, tolerance }: CellPlace,
  injected_s: number,
): readonly Detector[] {
  const conditions = new Set<Condition>(attempt.conditions)
  if (isTolerable(attempt, control, tolerance)) conditions.add('tolerable')
  const also = (entry.otherwise ?? []).flatMap(({ expected, where }) => (conditions.has(where) ? [expected] : []))
  const spent = allOf(control.detection).filter(({ at_s }) => at_s < injected_s)
  const isSpent = (detector: Detector) => ONCE.has(detector) && spent.some((finding) => finding.detector === detector)
  return isSpent(entry.expected) ? [] : [...new Set([entry.expected, ...also])].filter((one) => !isSpent(one))
}

/** A check of the bench fails once; in a file that fails it already it has nothing to add. */
const ONCE: ReadonlySet<Detector> = new Set<Detector>(['volume-check', 'dose-check'])

/** Whether what the fault alone makes too much, or too little, is within the tolerance of all that is prescribed. */
function isTolerable({ detection, simulated_s }: CellRun, control: CellRun, tolerance: number): boolean {
  return (detection?.harm ?? []).every(({ drug, over_ug, over_equivalent_s, under_equivalent_s }) => {
    if (over_equivalent_s === null || under_equivalent_s === null) return over_ug === 0
    const before = control.detection?.harm.find((harm) => harm.drug === drug)
    const most_s = Math.max(
      over_equivalent_s - (before?.over_equivalent_s ?? 0),
      under_equivalent_s - (before?.under_equivalent_s ?? 0),
    )
    return most_s <= tolerance * simulated_s
  })
}

/** Both instants are doubles of whole microseconds and the like; what lies between them is not known better. */
function between_s(from_s: number, to_s: number): number {
  return Math.round((to_s - from_s) * 1e9) / 1e9
}

/** By the yardstick by which this run was judged, whichever the control was. */
function isSeenByYardstick({ at_s, yardstick }: Finding, control: Detection | null): boolean {
  return yardstick !== undefined && control !== null && control.volume_check[`${yardstick}_s`] === at_s
}

/** Whether the control notices the same at the same time. */
function isSame({ detector, what, at_s }: Finding, other: Finding): boolean {
  return other.detector === detector && other.what === what && other.at_s === at_s
}

/**
 * Whether it is an alarm of the control that came at another time, by no more than the tolerance of the pump of the time since
 * the fault began: nobody could tell it from the one that was to come.
 */
function isShifted(finding: Finding, other: Finding, injected_s: number, tolerance: number): boolean {
  if (finding.detector !== 'alarmed' || other.detector !== 'alarmed' || finding.what !== other.what) return false
  return Math.abs(finding.at_s - other.at_s) <= tolerance * (other.at_s - injected_s)
}

/** What the cells of one fault come to. */
export function faultOf(
  { name, group, mechanism, expected, because }: CatalogueEntry,
  cells: readonly Cell[],
): MatrixFault {
  const own = cells.filter(({ fault }) => fault === name)
  const run = own.flatMap((cell) => (cell.state === 'run' ? [cell] : []))
  const skipped = own.filter(({ state }) => state === 'skipped').length
  const found = DETECTORS.map((detector) => ({ detector, count: run.filter(({ first }) => first === detector).length }))
  return {
    ...{ name, group, mechanism, expected, because },
    found: found.filter(({ count }) => count > 0),
    as_expected: run.filter(({ as_expected }) => as_expected).length,
    otherwise: run.filter(({ as_expected }) => !as_expected).length,
    not_applicable: own.filter(({ state }) => state === 'not-applicable').length,
    ...(skipped === 0 ? {} : { skipped }),
    errors: own.filter(({ state }) => state === 'error').length,
  }
}
