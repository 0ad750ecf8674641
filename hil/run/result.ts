/**
 * The result of a run, as `--json` prints it: what was prescribed, believed and delivered, and every verdict.
 *
 * Derived from a trace and nothing else. Figures are doubles, rounded once from exact values.
 */

import type { Analysis } from '#hil/run/analysis/types'
import type { Detection } from '#hil/run/detection/types'
import type { LedgerPair } from '#hil/run/ledger-pair'
import type { WireStatistics } from '#protocol/wire-tally'

/** What was observed; `inconclusive` means the bench could not measure well enough to say, and is never a pass. */
export type Outcome = 'pass' | 'fail' | 'inconclusive'

export type { LedgerPair } from '#hil/run/ledger-pair'

/** Two ledgers that were found apart beyond the limit of a check. */
export interface PartedResult {
  readonly pair: LedgerPair
  /** The first instant at which they were; null where there is none. */
  readonly since_s: number | null
}

export interface CheckResult {
  readonly check: string
  readonly outcome: Outcome
  readonly expect: 'pass' | 'fail'
  /** The requirements that this very check is the evidence for, where the scenario names them on the check. */
  readonly requirements?: readonly string[]
  /** Inconclusive if the outcome is, else pass exactly when the outcome is the expected one. */
  readonly verdict: Outcome
  readonly measured: number | null
  readonly limit: number | null
  readonly unit: string
  /** When the measured extreme occurred, or null where the check has no single instant. */
  readonly at_s: number | null
  readonly detail: string
  /** Which ledgers the check found apart; absent where it found none, or compares none. */
  readonly parted?: readonly PartedResult[]
}

export interface AlarmResult {
  readonly alarm: string
  readonly priority: 'critical' | 'non-critical'
  readonly raised_s: number
  readonly cleared_s: number | null
}

/** One entry of the event list; further keys depend on `event`. */
export interface EventResult {
  readonly t_s: number
  readonly event: string
  readonly [detail: string]: string | number | null
}

/** One entry of the event log of a pump, as the pump had it. */
export interface LogEntryResult {
  /** When the pump noted it. */
  readonly t_s: number
  readonly event: string
  readonly detail: string
}

/** The event log of a pump, as it was read. */
export interface LogResult {
  /** When it was read. */
  readonly t_s: number
  /** How many older entries had given way. */
  readonly dropped: number
  /** The oldest first. */
  readonly entries: readonly LogEntryResult[]
}

export interface Sample {
  readonly t_s: number
  readonly prescribed_uL: number
  readonly prescribed_ug: number
  readonly believed_uL: number
  readonly believed_ug: number
  readonly displaced_uL: number
  readonly tip_ug: number
}

/**
 * Where each delivered figure comes from, and how far it may be out on either side; null where nobody can say, and a
 * percentage is null too where the figure is nothing and may be something.
 */
export interface Provenance {
  readonly steps: string
  readonly steps_uncertainty: number
  readonly displaced: string
  readonly displaced_uncertainty_uL: number | null
  readonly displaced_uncertainty_percent: number | null
  readonly tip: string
  readonly tip_uncertainty_uL: number | null
  /** Of the volume or of the dose, whichever is larger. */
  readonly tip_uncertainty_percent: number | null
  readonly tip_dose_uncertainty_ug: number | null
  readonly leaked: string
  readonly leaked_uncertainty_uL: number | null
  readonly withdrawn: string
  readonly withdrawn_uncertainty_uL: number | null
  readonly reservoir: string
  readonly reservoir_uncertainty_uL: number | null
  readonly reservoir_uncertainty_percent: number | null
  readonly in_line: string
  readonly in_line_uncertainty_uL: number | null
}

/** An instrument that a calibration rests on. */
export interface InstrumentResult {
  readonly instrument: string
  readonly serial: string
  readonly certificate: string
  readonly due: string
}

/** The calibration of the rig that a run was made with. */
export interface CalibrationResult {
  readonly rig_file_sha256: string
  readonly step_uL: number
  readonly uncertainty_uL: number
  readonly coverage: number
  readonly encoder_steps: number | null
  readonly instruments: readonly InstrumentResult[]
  readonly calibrated: string
  readonly due: string
  /** The day of the run, as it was given. */
  readonly used: string
  /** Why no verdict may rest on it; null where one may. */
  readonly doubt: string | null
}

