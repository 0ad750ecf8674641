/** The three ledgers at the sample instants of a run, exact and for every drug: the figures behind samples and tables. */
import { valueAt } from '#hil/oracle/line'
import { amountOf, fromExact } from '#hil/run/exact'
import { type Ledgers, NOTHING, type RecordOf, rigReading } from '#hil/run/ledgers'
import { sampleInstants } from '#hil/run/script'
import { compare, type Rational, whole, ZERO } from '#units/rational'

/** What the ledgers say of one drug at an instant. */
export interface ExactMass {
  readonly prescribed_ug: Rational
  readonly believed_ug: Rational
  readonly tip_ug: Rational
}

export interface ExactSample {
  readonly at_us: Rational
  readonly prescribed_uL: Rational
  readonly believed_uL: Rational
  readonly displaced_uL: Rational
  readonly masses: ReadonlyMap<string, ExactMass>
  /** What the pump said of itself at the instant. */
  readonly status: RecordOf<'status'>
}

/** Every drug that is prescribed, believed in or delivered: that of the first fill first. */
export function drugsOf({ drug, prescribed, believed, delivered }: Ledgers): readonly string[] {
  return [...new Set([drug, ...prescribed.mass.keys(), ...believed.mass.keys(), ...delivered.tipMass.keys()])]
}

/** One sample for each sample instant up to which the run is told and at which the pump could be asked. */
export function* exactSamples(ledgers: Ledgers): Generator<ExactSample> {
  const { scenario, prescribed, delivered, believed } = ledgers
  const drugs = drugsOf(ledgers)
  const told_us = whole(ledgers.told_us)
  const statuses = new Map(believed.statuses.map((status) => [status.t_us, status]))
  for (const at_us of sampleInstants(scenario)) {
    if (compare(at_us, told_us) > 0) return
    const status = statuses.get(Number(at_us.n))
    if (status === undefined) continue
    const massOf = (drug: string): ExactMass => {
      const line = prescribed.mass.get(drug)
      return {
        prescribed_ug: line === undefined ? ZERO : valueAt(line, at_us),
        believed_ug: amountOf(status.dose_ug, drug),
        tip_ug: rigReading(delivered.tipMass.get(drug) ?? NOTHING, at_us),
      }
    }
    yield {
      at_us,
      prescribed_uL: valueAt(prescribed.volume, at_us),
      believed_uL: fromExact(status.volume_uL),
      displaced_uL: rigReading(delivered.displaced, at_us),
      masses: new Map(drugs.map((drug) => [drug, massOf(drug)])),
      status,
    }
  }
}
