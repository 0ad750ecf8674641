/**
 * The operating machine and the whole pump, beside an XState machine made of the same table.
 *
 * Machine and table are given the same random stimuli and have to be in the same state after each. Looking a cell up is
 * held against XState's pure transition, which likewise gives the next state and the actions to do, and against an actor
 * whose actions do nothing. A call of the pump does more than a machine: it works through its clock, cell, ledgers and
 * memory, so its ratio to the same actor is the price of the pump and not of its table.
 */
import { createActor, createMachine, initialTransition, transition as transitionOf } from 'xstate'
import type { Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import { type Action, OPERATING, type OperatingState, type Stimulus, type Transition } from '#firmware-sim/operating'
import { modelPump } from '#hil/pump/model'
import { setupOf } from '#hil/pump/setup'
import { least_ms, type Row, rate } from '#scripts/bench/row'
import { scenarioOf } from '#scripts/bench/scenario'
import { as, DAY_us, type Time_us, type Volume_uL } from '#units/quantity'
import { add, divide, ratio, whole, ZERO } from '#units/rational'

const STIMULI_COUNT = 50_000
const CALLS_COUNT = 10_000
const TIMES = 3
const SEED = 1

const STATES = Object.keys(OPERATING) as OperatingState[]
const STIMULI = Object.keys(OPERATING.stopped) as Stimulus[]

/** Results go here, so that no loop can be left out as useless. */
let sink = 0

export function machines(): Row[] {
  const stimuli = drawn(STIMULI, STIMULI_COUNT)
  const events = stimuli.map((type) => ({ type }))
  const machine = machineOfTable()
  compare(machine, stimuli)
  const lookup_ms = least_ms(TIMES, () => {
    let state: OperatingState = 'stopped'
    for (const stimulus of stimuli) {
      const { next, actions } = outcome(state, stimulus)
      state = next
      sink = (sink + actions.length) | 0
    }
  })
  const transition_ms = least_ms(TIMES, () => {
    let [snapshot] = initialTransition(machine)
    for (const event of events) {
      const [next, actions] = transitionOf(machine, snapshot, event)
      snapshot = next
      sink = (sink + actions.length) | 0
    }
  })
  const actor_ms = least_ms(TIMES, () => {
    const actor = createActor(machine).start()
    for (const event of events) actor.send(event)
    actor.stop()
  })
  const calls_ms = (least_ms(TIMES, callPump) * STIMULI_COUNT) / CALLS_COUNT
  return [
    row('operating table: next state and actions', lookup_ms, 'XState, pure transition', transition_ms),
    row('the same', lookup_ms, 'XState, actor without work', actor_ms),
    row('the whole pump: calls', calls_ms, 'XState, actor without work', actor_ms),
  ]
}

function row(work: string, work_ms: number, beside: string, floor_ms: number): Row {
  return {
    ...{ work, measured: rate(STIMULI_COUNT, work_ms, 'events'), beside },
    ...{ floor: rate(STIMULI_COUNT, floor_ms, 'events'), ratio: work_ms / floor_ms },
  }
}

/** What a cell of the table comes to; a refusal changes nothing. */
function outcome(state: OperatingState, stimulus: Stimulus): { next: OperatingState; actions: readonly Action[] } {
  const cell: Transition = OPERATING[state][stimulus]
  return 'refuse' in cell ? { next: state, actions: [] } : cell
}

/** The table as XState has it: a refused stimulus is one that the state does not listen to. */
function machineOfTable() {
  const cells = (state: OperatingState) =>
    STIMULI.flatMap((stimulus) => {
      const cell: Transition = OPERATING[state][stimulus]
      if ('refuse' in cell) return []
      const { next, actions } = cell
      return [[stimulus, { ...(next === state ? {} : { target: next }), actions: [...actions] }] as const]
    })
  const states = Object.fromEntries(STATES.map((state) => [state, { on: Object.fromEntries(cells(state)) }]))
  const names = new Set(STATES.flatMap((state) => STIMULI.flatMap((stimulus) => outcome(state, stimulus).actions)))
  const actions = Object.fromEntries([...names].map((name) => [name, () => {}]))
  return createMachine({ id: 'operating', initial: 'stopped', states }, { actions })
}

/** Throws where the machine goes another way than the table. */
function compare(machine: ReturnType<typeof machineOfTable>, stimuli: readonly Stimulus[]): void {
  const actor = createActor(machine).start()
  let state: OperatingState = 'stopped'
  for (const type of stimuli) {
    state = outcome(state, type).next
    actor.send({ type })
    const { value } = actor.getSnapshot()
    if (value !== state) throw new Error(`after ${type} the table is in ${state} and the machine in ${String(value)}`)
  }
  actor.stop()
}

const DEEDS = ['wake', 'prepare', 'commit', 'stop', 'request-bolus', 'interrogate', 'observe', 'silence'] as const

/** A life of a pump at random, as often called by itself as by somebody. */
function callPump(): void {
  const pump = modelPump.create(setupOf(scenarioOf(FILLED)))
  const programs = programsFrom()
  let now_us = as<Time_us>(ZERO)
  let digest = ''
  for (const [index, deed] of drawn(DEEDS, CALLS_COUNT).entries()) {
    now_us = as(add(now_us, MINUTE_us))
    const outputs = pump.react(now_us, inputOf(deed, digest, programs[index % programs.length] ?? STOPPED))
    digest = digestIn(outputs) ?? digest
    sink = (sink + outputs.length) | 0
  }
}

function inputOf(deed: (typeof DEEDS)[number], digest: string, program: Program): PumpInput {
  if (deed === 'prepare') return { kind: deed, program }
  return deed === 'commit' ? { kind: deed, digest } : { kind: deed }
}

function digestIn(outputs: readonly PumpOutput[]): string | undefined {
  return outputs.find((output) => output.kind === 'readback')?.digest
}

const MINUTE_us = whole(60_000_000)
const STOPPED: Program = { kind: 'therapy', therapy: { mode: 'stopped' } }

const FILLED = `schema: pumpbench/scenario@1
name: calls
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }
clock: 2026-01-05T08:00
duration: 1 d
prescription:
  - { at: 0 d, therapy: { mode: stopped } }
`

/** 200 to 500 uL a day, a bolus, and standing still. */
function programsFrom(): readonly Program[] {
  const continuous = [200, 350, 500].map((daily): Program => {
    const rate_uL_per_us = as<never>(divide(whole(daily), DAY_us))
    return { kind: 'therapy', therapy: { mode: 'simple-continuous', dose: { by: 'volume', rate_uL_per_us } } }
  })
  const dose = { by: 'volume', volume_uL: as<Volume_uL>(ratio(50n, 3n)) } as const
  return [...continuous, { kind: 'bolus', bolus: { dose, over_us: as(whole(600_000_000)) } }, STOPPED]
}

/** As many of the choices as asked for, at random and the same each time. */
function drawn<T>(choices: readonly T[], count: number): T[] {
  let state = SEED
  return Array.from({ length: count }, () => {
    // Multiplicative congruential generator of Park and Miller.
    state = (state * 48_271) % 2_147_483_647
    return choices[state % choices.length]
  }) as T[]
}
