/** A carrier that no programmer sends: the pump's receiver hears somebody and nothing is said. */
import { type FaultOf, type Injection, lasting } from '#hil/fault/fault'

export const telemetryCarrier: Injection<FaultOf<'telemetry-carrier'>> = (fault) =>
  lasting(
    fault,
    { to: 'pump', input: { kind: 'carrier', present: true } },
    { to: 'pump', input: { kind: 'carrier', present: false } },
  )
