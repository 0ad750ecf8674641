/** What a user can choose of a bench besides rig and pump, as text: the same on the command line and in the environment. */
import type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
import type { Named } from '#scripts/registry'

/** What a rig can be wired to that looks on. */
export const SENSED_LINES = ['coils', 'step'] as const satisfies readonly PumpWiring['lines'][]

const LEAST_SPEED = 0.01

/** The speed that a text says, or what is wrong with it. */
export function speedOf(text: string): Named<number> {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) return { ok: false, problem: 'a speed is a number above zero' }
  if (/^\d{1,5}(\.\d{1,3})?$/.test(text) && value >= LEAST_SPEED) return { ok: true, value }
  return { ok: false, problem: `a speed is from ${LEAST_SPEED} to 99999, with at most three decimals` }
}
