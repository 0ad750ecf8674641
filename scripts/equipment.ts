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
import { exactSpeed, isOnPort, wireRigNamed } from '#scripts/wire-rigs'

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

export interface Equipment {
  readonly pump: Named<PumpDefinition>
  readonly rig: Named<RigDefinition>
}

/** A pump that is emulated is asked once a minute: what it has to say it keeps for longer, and each question takes 25 ms of a core. */
const ASK_us = 60_000_000

export function equipmentOf(options: EquipmentOptions): Equipment {
  const { rig = 'avr', pump = 'model', speed, sense, encoder = true } = options
  if (sense === undefined) {
    if (!encoder)
      return { pump: pumpOf(pump), rig: wrong('--no-encoder says how a rig is wired that looks on; give --sense too') }
    return {
      pump: pumpOf(pump),
      rig: wireRigNamed(rig, speed === undefined ? {} : { speed: exactSpeed(speed) }) ?? rigNamed(rig),
    }
  }
  const wiring: PumpWiring = { lines: sense, encoder }
  if (speed !== undefined)
    return {
      pump: pumpOf(pump),
      rig: wrong('--speed with --sense: a pump that turns its own motor cannot be hurried; leave it out'),
    }
  if (isOnPort(rig)) return { pump: onlyOnEmulated(pump), rig: wireRigNamed(rig, { sense: wiring }) ?? rigNamed(rig) }
  if (rig !== 'avr') {
    const known = rigNamed(rig)
    const problem = `--sense with --rig ${rig}: it has no lines to look at; take avr, serial:PATH or tcp:HOST:PORT`
    return { pump: pumpOf(pump), rig: known.ok ? wrong(problem) : known }
  }
  return pairOf(pump, wiring)
}

/** The two emulated controllers. */
function pairOf(name: string, wiring: PumpWiring): Equipment {
  const image = chipImageNamed(name)
  if (image === null) {
    const problem =
      '--rig avr --sense looks at the pins of a pump on another emulated controller: give its machine code, --pump avr:IMAGE.hex'
    return { pump: pumpOf(name), rig: wrong(problem) }
  }
  if (!image.ok) return { pump: image, rig: rigNamed('avr') }
  const { pump, rig } = pumpPair({ name, image: image.value, wiring, ask_us: ASK_us, onLog: shownLine })
  return { pump: { ok: true, value: pump }, rig: { ok: true, value: rig } }
}

function onlyOnEmulated(pump: string): Named<PumpDefinition> {
  if (!isChipImage(pump)) return pumpOf(pump)
  return wrong(`--pump ${JSON.stringify(pump)}: an emulated pump is wired to the emulated rig alone; take --rig avr`)
}

function pumpOf(name: string): Named<PumpDefinition> {
  const image = chipImageNamed(name)
  if (image !== null && !image.ok) return image
  if (image !== null) return { ok: true, value: chipPump({ name, image: image.value, onLog: shownLine }) }
  const found = anyPumpNamed(name)
  return found.ok || isOnWire(name) ? found : wrong(`${found.problem}, avr:IMAGE.hex`)
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}
