/** What every therapy has to say of itself: a row of the table of therapies. */
import type { PumpClock } from '#firmware-sim/clock'
import type { Contents, Dose, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Time_us, VolumeRate_uL_per_us } from '#units/quantity'

/** A bolus that a therapy starts by itself. */
export interface PatternStart {
  readonly at_us: Time_us
  readonly dose: Dose
  readonly over_us: Time_us
  /** Its place in the pattern; the next start has a larger one. */
  readonly index: number
}

/** Where in a pattern to look for the next start. */
export interface PatternPlace {
  /** When the therapy began. */
  readonly began_us: Time_us
  readonly clock: PumpClock
  /** The earliest instant; looked at only where `after` is null. */
  readonly from_us: Time_us
  /** Index of the start before; null to look for the first one. */
  readonly after: number | null
}

/** How a therapy of mode `M` becomes motion. */
export interface TherapyKind<M extends Therapy['mode']> {
  /** The rate under all boluses, with what the pump believes it holds. */
  readonly basal: (therapy: Extract<Therapy, { mode: M }>, contents: Contents, model: PumpModel) => VolumeRate_uL_per_us
  /** The next bolus of its pattern; null for a therapy without. */
  readonly nextStart: (therapy: Extract<Therapy, { mode: M }>, place: PatternPlace) => PatternStart | null
  /** Whether it gives a dose that somebody stated. */
  readonly isDosed: boolean
  /** How long the future has to be looked at to have seen every rate and dose the pattern can give. */
  readonly horizon: (therapy: Extract<Therapy, { mode: M }>) => Time_us
  /** What no pump of this kind takes, whatever its rate; null when there is nothing. */
  readonly unfit: (therapy: Extract<Therapy, { mode: M }>) => string | null
  /** Whether its rate may lie below the least rate of the pump while nothing runs on top of it. */
  readonly exemptFromLeastRate: boolean
  /** Canonical text of its parameters, for the digest of a transaction. */
  readonly text: (therapy: Extract<Therapy, { mode: M }>) => string
}

const NOTHING = () => null

/** The parts that a therapy without a pattern has in common with all such. */
export const WITHOUT_PATTERN = {
  nextStart: NOTHING,
  unfit: NOTHING,
} as const
