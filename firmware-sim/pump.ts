/**
 * The pump: one function from state, instant and input to the next state and what the pump says.
 *
 * It does no input or output and never looks at a clock. Whatever falls due between two inputs is worked through at its
 * own exact instant first, so that the result does not depend on how often the pump is called.
 */
import { openRun, statusOf, withRun } from '#firmware-sim/accounting'
import { ALARMS } from '#firmware-sim/alarms'
import { lastStepOfStretch, nextBoundary } from '#firmware-sim/boundaries'
import { atRate, dueOf, intervalOf, stepsAt } from '#firmware-sim/delivery'
import { logged } from '#firmware-sim/event-log'
import { refusal } from '#firmware-sim/limits'
import type { Program, PumpAlarm, PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { type Action, OPERATING, type Stimulus } from '#firmware-sim/operating'
import { believedVolume, refilled } from '#firmware-sim/reservoir'
import type { PumpState } from '#firmware-sim/state'
import { bolusRate, started } from '#firmware-sim/therapy/bolus'
import { therapyRate } from '#firmware-sim/therapy/therapies'
import { digestOf, programText, readback, stimulusOf } from '#firmware-sim/transaction'
import { decimal } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, divide, isPositive, sum } from '#units/rational'

export interface Reaction {
  readonly state: PumpState
  readonly outputs: readonly PumpOutput[]
}

/** Most boundaries worked through in one call; more means that time stands still. */
const BOUNDARIES_LIMIT = 100_000

/** One call in progress: the state so far, and what was said. */
interface Turn {
  readonly model: PumpModel
  readonly outputs: PumpOutput[]
  state: PumpState
}

/**
 * What the pump does with an input at an instant. Instants never go back; throws RangeError if one does.
 */
export function react(model: PumpModel, state: PumpState, at_us: Time_us, input: PumpInput): Reaction {
  if (compare(at_us, state.now_us) < 0) throw new RangeError('the pump was called at an instant that has passed')
  const turn: Turn = { model, outputs: [], state }
  passTime(turn, at_us)
  switch (input.kind) {
    case 'wake':
      break
    case 'prepare':
      prepare(turn, input.program)
      break
    case 'commit':
      commit(turn, input.digest)
      break
    case 'stop':
      // Whoever stops the pump does not want what was prepared before.
      turn.state = { ...turn.state, prepared: null }
      apply(turn, { kind: 'therapy', therapy: { mode: 'stopped' } })
      break
    case 'interrogate':
      say(turn, { kind: 'status', at_us, status: statusOf(model, turn.state, at_us) })
      break
  }
  return { state: turn.state, outputs: turn.outputs }
}

/** When the pump next wants to be called; null when nothing will happen by itself. */
export function nextWake(model: PumpModel, state: PumpState): Time_us | null {
  return nextBoundary(model, state)?.at_us ?? null
}

function passTime(turn: Turn, to_us: Time_us): void {
  for (let passed = 0; ; passed += 1) {
    if (passed > BOUNDARIES_LIMIT) throw new Error('the pump makes no progress in time')
    const boundary = nextBoundary(turn.model, turn.state)
    if (boundary === null || compare(boundary.at_us, to_us) > 0) break
    turn.state = { ...turn.state, now_us: boundary.at_us }
    stimulate(turn, boundary.stimulus, null)
  }
  turn.state = { ...turn.state, now_us: to_us }
}

function prepare(turn: Turn, program: Program): void {
  const { model, state } = turn
  const refused = refusedBecause(turn, program)
  if (refused !== null) {
    refuse(turn, refused)
    turn.state = { ...turn.state, prepared: null }
    return
  }
  turn.state = { ...state, prepared: { program, digest: digestOf(program) } }
  say(turn, readback(model, turn.state, state.now_us, program))
}

function commit(turn: Turn, digest: string): void {
  const { prepared } = turn.state
  if (prepared === null || prepared.digest !== digest) {
    refuse(turn, `nothing is prepared under the digest ${digest}; prepare the program again`)
    return
  }
  turn.state = { ...turn.state, prepared: null }
  const refused = refusedBecause(turn, prepared.program)
  if (refused !== null) refuse(turn, refused)
  else apply(turn, prepared.program)
}

function refusedBecause(turn: Turn, program: Program): string | null {
  const { model, state } = turn
  const transition = OPERATING[state.operating][stimulusOf(program)]
  if ('refuse' in transition) return transition.refuse
  return refusal(model, state, state.now_us, program, stepsAt(state.delivery, state.now_us))
}

function refuse(turn: Turn, reason: string): void {
  say(turn, { kind: 'refused', at_us: turn.state.now_us, reason })
  log(turn, 'refused', reason)
}

function apply(turn: Turn, program: Program): void {
  stimulate(turn, stimulusOf(program), program)
  noteGiving(turn)
  say(turn, { kind: 'applied', at_us: turn.state.now_us, digest: digestOf(program) })
  log(turn, 'programmed', programText(program))
}

/** Remembers the therapy in force if it gives anything. */
function noteGiving(turn: Turn): void {
  const { therapy, contents } = turn.state
  if (isPositive(therapyRate(therapy, contents, turn.model))) turn.state = { ...turn.state, lastGiving: therapy }
}

