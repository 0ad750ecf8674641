/**
 * The septum of the reservoir leaks: fluid runs into the pocket, past rotor and catheter. Reported: 14 mL missing two hours
 * after a refill, 3.5 mL more the next day (Perruchoud). It leaves in equal portions, evenly over its time.
 */
import type { FaultOf, Injection, Sign, Turn } from '#hil/fault/fault'
import { decimal } from '#units/format'
import { as, type Time_us, type Volume_uL } from '#units/quantity'
import { add, isPositive, ratio, times } from '#units/rational'

/** Enough that none is a tenth of a usual reservoir, few enough to cost nothing. */
const PORTIONS = 100

export const septumLeak: Injection<FaultOf<'septum-leak'>> = ({ at_us, for_us, volume_uL }) => {
  if (for_us === null) return [{ at_us, state: 'begun', deed: letOut(volume_uL) }]
  const portion_uL = as<Volume_uL>(part(volume_uL))
  const portions = Array.from({ length: PORTIONS }, (_, index): Turn => {
    const then_us = as<Time_us>(add(at_us, times(part(for_us), index)))
    return { at_us: then_us, state: index === 0 ? 'begun' : 'changed', deed: letOut(portion_uL) }
  })
  return [...portions, { at_us: as(add(at_us, for_us)), state: 'ended', deed: { to: 'nothing' } }]
}

const part = ({ n, d }: { readonly n: bigint; readonly d: bigint }) => ratio(n, d * BigInt(PORTIONS))

const letOut = (volume_uL: Volume_uL): Turn['deed'] => ({ to: 'plant', act: { kind: 'escape', volume_uL } })

export const septumLeakShows: Sign = ({ escaped_uL }) =>
  isPositive(escaped_uL) ? `${decimal(escaped_uL)} uL left the reservoir through its septum` : null
