/** The pumps and rigs a command line can name. */
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import type { RigDefinition } from '#hil/rig/rig'

const PUMPS: readonly PumpDefinition[] = [modelPump]
const RIGS: readonly RigDefinition[] = [avrRig, idealRig]

/** The pump or rig of that name, or what is wrong with the name. */
export type Named<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string }

export function pumpNamed(name: string): Named<PumpDefinition> {
  return named('pump', name, PUMPS)
}

export function rigNamed(name: string): Named<RigDefinition> {
  return named('rig', name, RIGS)
}

function named<T extends { readonly name: string }>(kind: string, name: string, known: readonly T[]): Named<T> {
  const value = known.find((candidate) => candidate.name === name)
  if (value !== undefined) return { ok: true, value }
  const names = known.map((candidate) => candidate.name)
  return { ok: false, problem: `--${kind} ${JSON.stringify(name)} is not known; this version has: ${names.join(', ')}` }
}
