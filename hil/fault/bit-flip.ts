/** A bit of the stored record turns over, as a particle or an aged cell of memory makes it. */
import type { FaultOf, Injection } from '#hil/fault/fault'
import { chance } from '#hil/fault/seed'

/** Bits among which one is drawn: more than a record has, so that each of it is as likely as any other. */
const BITS = 2 ** 32

export const bitFlip: Injection<FaultOf<'bit-flip'>> = ({ at_us, copy, bit, part }, { seed }) => [
  {
    at_us,
    state: 'fired',
    deed: {
      to: 'pump',
      input: {
        kind: 'bit-flip',
        copy,
        bit: bit ?? Math.floor(chance(seed) * BITS),
        ...(part === null ? {} : { part }),
      },
    },
  },
]
