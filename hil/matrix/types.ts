/**
 * A matrix: every fault in every scenario, each beside the same scenario without it, and who noticed what.
 *
 * Everything in it follows from the scenarios, the faults, the pump, the rig and the version: it holds no time of day and no
 * path of this machine but those it was given, so that the same matrix is the same text.
 */
import type { Detector, FaultGroup } from '#hil/fault/catalogue-entry'
import type { Finding, Harm, Parting } from '#hil/run/detection/types'
import type { Outcome } from '#hil/run/result'

/** The scenario without a fault: what every cell below it is held against. */
export interface ControlCell {
  readonly verdict: Outcome
  /** Null where it did not reach its end: then nothing can be said of any fault in it. */
  readonly problem: string | null
  readonly findings: readonly Finding[]
  readonly harm: readonly Harm[]
  readonly trace_sha256: string
  /** From the folder of the matrix, with `/`; null where none was written. */
  readonly report: string | null
  readonly command: string
}

export interface MatrixScenario {
  readonly scenario: string
  readonly file: string
  readonly file_sha256: string
  readonly seed: number
  readonly simulated_s: number
  readonly control: ControlCell
}

/** A fault that was put into a scenario, run, and held against the control. */
export interface RunCell {
  readonly state: 'run'
  readonly scenario: string
  readonly fault: string
  /** What was done to the scenario, in words, and from when on. */
  readonly injected: string
  readonly injected_s: number
  /** Who noticed it first, of what the control does not show as well. */
  readonly first: Detector
  readonly first_s: number | null
  /** Since the fault began, as are those of the findings, whatever else the scenario has of its own. */
  readonly latency_s: number | null
  /** Who should have: more than one where a condition of the catalogue holds; empty where all who could have notice before. */
  readonly expected: readonly Detector[]
  /** Whether it was one of these, or nobody is expected. */
  readonly as_expected: boolean
  /** All that was noticed since then and is not noticed in the control at the same time, in order of time. */
  readonly findings: readonly Finding[]
  readonly next_refill: string | null
  readonly unnoticed_because: string | null
  /** At the tip, of the run as a whole; that of the control stands with the scenario. */
  readonly harm: readonly Harm[]
  readonly parted: readonly Parting[]
  /** Of the scenario's own checks. */
  readonly verdict: Outcome
  readonly trace_sha256: string
  readonly report: string | null
  readonly command: string
}

/** A scenario that has no place for the fault, or needs what the pump does not have, or a fault of which nothing is shown. */
export interface OtherCell {
  /**
   * skipped: the pump does not have what the scenario needs, with the fault or without it. error: not carried by the rig, never fired,
   * changed nothing, or broke off. Neither is a pass.
   */
  readonly state: 'not-applicable' | 'skipped' | 'error'
  readonly scenario: string
  readonly fault: string
  readonly reason: string
  readonly command: string
}

export type Cell = RunCell | OtherCell

/** What the matrix says of one fault over all scenarios. */
export interface MatrixFault {
  readonly name: string
  readonly group: FaultGroup
  readonly mechanism: string
  readonly expected: Detector
  readonly because: string
  /** How often each was first; those that never were are left out. */
  readonly found: readonly { readonly detector: Detector; readonly count: number }[]
  readonly as_expected: number
  readonly otherwise: number
  readonly not_applicable: number
  /** Left out where none is. */
  readonly skipped?: number
  readonly errors: number
}

/** A detector that the baseline has and that is later now, or does not notice any more. */
export interface MatrixRegression {
  readonly scenario: string
  readonly fault: string
  readonly detector: Detector
  readonly change: 'later' | 'vanished'
  /** Seconds from the cause, in the baseline and now; null: not now, or no cause was known. */
  readonly was_s: number | null
  readonly is_s: number | null
  readonly detail: string
}

export interface Matrix {
  readonly schema: 'pumpbench/matrix@1'
  readonly tool: { readonly version: string; readonly commit: string | null; readonly rig_firmware: string | null }
  readonly pump: string
  readonly rig: string
  readonly scenarios: readonly MatrixScenario[]
  readonly faults: readonly MatrixFault[]
  /** Names of entries that were left out because the rig cannot carry them and nobody asked for them by name. */
  readonly not_carried: readonly string[]
  /** By scenario, then by fault, as those are listed. */
  readonly cells: readonly Cell[]
  readonly baseline?: {
    readonly file: string
    readonly sha256: string
    readonly regressions: readonly MatrixRegression[]
  }
}