export interface RunResult {
  readonly scenario: string
  readonly file: string
  readonly file_sha256: string
  /** The firmware under test, as on the command line. */
  readonly pump: string
  /** The pump model of the scenario, and what it says one step of the motor displaces. */
  readonly pump_model: string
  readonly step_uL: number
  readonly rig: string
  readonly rig_identity: string
  readonly seed: number
  readonly requirements: readonly string[]
  /** Which attempt at the scenario this is, from 1; absent where a scenario is attempted once only. */
  readonly attempt?: number
  readonly outcome: Outcome
  readonly verdict: Outcome
  readonly simulated_s: number
  readonly wall_s: number
  readonly prescribed: { readonly volume_uL: number; readonly dose_ug: number }
  readonly believed: {
    readonly volume_uL: number
    readonly dose_ug: number
    readonly reservoir_uL: number
    readonly steps: number
  }
  readonly delivered: {
    readonly steps: number
    readonly displaced_uL: number
    readonly tip_volume_uL: number
    readonly tip_dose_ug: number
    readonly leaked_uL: number
    readonly withdrawn_uL: number
    readonly reservoir_uL: number
    readonly in_line_uL: number
  }
  readonly provenance: Provenance
  /** Absent where no rig file was given. */
  readonly calibration?: CalibrationResult
  readonly checks: readonly CheckResult[]
  readonly alarms: readonly AlarmResult[]
  readonly events: readonly EventResult[]
  /** The event log of the pump, each time it was read; absent where it never was. */
  readonly logs?: readonly LogResult[]
  readonly samples: readonly Sample[]
  readonly analysis: Analysis
  /** Who noticed that something was wrong, and what it did; null where the analysis it rests on was not made. */
  readonly detection: Detection | null
  /** What crossed the wire between host and rig; absent where the rig has none. */
  readonly wire?: WireStatistics
  readonly trace_sha256: string
}

/** How and with what the runs were made; the only part of a result that differs between two identical runs. */
export interface Manifest {
  readonly tool: string
  readonly version: string
  readonly commit: string | null
  readonly node: string
  readonly platform: string
  readonly started: string
  /** Build hash of the rig firmware; null for a rig without firmware. */
  readonly rig_firmware: string | null
}

/** What one scenario says of a requirement: the checks that are evidence for it, and the worst of their verdicts. */
export interface RequirementEvidence {
  readonly scenario: string
  readonly attempt?: number
  readonly verdict: Outcome
  readonly checks: readonly { readonly check: string; readonly verdict: Outcome }[]
}

/** A requirement of the file in use, and how it fared. */
export interface RequirementResult {
  readonly id: string
  readonly text: string
  /** What happens to whom where it is not met. */
  readonly risk: string
  readonly source?: string
  /** The worst verdict of its evidence; `not exercised` where there is none, which is no pass. */
  readonly verdict: Outcome | 'not exercised'
  readonly evidence: readonly RequirementEvidence[]
}

/** A check that passed in the baseline and does not any more. */
export interface Regression {
  readonly scenario: string
  /** Its name, with its place among those of the name where there are several. */
  readonly check: string
  /** Its verdict now; `gone` where the scenario no longer makes it. */
  readonly verdict: Outcome | 'gone'
  readonly detail: string
}

/** An earlier result that this one was held against. */
export interface BaselineResult {
  readonly file: string
  readonly sha256: string
  /** Empty where every check that passed then passes now. */
  readonly regressions: readonly Regression[]
}

/** A scenario that was not run, because the pump does not have what it needs. It counts for nothing, and never as passed. */
export interface SkippedScenario {
  readonly scenario: string
  readonly file: string
  readonly reason: string
}

export interface Result {
  readonly schema: 'pumpbench/result@1'
  readonly manifest: Manifest
  readonly runs: readonly RunResult[]
  /** Absent where every scenario was run. */
  readonly skipped?: readonly SkippedScenario[]
  /** Every requirement of the file in use; absent where none is. */
  readonly requirements?: readonly RequirementResult[]
  /** Absent where the result was held against no other. */
  readonly baseline?: BaselineResult
}

const RANK: Readonly<Record<Outcome, number>> = { pass: 0, inconclusive: 1, fail: 2 }

/** The worst of several outcomes: fail before inconclusive before pass; pass when there is none. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((a, b) => (RANK[b] > RANK[a] ? b : a), 'pass' as Outcome)
}
