/**
 * A pump in machine code on one emulated controller, spoken to over its UART, and what measures it: the rig firmware on another, wired to it pin to
 * pin. What the pump believes and what its pins do come from one and the same machine code.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import { wirePump } from '#hil/pump/wire/remote'
import { AWAKE_cycles, ChipLink, chipLink } from '#hil/rig/avr/chip-link'
import { type EmulatedInstrumentOptions, emulatedInstrument } from '#hil/rig/avr/instrument'
import type { PumpBench } from '#hil/rig/avr/pump-bench'
import { defineRig, type RigDefinition } from '#hil/rig/rig'

export interface ChipPumpOptions {
  /** As on the command line and in the result. */
  readonly name: string
  /** Flash and EEPROM image of the pump. */
  readonly image: EmulatedInstrumentOptions['pump']
  /** How often a free-running one is asked at least, in microseconds; each 10 s if not given. */
  readonly ask_us?: number
  /** Told of each log line of the pump. */
  readonly onLog?: (line: string) => void
}

export interface PumpPairOptions extends ChipPumpOptions, Omit<EmulatedInstrumentOptions, 'pump' | 'spokenTo'> {}

export interface PumpPair {
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
}

/** A pump on an emulated controller of its own, with nothing at its pins: each run begins with its power. */
export function chipPump(options: ChipPumpOptions): PumpDefinition {
  return spokenTo(options, () => chipLink(options.image))
}

/**
 * The pump and the rig of the same run, to be used together and for one run at a time: a rig that is made next takes the pump with it. Asked what it
 * can while there is none, the pump is a controller of its own.
 */
export function pumpPair(options: PumpPairOptions): PumpPair {
  let bench: PumpBench | undefined
  const spoken = (wired: PumpBench) => {
    wired.runPumpTo(AWAKE_cycles)
    bench = wired
  }
  const instrument = emulatedInstrument({ ...options, pump: options.image, spokenTo: spoken })
  const pump = spokenTo(options, () => {
    if (bench === undefined) return chipLink(options.image)
    const wired = bench
    return new ChipLink(wired.pump, (cycle) => wired.runPumpTo(cycle))
  })
  const create = () => {
    const rig = instrument.create()
    const close = rig.close.bind(rig)
    rig.close = () => {
      bench = undefined
      return close()
    }
    return rig
  }
  return { pump, rig: defineRig({ ...instrument, create }) }
}

function spokenTo({ name, ask_us, onLog }: ChipPumpOptions, connect: () => ChipLink): PumpDefinition {
  let sessions = 0
  return wirePump({
    ...{ name, connect },
    nonce: () => {
      sessions += 1
      return sessions
    },
    ...(ask_us === undefined ? {} : { ask_us }),
    ...(onLog === undefined ? {} : { onLog }),
  })
}
