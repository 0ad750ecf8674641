/** What the bench has to do: with plant and rotor, with the pump, and with the run itself. */
import type { PlantDeed } from '#hil/fault/fault'
import type { FaultTurn } from '#hil/fault/faults'
import type { Numbered } from '#hil/run/fault-side'
import type { Sent } from '#hil/run/pump-side'
import type { Tidings } from '#hil/run/rotor-watch'
import type { RefillEvent, ScriptItem } from '#hil/run/script'
import type { Time_us, Volume_uL } from '#units/quantity'
import type { Rational } from '#units/rational'

/** What plant and rotor do one playout after the instant it belongs to. */
export type PlantWork = { readonly at_us: Time_us } & (
  | { readonly kind: 'collect' }
  | { readonly kind: 'refill'; readonly event: RefillEvent; readonly sent: Sent }
  | { readonly kind: 'rotor'; readonly turn: FaultTurn }
  | { readonly kind: 'befallen'; readonly turn: FaultTurn; readonly act: PlantDeed }
  | { readonly kind: 'profile' }
)

/** What befalls the pump from outside of the script. */
export type Befalling = { readonly at_us: Time_us } & (
  | { readonly kind: 'power-returns'; readonly cut: Numbered }
  | { readonly kind: 'residual'; readonly measured_uL: Volume_uL; readonly refill: Sent }
  | { readonly kind: 'fault'; readonly turn: FaultTurn }
)

/** The next thing to do. */
export type Work = { readonly at_us: Rational } & (
  | { readonly kind: 'plant'; readonly work: PlantWork }
  | { readonly kind: 'tidings'; readonly tidings: Tidings }
  | { readonly kind: 'befalling'; readonly befalling: Befalling }
  | { readonly kind: 'wake' }
  | { readonly kind: 'script'; readonly item: ScriptItem }
  | { readonly kind: 'dispatch' }
  | { readonly kind: 'end' }
  | { readonly kind: 'drained' }
)
