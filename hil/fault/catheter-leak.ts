/**
 * Tube or catheter has a hole, is torn, or has come off: a part of what comes by, or all of it, never reaches the tip. The
 * accounts of the pump stay right, for every step left the reservoir. A crack that opens as the body moves leaks again and
 * again.
 */
import { type FaultOf, type Injection, returning, type Sign, spellsOf } from '#hil/fault/fault'
import { decimal } from '#units/format'
import { isPositive } from '#units/rational'

export const catheterLeak: Injection<FaultOf<'catheter-leak'>> = (fault, { duration_us }) => {
  const { position, fraction } = fault
  return returning(
    spellsOf(fault, duration_us),
    { to: 'plant', act: { kind: 'leak', leak: { position, fraction } } },
    { to: 'plant', act: { kind: 'leak', leak: null } },
  )
}

export const catheterLeakShows: Sign = ({ leaked_uL }) =>
  isPositive(leaked_uL) ? `${decimal(leaked_uL)} uL left through the leak at once` : null
