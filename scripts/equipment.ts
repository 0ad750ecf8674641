/**
 * What a run is made of, by the names that a command line gives: the pump under test, and a rig that turns the motor or that looks on while the pump
 * turns its own.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import { chipPump, pumpPair } from '#hil/rig/avr/pump-pair'
import type { RigDefinition } from '#hil/rig/rig'
import type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
import { chipImageNamed, isChipImage } from '#scripts/pump-link/chip-image'
import { anyPumpNamed, isOnWire, shownLine } from '#scripts/pump-link/wire-pumps'
import { type Named, rigNamed } from '#scripts/registry'
import { anyRigNamed, exactSpeed, isOnPort } from '#scripts/wire-rigs'

/** What the rig is wired to that looks on. */
export type SensedLines = PumpWiring['lines']

export interface EquipmentOptions {
  readonly rig?: string
  readonly pump?: string
  readonly speed?: number
  readonly sense?: SensedLines
  /** Only with `sense`: whether an encoder is on the motor of the pump; there is one unless given. */
  readonly encoder?: boolean
}

/** What messages say that each choice was given by. */
export interface ChoiceNames {
  readonly rig: string
  readonly pump: string
  readonly speed: string
  readonly sense: string
  readonly noEncoder: string
}

const COMMAND_LINE: ChoiceNames = {
  ...{ rig: '--rig', pump: '--pump', speed: '--speed', sense: '--sense', noEncoder: '--no-encoder' },
}

export interface Equipment {
  readonly pump: Named<PumpDefinition>
  readonly rig: Named<RigDefinition>
}

/** A pump that is emulated is asked once a minute: what it has to say it keeps for longer, and each question takes 25 ms of a core. */
const ASK_us = 60_000_000

export function equipmentOf(options: EquipmentOptions, names = COMMAND_LINE): Equipment {
  const { rig = 'avr', pump = 'model', speed, sense, encoder = true } = options
  const pumpAlone = () => pumpOf(pump, names)
  if (sense === undefined) {
    if (!encoder) {
      const problem = `${names.noEncoder} says how a rig is wired that looks on; give ${names.sense} too`
      return { pump: pumpAlone(), rig: wrong(problem) }
    }
    const settings = speed === undefined ? {} : { speed: exactSpeed(speed) }
    return { pump: pumpAlone(), rig: anyRigNamed(rig, settings, names.rig) }
  }
  const wiring: PumpWiring = { lines: sense, encoder }
  if (speed !== undefined) {
    const problem = `${names.speed} with ${names.sense}: a pump that turns its own motor cannot be hurried; leave it out`
    return { pump: pumpAlone(), rig: wrong(problem) }
  }
  if (isOnPort(rig)) return { pump: onlyOnEmulated(pump, names), rig: anyRigNamed(rig, { sense: wiring }, names.rig) }
  if (rig !== 'avr') {
    const known = anyRigNamed(rig, {}, names.rig)
    const problem = `${names.sense} with ${names.rig} ${rig}: it has no lines to look at; take avr, serial:PATH or tcp:HOST:PORT`
    return { pump: pumpAlone(), rig: known.ok ? wrong(problem) : known }
  }
  return pairOf(pump, wiring, names)
}

/** The two emulated controllers. */
function pairOf(name: string, wiring: PumpWiring, names: ChoiceNames): Equipment {
  const image = chipImageNamed(name, names.pump)
  if (image === null) {
    const problem = `${names.rig} avr ${names.sense} looks at the pins of a pump on another emulated controller: give its machine code, ${names.pump} avr:IMAGE.hex`
    return { pump: pumpOf(name, names), rig: wrong(problem) }
  }
  if (!image.ok) return { pump: image, rig: rigNamed('avr') }
  const { pump, rig } = pumpPair({ name, image: image.value, wiring, ask_us: ASK_us, onLog: shownLine })
  return { pump: { ok: true, value: pump }, rig: { ok: true, value: rig } }
}

function onlyOnEmulated(pump: string, names: ChoiceNames): Named<PumpDefinition> {
  if (!isChipImage(pump)) return pumpOf(pump, names)
  return wrong(
    `${names.pump} ${JSON.stringify(pump)}: an emulated pump is wired to the emulated rig alone; take ${names.rig} avr`,
  )
}

function pumpOf(name: string, names: ChoiceNames): Named<PumpDefinition> {
  const image = chipImageNamed(name, names.pump)
  if (image !== null && !image.ok) return image
  if (image !== null) return { ok: true, value: chipPump({ name, image: image.value, onLog: shownLine }) }
  const found = anyPumpNamed(name, names.pump)
  return found.ok || isOnWire(name) ? found : wrong(`${found.problem}, avr:IMAGE.hex`)
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}

/** What is wrong with a speed for a rig that has no clock on the wall; null where nothing is. */
export function speedProblem({ name, clock }: RigDefinition, speed?: number, names = COMMAND_LINE): string | null {
  if (clock === 'wall' || speed === undefined) return null
  return `${names.speed} has no meaning on ${names.rig} ${name}, whose clock is virtual; leave it out`
}
