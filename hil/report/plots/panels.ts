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

const FIXED: readonly PanelSpec[] = [
  {
    id: 'volume',
    title: 'volume since start',
    unit: 'uL',
    height: 190,
    zero: false,
    band: 'prescribed_uL',
    lines: [
      { name: 'prescribed', ledger: 'prescribed', curve: 'prescribed_uL' },
      { name: 'delivered', ledger: 'delivered', curve: 'displaced_uL' },
      { name: 'believed', ledger: 'believed', curve: 'believed_uL' },
    ],
  },
  {
    id: 'volume-gap',
    title: 'difference of volumes',
    unit: 'uL',
    height: 110,
    zero: true,
    step: true,
    lines: [
      { name: 'delivered − prescribed', ledger: 'delivered', curve: 'displaced_minus_prescribed_uL' },
      { name: 'believed − delivered', ledger: 'believed', curve: 'believed_minus_displaced_uL' },
    ],
  },
  {
    id: 'flow',
    title: 'flow',
    unit: 'uL/h',
    height: 130,
    zero: true,
    lines: [
      { name: 'prescribed', ledger: 'prescribed', curve: 'prescribed_uL_per_h' },
      { name: 'delivered', ledger: 'delivered', curve: 'displaced_uL_per_h' },
    ],
  },
  {
    id: 'mass',
    title: 'drug mass since start',
    unit: 'ug',
    height: 190,
    zero: false,
    band: 'prescribed_ug',
    lines: [
      { name: 'prescribed', ledger: 'prescribed', curve: 'prescribed_ug' },
      { name: 'out of the tip', ledger: 'delivered', curve: 'tip_ug' },
      { name: 'believed', ledger: 'believed', curve: 'believed_ug' },
    ],
  },
  {
    id: 'mass-gap',
    title: 'difference of masses',
    unit: 'ug',
    height: 110,
    zero: true,
    lines: [
      { name: 'tip − prescribed', ledger: 'delivered', curve: 'tip_minus_prescribed_ug' },
      { name: 'believed − tip', ledger: 'believed', curve: 'believed_minus_tip_ug' },
    ],
  },
  {
    id: 'reservoir',
    title: 'reservoir',
    unit: 'uL',
    height: 110,
    zero: false,
    lines: [
      { name: 'true', ledger: 'delivered', curve: 'reservoir_uL' },
      { name: 'believed', ledger: 'believed', curve: 'believed_reservoir_uL' },
    ],
  },
]

/** The panels of a run: those for which it has a curve, and no others. */
export function panelsOf(run: RunCurves): readonly PanelSpec[] {
  const concentration: PanelSpec = {
    id: 'concentration',
    title: 'concentration at the tip',
    unit: 'ug/mL',
    height: 110,
    zero: true,
    lines: [
      ...run.drugs.map(
        (drug, index): LineSpec => ({
          name: drug,
          ledger: index === 0 ? 'delivered' : 'prescribed',
          curve: `tip_ug_per_mL_${index}`,
        }),
      ),
      { name: 'believed, at the pump', ledger: 'believed', curve: 'believed_ug_per_mL' },
    ],
  }
  return [...FIXED, concentration].filter(({ lines }) => lines.some(({ curve }) => hasCurve(run, curve)))
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
