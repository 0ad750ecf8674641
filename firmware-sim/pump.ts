/**
 * The pump: one function from state, instant and input to the next state and what the pump says.
 *
 * It does no input or output and never looks at a clock. Whatever falls due between two inputs is worked through at its
 * own exact instant first, so that the result does not depend on how often the pump is called.
 */
import { statusOf } from '#firmware-sim/accounting'
import { drawing, spent } from '#firmware-sim/battery'
import { type Boundary, nextBoundary } from '#firmware-sim/boundaries'
import { jumpClock } from '#firmware-sim/clock-setting'
import { EMPTY_LOG } from '#firmware-sim/event-log'
import { flippedIn } from '#firmware-sim/memory/flip'
import { examined } from '#firmware-sim/memory/store'
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { setRate } from '#firmware-sim/motion'
import { keep, memoryOf, restoredStimulus } from '#firmware-sim/power'
import { commit, prepare } from '#firmware-sim/programming'
import { reconcileResidual } from '#firmware-sim/refill'
import { QUIET, silenced } from '#firmware-sim/sound'
import { changed, copied, type PumpState } from '#firmware-sim/state'
import { stimulate } from '#firmware-sim/stimulate'
import { change, log, NO_SUBJECT, note, say, sound, type Turn, type Watch } from '#firmware-sim/turn'
import { duration } from '#units/format'
import { as, type Resistance_ohm, type Time_us } from '#units/quantity'
import { add, compare, equal } from '#units/rational'

export interface Reaction {
  readonly state: PumpState
  readonly outputs: readonly PumpOutput[]
}

/** Most boundaries worked through in one call, and of one instant; more means that time stands still. */
const BOUNDARIES_LIMIT = 100_000
const INSTANT_LIMIT = 1000

/**
 * What the pump does with an input at an instant. Instants never go back; throws RangeError if one does. `watch` sees which
 * cells of the operating table it comes to, and changes nothing.
 */
export function react(model: PumpModel, state: PumpState, at_us: Time_us, input: PumpInput, watch?: Watch): Reaction {
  if (compare(at_us, state.now_us) < 0) throw new RangeError('the pump was called at an instant that has passed')
  const turn: Turn = { model, outputs: [], state, watch }
  if (state.operating === 'off') turn.state = changed(state, { now_us: at_us })
  else passTime(turn, at_us, precedenceOf(state, input))
  answer(turn, input)
  return { state: turn.state, outputs: turn.outputs }
}

/** When the pump next wants to be called; null when nothing will happen by itself. */
export function nextWake(model: PumpModel, state: PumpState): Time_us | null {
  return nextBoundary(model, state)?.at_us ?? null
}

/** Which boundaries of its own instant an input comes before. */
type Precedence = readonly Boundary['yieldsTo'][]

function precedenceOf({ prepared }: PumpState, input: PumpInput): Precedence {
  if (input.kind === 'wake') return []
  const asked = input.kind === 'prepare' ? input.program : input.kind === 'commit' ? prepared?.program : undefined
  return asked?.kind === 'refill' ? ['refill', 'everything'] : ['everything']
}

/** Works through what falls due up to the instant, but not what has to wait for the input. */
function passTime(turn: Turn, to_us: Time_us, before: Precedence): void {
  for (let passed = 0, here = 0; ; passed += 1) {
    if (passed > BOUNDARIES_LIMIT || here > INSTANT_LIMIT) throw new Error('the pump makes no progress in time')
    const boundary = nextBoundary(turn.model, turn.state)
    if (boundary === null) break
    const order = compare(boundary.at_us, to_us)
    if (order > 0 || (order === 0 && before.includes(boundary.yieldsTo))) break
    here = equal(boundary.at_us, turn.state.now_us) ? here + 1 : 0
    turn.state = at(turn.state, boundary.at_us)
    // An operation begins with what this boundary is about, and finds out how bad it is.
    const isCheck = boundary.stimulus === 'memory-damaged'
    operate(turn, isCheck ? () => {} : () => stimulate(turn, boundary.stimulus, NO_SUBJECT), 'done')
    if (turn.state.operating === 'off') break
  }
  turn.state = at(turn.state, to_us)
}

/** The state at an instant; the same value where it is there already. */
function at(state: PumpState, now_us: Time_us): PumpState {
  if (equal(state.now_us, now_us)) return state
  const next = copied(state)
  next.now_us = now_us
  return next
}

/**
 * Carries out an operation and writes what it changed. When the power fails at one of the words, what the operation
 * said and did is `undone`, for writing comes first; what came about by itself is `done` all the same.
 */
function operate(turn: Turn, operation: () => void, ifCut: 'undone' | 'done'): void {
  const before = turn.state
  const said = turn.outputs.length
  checkMemory(turn)
  operation()
  sound(turn)
  if (keep(turn, before)) return
  if (ifCut === 'undone') {
    turn.outputs.length = said
    const { memory, log: written } = turn.state
    turn.state = changed(before, { memory, log: written })
  }
  losePower(turn)
}

/** Looks at the copies before anything is written over them; while nothing has happened to them there is nothing to see. */
function checkMemory(turn: Turn): void {
  const { memory, memoryCheck_us } = turn.state
  if (memory === null || memoryCheck_us === null) return
  stimulate(turn, examined(memory).state === 'lost' ? 'memory-lost' : 'memory-damaged', NO_SUBJECT)
  sound(turn)
}

