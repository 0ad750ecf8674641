/**
 * What lies between reservoir and tip, as far as a prescription is about it.
 */
import type { Scenario } from '#hil/scenario/types'

export interface Plumbing {
  readonly pump: Pick<Scenario['pump'], 'tube_uL'>
  readonly catheter_uL: Scenario['catheter_uL']
  readonly line: Scenario['line']
}
