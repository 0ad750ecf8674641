/** Where the line held what, in numbers: a view of the profiles of a trace for programs and pictures. */
import { fromExact } from '#hil/run/exact'
import { recordsOf } from '#hil/run/ledgers'
import type { StretchRecord, Trace } from '#hil/run/trace'
import { divide, subtract, times, toNumber } from '#units/rational'

/** One drug in a stretch of the line. */
export interface DrugInStretch {
  readonly drug: string
  readonly mass_ug: number
  readonly concentration_ug_per_mL: number
}

/** A part of the line in which drug is spread evenly; its ends are volumes of line from the pump on. */
export interface ProfileStretch {
  readonly from_uL: number
  readonly to_uL: number
  /** Whether it holds fluid, or nothing as a new line does. */
  readonly fluid: boolean
  readonly drugs: readonly DrugInStretch[]
}

/** The line at one time, from the pump to the tip and without gaps. */
export interface Profile {
  readonly t_s: number
  /** What the tube had swollen with in front of an occlusion. */
  readonly swelling_uL: number
  readonly stretches: readonly ProfileStretch[]
}

/** The line at each interrogation and at the end of the run, each figure rounded once from its exact value. */
export function profilesOf(trace: Pick<Trace, 'records'>): readonly Profile[] {
  return recordsOf(trace.records, 'profile').map(({ t_us, swelling_uL, stretches }) => ({
    t_s: t_us / 1e6,
    swelling_uL: toNumber(fromExact(swelling_uL)),
    stretches: stretches.map(stretchOf),
  }))
}

function stretchOf({ from_uL, to_uL, fluid, mass_ug }: StretchRecord): ProfileStretch {
  const [from, to] = [fromExact(from_uL), fromExact(to_uL)]
  const drugs = mass_ug.map(([drug, exact_ug]): DrugInStretch => {
    const mass = fromExact(exact_ug)
    const perMicroliter = divide(mass, subtract(to, from))
    return { drug, mass_ug: toNumber(mass), concentration_ug_per_mL: toNumber(times(perMicroliter, 1000)) }
  })
  return { from_uL: toNumber(from), to_uL: toNumber(to), fluid, drugs }
}
