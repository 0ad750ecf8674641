/**
 * The pump loses its power, at once or in the middle of what it writes to its memory.
 *
 * Only the beginning is known beforehand. When power goes is said by the supply, and it returns so long after that.
 */
import type { FaultOf, Injection } from '#hil/fault/fault'

export const powerCut: Injection<FaultOf<'power-cut'>> = ({ at_us, write }) => [
  { at_us, state: 'begun', deed: { to: 'pump', input: { kind: 'power-fails', atWrite: write } } },
]
