/**
 * A film grows on the electrodes of the cell: at rest it reads as full as before, under the current of a step it does not.
 * Shown by returned pumps, 0.13 % of them at first and 3.17 % of those implanted later (TGA RC-2017-RN-00567-1).
 */
import { type FaultOf, type Injection, lasting } from '#hil/fault/fault'
import { as } from '#units/quantity'
import { negate } from '#units/rational'

export const cellResistance: Injection<FaultOf<'cell-resistance'>> = (fault) =>
  lasting(
    fault,
    { to: 'pump', input: { kind: 'cell-resistance', by_ohm: fault.by_ohm } },
    { to: 'pump', input: { kind: 'cell-resistance', by_ohm: as(negate(fault.by_ohm)) } },
  )
