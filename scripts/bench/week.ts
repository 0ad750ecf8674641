/**
 * What a week on the emulated controller is spent on: frames, steps and idling.
 *
 * Once of the cycles of the controller, most of which it sleeps through, and once of the time of this process, which costs
 * much for a cycle awake and little for a cycle asleep. An interrupt of the serial line counts to the frames, one of the
 * alarm or the encoder to the steps, and the turn of the clock each 4.19 s to idling, as sleep does; the main program counts
 * to the interrupt it follows. The host's end of the link counts to what the controller is at meanwhile, mostly idling.
 */
import { modelPump } from '#hil/pump/model'
import type { Activity } from '#hil/rig/avr/core'
import { VECTOR } from '#hil/rig/avr/registers'
import { emulatedRig, rigFirmware } from '#hil/rig/avr/rig'
import { defineRig, type Rig, type RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { milliseconds, type Row } from '#scripts/bench/row'
import { scenarioOf } from '#scripts/bench/scenario'

export const WEEK_d = 7
/** Two thousand steps a day and nothing else. */
export const WEEK = `schema: pumpbench/scenario@1
name: week
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }
clock: 2026-01-05T08:00
duration: ${WEEK_d} d
prescription:
  - at: 0 d
    therapy: { mode: simple-continuous, dose: 0.5 mL/d }
`

const KINDS = ['frames', 'steps', 'idle'] as const
type Kind = (typeof KINDS)[number]

/** By vector; the interrupts of the converter and the EEPROM serve telemetry and the start. */
const KIND_OF: ReadonlyMap<Activity, Kind> = new Map<Activity, Kind>([
  [VECTOR.TIMER1_COMPA, 'steps'],
  [VECTOR.TIMER1_COMPB, 'steps'],
  [VECTOR.PCINT2, 'steps'],
  [VECTOR.TIMER1_OVF, 'idle'],
  ['asleep', 'idle'],
])

interface Spent {
  cycles: number
  awake_cycles: number
  wall_ms: number
}

/** Counts what the controller is at; its wall clock runs only while the rig is at work. */
class Meter {
  readonly spent: Readonly<Record<Kind, Spent>> = { frames: nothing(), steps: nothing(), idle: nothing() }
  #kind: Kind = 'frames'
  #awake = true
  #since_cycle = 0
  #since_ms = 0

  turn(activity: Activity, cycle: number): void {
    const spent = this.spent[this.#kind]
    spent.cycles += cycle - this.#since_cycle
    if (this.#awake) spent.awake_cycles += cycle - this.#since_cycle
    this.stop()
    this.start()
    this.#since_cycle = cycle
    this.#awake = activity !== 'asleep'
    if (activity !== 'program') this.#kind = KIND_OF.get(activity) ?? 'frames'
  }

  start(): void {
    this.#since_ms = performance.now()
  }

  stop(): void {
    this.spent[this.#kind].wall_ms += performance.now() - this.#since_ms
  }
}

function nothing(): Spent {
  return { cycles: 0, awake_cycles: 0, wall_ms: 0 }
}

/** The week in this process; its rows say what share of what went where. */
export async function week(): Promise<Row[]> {
  const scenario = scenarioOf(WEEK)
  await execute(scenario, modelPump, meteredRig(new Meter()))
  const meter = new Meter()
  const start_ms = performance.now()
  await execute(scenario, modelPump, meteredRig(meter))
  const whole_ms = performance.now() - start_ms
  const { spent } = meter
  const sum = (count: (spent: Spent) => number) => KINDS.reduce((total, kind) => total + count(spent[kind]), 0)
  const cycles = sum((one) => one.cycles)
  const awake_cycles = sum((one) => one.awake_cycles)
  const rig_ms = sum((one) => one.wall_ms)
  const wall = (what: string, wall_ms: number): Row => ({
    ...{ work: `${what}, process`, measured: milliseconds(wall_ms) },
    ...{ beside: 'the whole week on avr', floor: milliseconds(whole_ms), ratio: wall_ms / whole_ms },
  })
  return [
    {
      ...{ work: '7 d on avr: awake, controller', measured: millions(awake_cycles) },
      ...{ beside: 'all cycles', floor: millions(cycles), ratio: awake_cycles / cycles },
    },
    ...KINDS.map((kind) => ({
      ...{ work: `${kind}, controller`, measured: millions(spent[kind].awake_cycles) },
      ...{ beside: 'cycles awake', floor: millions(awake_cycles), ratio: spent[kind].awake_cycles / awake_cycles },
    })),
    ...KINDS.map((kind) => wall(kind, spent[kind].wall_ms)),
    wall('pump, plant and trace', whole_ms - rig_ms),
  ]
}

/** The emulated rig under a meter. */
function meteredRig(meter: Meter): RigDefinition {
  const definition = emulatedRig({
    flash: rigFirmware(),
    onActivity: (activity, cycle) => meter.turn(activity, cycle),
  })
  return defineRig({ ...definition, create: () => metered(definition.create(), meter) })
}

function metered(rig: Rig, meter: Meter): Rig {
  const timed = async <T>(work: () => Promise<T> | T): Promise<T> => {
    meter.start()
    const done = await work()
    meter.stop()
    return done
  }
  return {
    get identity() {
      return rig.identity
    },
    provenance: rig.provenance,
    open: () => timed(() => rig.open()),
    send: (command) => timed(() => rig.send(command)),
    advance: (to_tick) => timed(() => rig.advance(to_tick)),
    close: () => rig.close(),
  }
}

function millions(cycles: number): string {
  return `${Math.round(cycles / 1e6).toLocaleString('en-US')} M`
}
