/** What every therapy has to say of itself: a row of the table of therapies. */
import type { Contents, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { VolumeRate_uL_per_us } from '#units/quantity'

/** How a therapy of mode `M` becomes motion. */
export interface TherapyKind<M extends Therapy['mode']> {
  /** The rate that therapy alone asks for, with what the pump believes it holds. */
  readonly rate: (therapy: Extract<Therapy, { mode: M }>, contents: Contents, model: PumpModel) => VolumeRate_uL_per_us
  /** Whether its rate may lie below the least rate of the pump while nothing runs on top of it. */
  readonly exemptFromLeastRate: boolean
  /** Canonical text of its parameters, for the digest of a transaction. */
  readonly text: (therapy: Extract<Therapy, { mode: M }>) => string
}
