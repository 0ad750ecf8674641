/**
 * The analysis of a run: what a pump test reports of any run, whether or not a check of the scenario asks for it.
 *
 * Nothing here is a verdict. Every figure is exact over all instants of the run and rounded once, to a double. What could
 * not be analyzed is null and stands in `omitted` with its reason, so that nothing is missing in silence.
 */

/** A part of the analysis that was not made. */
export interface Omitted {
  readonly part: AnalysisPart
  readonly reason: string
}

export type AnalysisPart =
  | 'volume'
  | 'drugs'
  | 'trumpet'
  | 'start_up'
  | 'boluses'
  | 'interruption'
  | 'alarm_latencies'
  | 'changeovers'

/** How far delivery fell behind the prescription and ran ahead of it; amounts in the unit that the keys of its owner name. */
export interface TimeApart {
  /** All time in which delivery so far was more than the resolution behind what was prescribed so far, and since when. */
  readonly behind_s: number
  readonly behind_since_s: number | null
  /** The same of being ahead. */
  readonly ahead_s: number
  readonly ahead_since_s: number | null
}

/** Volume at the rotor against the prescription over the whole run. */
export interface VolumeAnalysis extends TimeApart {
  readonly prescribed_uL: number
  readonly delivered_uL: number
  /** The mean flow error A; null where nothing was prescribed. */
  readonly mean_flow_error_percent: number | null
  /** What one step is of the prescribed volume: an error within it says nothing. */
  readonly floor_percent: number | null
  /** All that was missed, and all that was too much: neither makes up for the other. */
  readonly under_uL: number
  readonly over_uL: number
  /** What delivery may be out by without being wrong: a step, and what is prescribed in a tick of the rig. */
  readonly resolution_uL: number
}

/** A drug out of the tip against the prescription over the whole run. */
export interface DrugAnalysis extends TimeApart {
  readonly drug: string
  readonly prescribed_ug: number
  readonly tip_ug: number
  /** The most that left the tip in any 24 h, and the end of the first such 24 h. */
  readonly largest_24h_ug: number
  readonly largest_24h_at_s: number
  readonly under_ug: number
  readonly over_ug: number
  readonly resolution_ug: number
}

/**
 * The extremes of one window length over all its starts. `unresolvable`: a faultless pump could show errors beyond `within`
 * too. `unprescribed`: in some window nothing is prescribed, so that no error relative to it exists.
 */
export interface TrumpetPoint {
  readonly window_s: number
  readonly state: 'resolved' | 'unresolvable' | 'unprescribed'
  readonly most_percent: number | null
  readonly most_at_s: number | null
  readonly least_percent: number | null
  readonly least_at_s: number | null
  readonly floor_percent: number | null
}

/** The trumpet curve by a published protocol. */
export interface TrumpetAnalysis {
  readonly protocol: string
  readonly source: string
  /** The analysis period, after settling from the first instant at which anything is prescribed. */
  readonly from_s: number
  readonly to_s: number
  /** The error that the points are resolved for: the tolerance of the pump model. */
  readonly within_percent: number
  readonly points: readonly TrumpetPoint[]
}

/** The mean flow in one interval. */
export interface FlowPoint {
  readonly from_s: number
  readonly to_s: number
  readonly delivered_mL_per_d: number
  readonly prescribed_mL_per_d: number
  /** Null where nothing is prescribed, as is the floor: one step of what is. */
  readonly error_percent: number | null
  readonly floor_percent: number | null
}

/** The start-up curve: how the flow settles from the first instant at which anything is prescribed. */
export interface StartUpAnalysis {
  readonly interval_s: number
  readonly points: readonly FlowPoint[]
}

/** Accuracy of the boluses that ran undisturbed, each as what was delivered beyond all else that is prescribed then. */
export interface BolusAnalysis {
  readonly count: number
  /** Whether there are the 25 that a quoted mean asks for. */
  readonly enough: boolean
  readonly mean_percent: number
  readonly most_percent: number
  readonly most_at_s: number
  readonly least_percent: number
  readonly least_at_s: number
  /** What one step is of the smallest bolus. */
  readonly floor_percent: number
}

/** The longest time that a step was overdue. */
export interface InterruptionAnalysis {
  readonly from_s: number
  readonly to_s: number
  /** How long of it something was prescribed. */
  readonly due_s: number
}

/**
 * How long an alarm took from its cause, which the bench knows and the pump does not. `raised`: at or after the cause.
 * `standing`: it sounded already; `latency_s` is then how long before, below zero. `missed`: not by the end of the run or
 * the next cause. `ended`: the cause was over without an alarm. `not-due`: the run ended before the pump model raises it.
 */
export interface AlarmLatency {
  readonly alarm: string
  readonly cause: string
  readonly cause_s: number
  readonly cause_end_s: number | null
  readonly state: 'raised' | 'standing' | 'missed' | 'ended' | 'not-due'
  readonly raised_s: number | null
  readonly latency_s: number | null
}

/** A drug during a changeover. */
export interface ChangeoverDose {
  readonly drug: string
  readonly prescribed_ug: number
  readonly tip_ug: number
  /** Null where none was prescribed. */
  readonly error_percent: number | null
}

/** A time in which the tip gives a constant multiple of what is prescribed, although exactly the prescribed volume flows. */
export interface MeantDose {
  readonly from_s: number
  readonly to_s: number
  /** Given over prescribed; null where none is prescribed. */
  readonly factor: number | null
}

/** A solution. */
export interface Solution {
  readonly drug: string
  readonly concentration_ug_per_mL: number
}

/** What truly was filled; and what was meant to be, where that is another solution. */
export interface ChangingFill extends Solution {
  readonly label?: Solution
}

/**
 * A refill of another drug or concentration: what reached the patient until the line held the new fill. `meant` is what
 * the prescription itself makes of the tip, empty with a right bridge.
 */
export interface ChangeoverAnalysis {
  readonly at_s: number
  readonly from: ChangingFill
  readonly to: ChangingFill
  readonly line_uL: number
  /** When the volume of the line had been displaced, the next change came or the run ended, and which of these it was. */
  readonly to_s: number
  readonly end: 'cleared' | 'next-change' | 'end-of-run'
  readonly doses: readonly ChangeoverDose[]
  readonly meant: readonly MeantDose[]
  /** How many such stretches there are; at most the first 20 are listed. */
  readonly meant_stretches: number
  /**
   * What a bridge has to do at the dose prescribed after the change. Null where no such figure is true: another drug, a line
   * that is not full of the old fill, or a dose, a prime or a next fill that alters it before it would be over.
   */
  readonly bridge: { readonly rate_mL_per_d: number; readonly lasts_s: number; readonly dose_ug: number } | null
  /** And what the tip gives if there is none; null where `bridge` is. */
  readonly without_bridge: { readonly factor: number; readonly lasts_s: number } | null
}

export interface Analysis {
  readonly volume: VolumeAnalysis | null
  /** Every drug that was ever filled or meant to be, that which the first fill was meant to hold first; null where omitted. */
  readonly drugs: readonly DrugAnalysis[] | null
  readonly trumpet: TrumpetAnalysis | null
  readonly start_up: StartUpAnalysis | null
  /** Null too where no bolus ran undisturbed. */
  readonly boluses: BolusAnalysis | null
  /** Null too where no step was ever overdue. */
  readonly interruption: InterruptionAnalysis | null
  /** In order of the causes; null where omitted. */
  readonly alarm_latencies: readonly AlarmLatency[] | null
  /** In order of time; null where omitted. */
  readonly changeovers: readonly ChangeoverAnalysis[] | null
  readonly omitted: readonly Omitted[]
}