/** Looks the stimulus up in the operating table and carries out what it says. */
function stimulate(turn: Turn, stimulus: Stimulus, program: Program | null): void {
  const transition = OPERATING[turn.state.operating][stimulus]
  if ('refuse' in transition) throw new Error(`the operating table refuses ${stimulus}, which was not asked of it`)
  turn.state = { ...turn.state, operating: transition.next }
  for (const action of transition.actions) ACTIONS[action](turn, program)
}

const ACTIONS: Readonly<Record<Action, (turn: Turn, program: Program | null) => void>> = {
  'end-boluses': (turn) => {
    turn.state = { ...turn.state, boluses: [] }
  },
  'adopt-therapy': (turn, program) => {
    if (program?.kind === 'therapy') turn.state = { ...turn.state, therapy: program.therapy }
  },
  'suspend-therapy': (turn) => {
    turn.state = { ...turn.state, therapy: { mode: 'stopped' } }
    event(turn, 'delivery-stopped', 'the believed reservoir is used up')
  },
  'start-bolus': (turn, program) => {
    if (program?.kind !== 'bolus') return
    const bolus = started(program.bolus, turn.state.now_us)
    turn.state = { ...turn.state, boluses: [...turn.state.boluses, bolus] }
  },
  'drop-ended-boluses': (turn) => {
    const { boluses, now_us } = turn.state
    turn.state = { ...turn.state, boluses: boluses.filter(({ end_us }) => compare(end_us, now_us) > 0) }
  },
  'account-refill': (turn, program) => {
    if (program?.kind === 'refill') accountRefill(turn, program)
  },
  'raise-low-reservoir': (turn) => {
    const { model, state } = turn
    const left = believedVolume(state.reservoir, stepsAt(state.delivery, state.now_us), model.step_uL)
    if (compare(left, model.lowReservoir_uL) <= 0) raise(turn, 'low-reservoir')
  },
  'raise-empty-reservoir': (turn) => raise(turn, 'empty-reservoir'),
  'clear-reservoir-alarms': (turn) => {
    for (const alarm of turn.state.alarms) announce(turn, alarm, 'cleared')
    turn.state = { ...turn.state, alarms: [] }
  },
  'set-rate': setRate,
}

/** Closes the run at the old rate, and orders the motion of the stretch that begins now. */
function setRate(turn: Turn): void {
  const { model, state } = turn
  const at_us = state.now_us
  const run = openRun(model, state, at_us)
  if (run !== null) say(turn, { kind: 'booked', at_us, run })
  const booked = stepsAt(state.delivery, at_us)
  if (state.ordered > booked) say(turn, { kind: 'cancel', at_us, after_us: at_us })

  const asked = add(
    therapyRate(state.therapy, state.contents, model),
    sum(state.boluses.map((bolus) => bolusRate(bolus, state.contents))),
  )
  const delivery = atRate(state.delivery, at_us, divide(asked, model.step_uL))
  turn.state = { ...state, delivery, masses: withRun(state.masses, run), ordered: booked }

  const first_us = dueOf(delivery, booked + 1)
  const last = lastStepOfStretch(model, turn.state)
  if (first_us === null || last <= booked) return
  say(turn, { kind: 'order', at_us, first_us, interval_us: intervalOf(delivery), count: last - booked })
  turn.state = { ...turn.state, ordered: last }
}

function accountRefill(turn: Turn, program: Extract<Program, { kind: 'refill' }>): void {
  const { model, state } = turn
  const { withdrawn, volume_uL, contents } = program.refill
  const run = openRun(model, state, state.now_us)
  const steps = stepsAt(state.delivery, state.now_us)
  if (run !== null) say(turn, { kind: 'booked', at_us: state.now_us, run })
  turn.state = {
    ...state,
    delivery: atRate(state.delivery, state.now_us, state.delivery.rate),
    masses: withRun(state.masses, run),
    reservoir: refilled(state.reservoir, steps, model.step_uL, withdrawn, volume_uL),
    contents,
  }
  event(turn, 'reservoir-accounted', `${decimal(turn.state.reservoir.volume_uL)} uL of ${contents.drug}`)
}

function raise(turn: Turn, alarm: PumpAlarm): void {
  if (turn.state.alarms.includes(alarm)) return
  turn.state = { ...turn.state, alarms: [...turn.state.alarms, alarm] }
  announce(turn, alarm, 'raised')
}

function announce(turn: Turn, alarm: PumpAlarm, state: 'raised' | 'cleared'): void {
  const { priority, cause } = ALARMS[alarm]
  say(turn, { kind: 'alarm', at_us: turn.state.now_us, alarm, priority, state })
  log(turn, `alarm-${state}`, `${alarm}: ${cause}`)
}

function event(turn: Turn, name: string, detail: string): void {
  say(turn, { kind: 'event', at_us: turn.state.now_us, event: name, detail })
  log(turn, name, detail)
}

function say(turn: Turn, output: PumpOutput): void {
  turn.outputs.push(output)
}

function log(turn: Turn, name: string, detail: string): void {
  turn.state = {
    ...turn.state,
    log: logged(turn.state.log, { at_us: as<Time_us>(turn.state.now_us), event: name, detail }),
  }
}
