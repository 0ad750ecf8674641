/**
 * Everything that is drawn of a run: its ledgers, reservoirs and concentrations as curves, ready to be put on a page.
 *
 * The names are those of the figures in a result. Differences and flows follow from these curves wherever they are drawn,
 * so they are carried only where the curves themselves are too long to be.
 */
import { CountedFlow, windowFor } from '#hil/report/curves/counted-flow'
import { type Curve, until } from '#hil/report/curves/curve'
import { Gap } from '#hil/report/curves/gap'
import { Ramps } from '#hil/report/curves/ramps'
import { Stairs } from '#hil/report/curves/stairs'
import { type CurveTable, curveOf } from '#hil/report/curves/table'

/** Names of what is carried and of what follows from it. A concentration is that of the drug with the number. */
export type CurveName =
  | 'prescribed_uL'
  | 'believed_uL'
  | 'displaced_uL'
  | 'prescribed_ug'
  | 'believed_ug'
  | 'tip_ug'
  | 'displaced_minus_prescribed_uL'
  | 'believed_minus_displaced_uL'
  | 'tip_minus_prescribed_ug'
  | 'believed_minus_tip_ug'
  | 'prescribed_uL_per_h'
  | 'displaced_uL_per_h'
  | 'believed_reservoir_uL'
  | 'reservoir_uL'
  | 'believed_ug_per_mL'
  | `tip_ug_per_mL_${number}`

/** The curves that a run has, by name. */
export type CurveTables = { readonly [Name in CurveName]?: CurveTable }

export interface RunCurves {
  /** Digest of the trace they were drawn from: the run they belong to. */
  readonly trace_sha256: string
  /** `parts`: every step is there; `bands`: only the extremes of buckets; `samples`: drawn from the samples of the result. */
  readonly detail: 'parts' | 'bands' | 'samples'
  readonly end_s: number
  /** Up to when what was believed and what was delivered is known; absent where both are to the end. */
  readonly known_s?: { readonly believed: number; readonly delivered: number }
  /** Largest volume of a step, and 0 where none was made. */
  readonly step_uL: number
  /** Relative tolerance of the pump model; 0 where it is not known. */
  readonly tolerance: number
  /** In the order of the numbers in curve names; the first one is that of the doses. */
  readonly drugs: readonly string[]
  /** Length of the windows in which the flow of `bands` was counted; null where it can be counted anew. */
  readonly flowWindow_s: number | null
  readonly tables: CurveTables
}

/** The curves that are there, with their names. */
export function namedTables(tables: CurveTables): readonly (readonly [name: CurveName, table: CurveTable])[] {
  return Object.entries(tables).flatMap(([name, table]) =>
    table === undefined ? [] : [[name as CurveName, table] as const],
  )
}

/** The part of a run that is looked at. */
export interface View {
  readonly from_s: number
  readonly to_s: number
}

const HOUR_s = 3600

/** The curves of a run by name, those that follow from others included. */
export class Drawable {
  readonly run: RunCurves
  readonly #curves = new Map<CurveName, Curve>()

  constructor(run: RunCurves) {
    this.run = run
    for (const [name, table] of namedTables(run.tables)) this.#curves.set(name, curveOf(table))
    this.#gap('displaced_minus_prescribed_uL', 'displaced_uL', 'prescribed_uL')
    this.#gap('tip_minus_prescribed_ug', 'tip_ug', 'prescribed_ug')
    const prescribed = this.#curves.get('prescribed_uL')
    if (prescribed instanceof Ramps) this.#curves.set('prescribed_uL_per_h', prescribed.rates(run.end_s, HOUR_s))
  }

  /** A curve as it is to be drawn in a view; undefined where the run has none of the name. */
  curve(name: CurveName, view: View): Curve | undefined {
    const curve = this.#whole(name, view)
    const known_s = this.#known_s(name)
    return curve === undefined || known_s >= this.run.end_s ? curve : until(curve, known_s)
  }

  #whole(name: CurveName, view: View): Curve | undefined {
    const displaced = this.#curves.get('displaced_uL')
    if (name !== 'displaced_uL_per_h' || !(displaced instanceof Stairs)) return this.#curves.get(name)
    return new CountedFlow(displaced, this.flowWindow_s(view), this.#known_s(name), HOUR_s)
  }

  /** What is prescribed is known to the end of any run. */
  #known_s(name: CurveName): number {
    const { end_s, known_s } = this.run
    if (known_s === undefined || name.startsWith('prescribed')) return end_s
    return name.startsWith('believed') ? known_s.believed : known_s.delivered
  }

  /** The length of the windows in which flow is counted in a view. */
  flowWindow_s({ from_s, to_s }: View): number {
    const { flowWindow_s, step_uL, end_s } = this.run
    if (flowWindow_s !== null) return flowWindow_s
    const most = this.#curves.get('prescribed_uL_per_h')?.within(from_s, to_s)?.most ?? 0
    const [displaced] = [this.#curves.get('displaced_uL')?.within(from_s, to_s)]
    const mean = displaced === undefined ? 0 : (displaced.last - displaced.first) / Math.max(1, to_s - from_s)
    return Math.min(windowFor(step_uL, Math.max(most / HOUR_s, mean), to_s - from_s), Math.max(1, end_s))
  }

  #gap(name: CurveName, moved: CurveName, meant: CurveName): void {
    const [stairs, ramps] = [this.#curves.get(moved), this.#curves.get(meant)]
    if (stairs instanceof Stairs && ramps instanceof Ramps) this.#curves.set(name, new Gap(stairs, ramps))
  }
}
