/**
 * The table of therapies: what each asks of the motor, and which of them the rate limits bind.
 *
 * A therapy is one file beside this one and one row here.
 */
import type { Contents, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { flex } from '#firmware-sim/therapy/flex'
import type { PatternPlace, PatternStart, TherapyKind } from '#firmware-sim/therapy/kind'
import { minimumRate } from '#firmware-sim/therapy/minimum-rate'
import { periodicBolus } from '#firmware-sim/therapy/periodic-bolus'
import { simpleContinuous } from '#firmware-sim/therapy/simple-continuous'
import { stopped } from '#firmware-sim/therapy/stopped'
import type { Time_us, VolumeRate_uL_per_us } from '#units/quantity'

const THERAPIES: { readonly [M in Therapy['mode']]: TherapyKind<M> } = {
  stopped,
  'minimum-rate': minimumRate,
  'simple-continuous': simpleContinuous,
  flex,
  'periodic-bolus': periodicBolus,
}

/** The row of a therapy. The compiler cannot follow that row and therapy share their mode; the table's type ensures it. */
function kindOf<T extends Therapy>(therapy: T): TherapyKind<T['mode']> {
  return THERAPIES[therapy.mode] as TherapyKind<T['mode']>
}

/** The rate a therapy asks for under its boluses, with what the pump believes it holds. */
export function basalRate(therapy: Therapy, contents: Contents, model: PumpModel): VolumeRate_uL_per_us {
  return kindOf(therapy).basal(therapy, contents, model)
}

/** The next bolus a therapy starts by itself; null when there is none. */
export function nextStart(therapy: Therapy, place: PatternPlace): PatternStart | null {
  return kindOf(therapy).nextStart(therapy, place)
}

/** Whether a therapy gives a dose that somebody stated, by mass or by volume. */
export function isDosed(therapy: Therapy): boolean {
  return kindOf(therapy).isDosed
}

/** How long the future of a therapy has to be looked at to have seen every rate and dose it can give. */
export function horizonOf(therapy: Therapy): Time_us {
  return kindOf(therapy).horizon(therapy)
}

/** What no pump of this kind takes, whatever its rate; null when there is nothing. */
export function unfitTherapy(therapy: Therapy): string | null {
  return kindOf(therapy).unfit(therapy)
}

/** Whether the therapy may run below the least rate of the pump while nothing runs on top of it. */
export function isExemptFromLeastRate(therapy: Therapy): boolean {
  return kindOf(therapy).exemptFromLeastRate
}

/** Canonical text of a therapy, for the digest of a transaction. */
export function therapyText(therapy: Therapy): string {
  return `${therapy.mode} ${kindOf(therapy).text(therapy)}`.trimEnd()
}
