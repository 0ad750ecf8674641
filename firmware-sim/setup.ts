/** What is set before a pump begins: its model, what it was told of its contents, and what the clinic limits. */
import type { Contents, Limits } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Time_us, Volume_uL } from '#units/quantity'

export interface PumpSetup {
  readonly model: PumpModel
  /** What the pump is told it holds, and how much of it. */
  readonly contents: Contents
  readonly volume_uL: Volume_uL
  readonly limits: Limits
  /** What the pump's clock shows at the start, in microseconds since 1970-01-01T00:00 local. */
  readonly clock_us: Time_us
  /** Volume of the catheter it is connected to. */
  readonly catheter_uL: Volume_uL
  /** Whether tube and catheter hold the drug at the start; one that is empty, or full of something else, is to be primed. */
  readonly line: 'filled' | 'empty'
}