function losePower(turn: Turn): void {
  change(turn, { memory: memoryOf(turn.state), failsAtWrite: null })
  stimulate(turn, 'power-lost', NO_SUBJECT)
  if (turn.state.sound.sounding !== null) say(turn, { kind: 'tone', alarm: null, pattern: 'silent' })
  change(turn, { sound: QUIET })
  say(turn, { kind: 'power', on: false })
}

function answer(turn: Turn, input: PumpInput): void {
  const { model, state } = turn
  if (state.operating === 'off') {
    answerWithoutPower(turn, input)
    return
  }
  switch (input.kind) {
    case 'wake':
    case 'power-returns':
      break
    case 'prepare':
      byTelemetry(turn, () => prepare(turn, input.program))
      break
    case 'commit':
      byTelemetry(turn, () => commit(turn, input.digest))
      break
    case 'stop':
      byTelemetry(turn, () => {
        // Whoever stops the pump does not want what was prepared before.
        change(turn, { prepared: null })
        stimulate(turn, 'stop', NO_SUBJECT)
        say(turn, { kind: 'applied', digest: 'stop' })
        log(turn, 'programmed', 'stop')
      })
      break
    case 'interrogate':
      byTelemetry(turn, () => say(turn, { kind: 'status', status: statusOf(model, turn.state, state.now_us) }))
      break
    case 'observe':
      say(turn, { kind: 'status', status: statusOf(model, state, state.now_us) })
      break
    case 'request-bolus':
      operate(turn, () => stimulate(turn, 'request-bolus', NO_SUBJECT), 'undone')
      break
    case 'silence':
      byTelemetry(turn, () => silence(turn))
      break
    case 'read-log':
      byTelemetry(turn, () => say(turn, { kind: 'log', ...turn.state.log }))
      break
    case 'clear':
      byTelemetry(turn, () => {
        const { entries, dropped } = turn.state.log
        change(turn, { log: EMPTY_LOG })
        note(turn, 'log-cleared', `${entries.length + dropped} entries`)
      })
      break
    case 'rotor': {
      const { due_us, moved } = input
      operate(turn, () => stimulate(turn, moved ? 'rotor-moved' : 'rotor-missed', { kind: 'step', due_us }), 'done')
      break
    }
    case 'residual':
      operate(turn, () => reconcileResidual(turn, input.measured_uL), 'undone')
      break
    case 'carrier':
      setCarrier(turn, input.present)
      break
    case 'power-fails':
      if (input.atWrite === null) losePower(turn)
      else turn.state = changed(state, { failsAtWrite: input.atWrite })
      break
    case 'brown-out':
      operate(turn, () => stimulate(turn, 'voltage-sagged', NO_SUBJECT), 'done')
      break
    case 'cell-resistance':
      resist(turn, input.by_ohm)
      break
    case 'clock-jumps':
      operate(
        turn,
        () => {
          jumpClock(turn, input.by_us)
          setRate(turn)
        },
        'done',
      )
      break
    case 'bit-flip':
      flipBit(turn, input)
      break
  }
}

/** A pump without power hears its supply and nothing else; its memory can suffer all the same. */
function answerWithoutPower(turn: Turn, input: PumpInput): void {
  if (input.kind === 'bit-flip') {
    change(turn, { memory: flippedIn(memoryOf(turn.state), input) })
  }
  if (input.kind === 'cell-resistance') resist(turn, input.by_ohm)
  if (input.kind !== 'power-returns') return
  say(turn, { kind: 'power', on: true })
  operate(turn, () => stimulate(turn, restoredStimulus(turn.state), NO_SUBJECT), 'done')
}

/** An exchange with a programmer, which costs the cell some charge. */
function byTelemetry(turn: Turn, operation: () => void): void {
  change(turn, { battery: spent(turn.state.battery, turn.model.cell.telemetry_pC) })
  operate(turn, operation, 'undone')
}

function silence(turn: Turn): void {
  const { model, state } = turn
  if (state.sound.sounding === null) {
    note(turn, 'nothing-to-silence', 'no alarm sounds')
    return
  }
  turn.state = changed(state, { sound: silenced(model, state.sound, state.alarms, state.now_us) })
  say(turn, { kind: 'tone', alarm: null, pattern: 'silent' })
  note(turn, 'silenced', `silent for ${duration(model.silence_us)}; the alarms stay on`)
}

/** A carrier makes the receiver listen; it never touches delivery, whatever sounds. */
function setCarrier(turn: Turn, present: boolean): void {
  const { model, state } = turn
  const battery = drawing(state.battery, model.cell, state.now_us, { rate: state.delivery.rate, carrier: present })
  turn.state = changed(state, { carrier: present, battery })
  note(turn, present ? 'carrier-found' : 'carrier-lost', 'telemetry carrier')
}

/** The damage is found when the memory is next checked; a check of sound memory changes nothing and is left out. */
function flipBit(turn: Turn, flip: Extract<PumpInput, { kind: 'bit-flip' }>): void {
  const { model, state } = turn
  turn.state = changed(state, {
    memory: flippedIn(memoryOf(state), flip),
    memoryCheck_us: state.memoryCheck_us ?? as<Time_us>(add(state.now_us, model.memoryCheck_us)),
  })
}

/** Resistance that has come and gone adds up. */
function resist(turn: Turn, by_ohm: Resistance_ohm): void {
  change(turn, { extra_ohm: as<Resistance_ohm>(add(turn.state.extra_ohm, by_ohm)) })
}
