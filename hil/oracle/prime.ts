/**
 * A prime: fills what lies between reservoir and tip at the highest rate of the pump, in place of everything else.
 *
 * Its volume is prescribed and its mass is not: what it moves is to fill the line, not to be a dose.
 */
import type { Plumbing } from '#hil/oracle/plumbing'
import type { Prime } from '#hil/scenario/types'
import { add, divide, larger, type Rational } from '#units/rational'

/** How much a prime moves; left to itself the catheter, and the tube too when the line held no drug at the start. */
export function primeVolume({ volume }: Prime, { pump, catheter_uL, line }: Plumbing, primedBefore: boolean): Rational {
  if (volume !== 'auto') return volume
  return line !== 'filled' && !primedBefore ? add(pump.tube_uL, catheter_uL) : catheter_uL
}

/** When priming ends; a prime that begins while another runs goes on after it. */
export function primedUntil(
  running_us: Rational | undefined,
  at_us: Rational,
  volume: Rational,
  rate: Rational,
): Rational {
  return add(larger(running_us ?? at_us, at_us), divide(volume, rate))
}
