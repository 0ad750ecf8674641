/** The richest and the leanest day of a drug, in words. */
import type { Harm } from '#hil/run/detection/types'
import { decimal } from '#units/format'

/** `most in 24 h 4800 ug, prescribed at most 480 ug`, and `least in 24 h 440 of 480 ug` where something was missed. */
export function daysText({ tip_24h_ug, prescribed_24h_ug, least_24h }: Harm): string {
  const least =
    least_24h === null
      ? ''
      : `; least in 24 h ${decimal(least_24h.tip_ug, 4)} of ${decimal(least_24h.prescribed_ug, 4)} ug`
  return `most in 24 h ${decimal(tip_24h_ug, 4)} ug, prescribed at most ${decimal(prescribed_24h_ug, 4)} ug${least}`
}
