/** What the parts of a generated scenario have in common: its dice, its instants, and how much the patient gets. */
import type { Dice } from '#hil/explore/dice'
import type { Features } from '#hil/explore/features'
import type { Instants } from '#hil/explore/instants'
import type { Rational } from '#units/rational'

/** Plain data, as a scenario file holds it. */
export type Written = Readonly<Record<string, unknown>>

export interface Scene {
  readonly dice: Dice
  readonly features: Features
  readonly days: number
  readonly instants: Instants
  /** About what a day's therapy gives, in uL. */
  readonly pace_uL: number
  /** Of the first fill as the pump was told, in ug/uL. */
  readonly concentration: Rational
  /** Volume of the reservoir, in uL. */
  readonly reservoir_uL: number
}
