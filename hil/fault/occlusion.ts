/**
 * The way is blocked. Between reservoir and pump the rotor has nothing to move; between pump and patient it fills the tube,
 * which swells as far as it can and gives everything back at once when the way is free. The rotor turns all the while, so
 * a pump without a sensor of pressure notices nothing.
 */
import { type FaultOf, type Injection, lasting, type Sign } from '#hil/fault/fault'

export const occlusion: Injection<FaultOf<'occlusion'>> = (fault) =>
  fault.side === 'upstream'
    ? lasting(
        fault,
        { to: 'plant', act: { kind: 'starve', starved: true } },
        { to: 'plant', act: { kind: 'starve', starved: false } },
      )
    : lasting(
        fault,
        { to: 'plant', act: { kind: 'occlude', compliance_uL: fault.compliance_uL } },
        { to: 'plant', act: { kind: 'release' } },
      )

export const occlusionShows: Sign = ({ blocked }) => (blocked ? 'a step moved nothing through the line' : null)
