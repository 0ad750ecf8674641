/**
 * Between motor and rollers something slips, a worn shaft or a gear: the motor makes its step, its encoder shows it, and
 * nothing is moved. The pump is told of no loss, for there is none where it looks.
 */
import { type FaultOf, type Injection, lasting, type Sign } from '#hil/fault/fault'

export const motorSlip: Injection<FaultOf<'motor-slip'>> = (fault) =>
  lasting(
    fault,
    { to: 'plant', act: { kind: 'slip', every_steps: fault.every_steps } },
    { to: 'plant', act: { kind: 'slip', every_steps: null } },
  )

export const motorSlipShows: Sign = ({ slipped }) => (slipped ? 'a step of the motor did not turn the rotor' : null)
