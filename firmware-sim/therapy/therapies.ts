/**
 * The table of therapies: what each asks of the motor, and which of them the rate limits bind.
 *
 * A therapy is one file beside this one and one row here.
 */
import type { Contents, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { TherapyKind } from '#firmware-sim/therapy/kind'
import { minimumRate } from '#firmware-sim/therapy/minimum-rate'
import { simpleContinuous } from '#firmware-sim/therapy/simple-continuous'
import { stopped } from '#firmware-sim/therapy/stopped'
import type { VolumeRate_uL_per_us } from '#units/quantity'

const THERAPIES: { readonly [M in Therapy['mode']]: TherapyKind<M> } = {
  stopped,
  'minimum-rate': minimumRate,
  'simple-continuous': simpleContinuous,
}

/** The row of a therapy. The compiler cannot follow that row and therapy share their mode; the table's type ensures it. */
function kindOf<T extends Therapy>(therapy: T): TherapyKind<T['mode']> {
  return THERAPIES[therapy.mode] as TherapyKind<T['mode']>
}

/** The rate a therapy alone asks for, with what the pump believes it holds. */
export function therapyRate(therapy: Therapy, contents: Contents, model: PumpModel): VolumeRate_uL_per_us {
  return kindOf(therapy).rate(therapy, contents, model)
}

/** Whether the therapy may run below the least rate of the pump while nothing runs on top of it. */
export function isExemptFromLeastRate(therapy: Therapy): boolean {
  return kindOf(therapy).exemptFromLeastRate
}

/** Canonical text of a therapy, for the digest of a transaction. */
export function therapyText(therapy: Therapy): string {
  return `${therapy.mode} ${kindOf(therapy).text(therapy)}`.trimEnd()
}
