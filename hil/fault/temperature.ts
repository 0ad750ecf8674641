/** The pump takes on another temperature, as outside of a body or in a fever, and each step moves another volume. */
import { type FaultOf, type Injection, lasting, type Sign } from '#hil/fault/fault'

export const temperature: Injection<FaultOf<'temperature'>> = (fault) =>
  lasting(
    fault,
    { to: 'plant', act: { kind: 'heat', to_degC: fault.to_degC } },
    { to: 'plant', act: { kind: 'heat', to_degC: null } },
  )

export const temperatureShows: Sign = ({ heated }) => (heated ? 'a step moved another volume' : null)
