/**
 * At the change of summer time the clock of the pump is left as it is, or two people set it one after the other: each by
 * the hour. The clock on the wall, and with it what is prescribed, follows what the scenario says.
 */
import type { FaultOf, Injection } from '#hil/fault/fault'

export const clockSetting: Injection<FaultOf<'clock-setting'>> = ({ at_us, how }) => [
  { at_us, state: 'begun', deed: { to: 'programmer', setting: how } },
]
