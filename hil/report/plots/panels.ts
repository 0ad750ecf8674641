/**
 * What is drawn of a run, panel by panel, all on one axis of time.
 */
import type { CurveName, RunCurves } from '#hil/report/curves/run-curves'

/** The ledger that a line belongs to, which gives it its look. */
export type Ledger = 'prescribed' | 'believed' | 'delivered'

export interface LineSpec {
  readonly name: string
  readonly ledger: Ledger
  readonly curve: CurveName
}

export interface PanelSpec {
  readonly id: string
  readonly title: string
  readonly unit: string
  /** In pixels, of the part between the axes. */
  readonly height: number
  /** Drawn in this order, the last on top. */
  readonly lines: readonly LineSpec[]
  /** The curve about which the tolerance of the pump is drawn. */
  readonly band?: CurveName
  /** Whether one motor step is drawn on both sides of zero. */
  readonly step?: boolean
  /** Whether the axis holds zero however far one looks into it. */
  readonly zero: boolean
}

type Row = readonly [id: string, title: string, unit: string, height: number, more: Partial<PanelSpec>]
type Line = readonly [name: string, ledger: Ledger, curve: CurveName]

/** Every panel but that of the concentrations, whose lines are those of the drugs of a run. */
const PANELS: readonly (readonly [Row, ...Line[]])[] = [
  [
    ['volume', 'volume since start', 'uL', 190, { band: 'prescribed_uL' }],
    ['prescribed', 'prescribed', 'prescribed_uL'],
    ['delivered', 'delivered', 'displaced_uL'],
    ['believed', 'believed', 'believed_uL'],
  ],
  [
    ['volume-gap', 'difference of volumes', 'uL', 110, { zero: true, step: true }],
    ['delivered − prescribed', 'delivered', 'displaced_minus_prescribed_uL'],
    ['believed − delivered', 'believed', 'believed_minus_displaced_uL'],
  ],
  [
    ['flow', 'flow', 'uL/h', 130, { zero: true }],
    ['prescribed', 'prescribed', 'prescribed_uL_per_h'],
    ['delivered', 'delivered', 'displaced_uL_per_h'],
  ],
  [
    ['mass', 'drug mass since start', 'ug', 190, { band: 'prescribed_ug' }],
    ['prescribed', 'prescribed', 'prescribed_ug'],
    ['out of the tip', 'delivered', 'tip_ug'],
    ['believed', 'believed', 'believed_ug'],
  ],
  [
    ['mass-gap', 'difference of masses', 'ug', 110, { zero: true }],
    ['tip − prescribed', 'delivered', 'tip_minus_prescribed_ug'],
    ['believed − tip', 'believed', 'believed_minus_tip_ug'],
  ],
  [
    ['reservoir', 'reservoir', 'uL', 110, {}],
    ['true', 'delivered', 'reservoir_uL'],
    ['believed', 'believed', 'believed_reservoir_uL'],
  ],
]

function panel([[id, title, unit, height, more], ...lines]: readonly [Row, ...Line[]]): PanelSpec {
  const specs = lines.map(([name, ledger, curve]): LineSpec => ({ name, ledger, curve }))
  return { id, title, unit, height, zero: false, ...more, lines: specs }
}

/** The panels of a run: those for which it has a curve, and no others. */
export function panelsOf(run: RunCurves): readonly PanelSpec[] {
  const drugs = run.drugs.map((drug, index): Line => {
    return [drug, index === 0 ? 'delivered' : 'prescribed', `tip_ug_per_mL_${index}`]
  })
  const concentration = panel([
    ['concentration', 'concentration at the tip', 'ug/mL', 110, { zero: true }],
    ...drugs,
    ['believed, at the pump', 'believed', 'believed_ug_per_mL'],
  ])
  return [...PANELS.map(panel), concentration].filter(({ lines }) => lines.some(({ curve }) => hasCurve(run, curve)))
}

const FOLLOWS_FROM: Readonly<Partial<Record<CurveName, CurveName>>> = {
  displaced_minus_prescribed_uL: 'displaced_uL',
  tip_minus_prescribed_ug: 'tip_ug',
  prescribed_uL_per_h: 'prescribed_uL',
  displaced_uL_per_h: 'displaced_uL',
}

function hasCurve(run: RunCurves, name: CurveName): boolean {
  const source = FOLLOWS_FROM[name]
  return name in run.tables || (run.detail === 'parts' && source !== undefined && source in run.tables)
}
