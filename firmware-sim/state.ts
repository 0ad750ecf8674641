/**
 * The whole state of the pump as one plain value: it can be copied, compared, hashed, stored and restored.
 */
import { type Battery, FULL } from '#firmware-sim/battery'
import { started } from '#firmware-sim/clock'
import { AT_REST, type Delivery } from '#firmware-sim/delivery'
import type { History } from '#firmware-sim/dose-history'
import { EMPTY_LOG, type EventLog } from '#firmware-sim/event-log'
import type { Kept } from '#firmware-sim/kept'
import type { Memory } from '#firmware-sim/memory/store'
import type { Contents, Limits, Program } from '#firmware-sim/messages'
import type { PumpSetup } from '#firmware-sim/setup'
import { QUIET, type Sound } from '#firmware-sim/sound'
import { RUNNING, type Standing, stopped } from '#firmware-sim/standing'
import type { RunningBolus } from '#firmware-sim/therapy/bolus'
import type { PatternStart } from '#firmware-sim/therapy/kind'
import { as, type Mass_ug, type Resistance_ohm, type Time_us, type Volume_uL } from '#units/quantity'
import { type Rational, ZERO } from '#units/rational'

/** A program that was prepared and waits for its commit. */
export interface Prepared {
  readonly program: Program
  readonly digest: string
  readonly at_us: Time_us
}

/** Drug booked in closed runs, by drug in the order of first use. */
export type BookedMasses = readonly (readonly [drug: string, mass_ug: Mass_ug])[]

/**
 * What cannot be given with what the pump holds since a refill of this instant, and why: the therapy, or only the boluses
 * under way. Nothing moves until a program that fits takes its place, and the instant does not end before either that or
 * its end.
 */
export interface Unfit {
  readonly at_us: Time_us
  readonly reason: string
  readonly what: 'therapy' | 'boluses'
}

export interface PumpState extends Kept {
  /** The latest instant the pump has accounted for. */
  readonly now_us: Time_us
  readonly limits: Limits
  readonly catheter_uL: Volume_uL
  /** When the therapy in force began, and the next bolus of its pattern. */
  readonly began_us: Time_us
  readonly next: PatternStart | null
  readonly boluses: readonly RunningBolus[]
  /** Position at which a prime ends, in steps; null while none runs. */
  readonly prime: Rational | null
  readonly delivery: Delivery
  /** Last step ordered from the motor. */
  readonly ordered: number
  /** Steps that were booked and turned out not to have moved the rotor, and how many of them in a row. */
  readonly lost: number
  readonly missedInARow: number
  /** What the pump held before its last refill, until when, and whether all of it was drawn. */
  readonly former: { readonly contents: Contents; readonly until_us: Time_us; readonly drained: boolean } | null
  readonly unfit: Unfit | null
  /** Drug booked up to the anchor of the delivery; what came after it belongs to the open run. */
  readonly masses: BookedMasses
  /** What the programs gave in the past day. */
  readonly history: History
  readonly standing: Standing
  readonly battery: Battery
  /** Resistance of the cell beyond that of the model's. */
  readonly extra_ohm: Resistance_ohm
  readonly carrier: boolean
  readonly sound: Sound
  readonly prepared: Prepared | null
  readonly log: EventLog
  /** The two copies; null while both are whole and hold this very state, which then need not be written out. */
  readonly memory: Memory | null
  /** When the memory is next checked; null while nothing has happened to it. */
  readonly memoryCheck_us: Time_us | null
  /** The word write at which the power is going to fail; null while it is not. */
  readonly failsAtWrite: number | null
}

/** A copy of a state on its way to being the next one. */
export type Draft = { -readonly [F in keyof PumpState]: PumpState[F] }

/**
 * The state with some of its fields changed. {@link copied} does the same where a state comes about so often that setting
 * the fields one by one is worth it.
 */
export function changed(state: PumpState, changes: Partial<PumpState>): PumpState {
  return Object.assign(copied(state), changes)
}

/**
 * Each state comes about here, field by field: so they are all alike in memory and cheap to make and to read, where
 * spreading one of so many fields is ten times as dear.
 */
export function copied(state: PumpState): Draft {
  return {
    operating: state.operating,
    therapy: state.therapy,
    lastGiving: state.lastGiving,
    lastDose: state.lastDose,
    patient: state.patient,
    clock: state.clock,
    contents: state.contents,
    reservoir: state.reservoir,
    residual: state.residual,
    plugs: state.plugs,
    covered: state.covered,
    primed: state.primed,
    alarms: state.alarms,
    transactions: state.transactions,
    committed: state.committed,
    now_us: state.now_us,
    limits: state.limits,
    catheter_uL: state.catheter_uL,
    began_us: state.began_us,
    next: state.next,
    boluses: state.boluses,
    prime: state.prime,
    delivery: state.delivery,
    ordered: state.ordered,
    lost: state.lost,
    missedInARow: state.missedInARow,
    former: state.former,
    unfit: state.unfit,
    masses: state.masses,
    history: state.history,
    standing: state.standing,
    battery: state.battery,
    extra_ohm: state.extra_ohm,
    carrier: state.carrier,
    sound: state.sound,
    prepared: state.prepared,
    log: state.log,
    memory: state.memory,
    memoryCheck_us: state.memoryCheck_us,
    failsAtWrite: state.failsAtWrite,
  }
}

/** A pump as it leaves set-up: filled, stopped, at instant zero. */
export function poweredOn(setup: PumpSetup): PumpState {
  const start_us = as<Time_us>(ZERO)
  const kept: Kept = {
    operating: 'stopped',
    therapy: { mode: 'stopped' },
    lastGiving: null,
    lastDose: null,
    patient: { permission: null, grants_us: [] },
    clock: started(setup.clock_us, start_us),
    contents: { drug: setup.contents.drug, concentration_ug_per_uL: setup.contents.concentration_ug_per_uL },
    reservoir: { volume_uL: setup.volume_uL, steps: 0 },
    residual: null,
    plugs: [],
    covered: null,
    primed: setup.line === 'filled',
    alarms: [],
    transactions: 0,
    committed: null,
  }
  return {
    ...kept,
    now_us: start_us,
    limits: setup.limits,
    catheter_uL: setup.catheter_uL,
    began_us: start_us,
    next: null,
    boluses: [],
    prime: null,
    delivery: AT_REST,
    ordered: 0,
    lost: 0,
    missedInARow: 0,
    former: null,
    unfit: null,
    masses: [],
    history: [],
    standing: stopped(RUNNING, start_us, 0),
    battery: FULL(setup.model),
    extra_ohm: as<Resistance_ohm>(ZERO),
    carrier: false,
    sound: QUIET,
    prepared: null,
    log: EMPTY_LOG,
    memory: null,
    memoryCheck_us: null,
    failsAtWrite: null,
  }
}
