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

/** `where` is what a message says the name was given by. */
export function pumpNamed(name: string, where = '--pump'): Named<PumpDefinition> {
  return named(where, name, PUMPS)
}

/** `where` is what a message says the name was given by. */
export function rigNamed(name: string, where = '--rig'): Named<RigDefinition> {
  return named(where, name, RIGS)
}

function named<T extends { readonly name: string }>(where: string, name: string, known: readonly T[]): Named<T> {
  const value = known.find((candidate) => candidate.name === name)
  if (value !== undefined) return { ok: true, value }
  const names = known.map((candidate) => candidate.name)
  return { ok: false, problem: `${where} ${JSON.stringify(name)} is not known; this version has: ${names.join(', ')}` }
}
