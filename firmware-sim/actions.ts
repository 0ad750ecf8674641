/**
 * The actions of the operating table, each by its name.
 *
 * An action changes the state of a call in progress and says what follows; which of them belong to a stimulus, and in
 * which order, is the table's to say.
 */
import { hasSagged, read, replacementDue, replacing } from '#firmware-sim/battery'
import { begunAnew } from '#firmware-sim/clock'
import { setClock } from '#firmware-sim/clock-setting'
import { presentRefusal } from '#firmware-sim/limits'
import type { Program, Therapy } from '#firmware-sim/messages'
import { setRate, withdrawStep } from '#firmware-sim/motion'
import type { Action } from '#firmware-sim/operating'
import { answerRequest, denyRequest } from '#firmware-sim/patient'
import { forgetEverything, repairMemory, restore } from '#firmware-sim/power'
import { accountRefill, noteUnfit, raiseIfLow } from '#firmware-sim/refill'
import { noticed, RUNNING } from '#firmware-sim/standing'
import { copied, type PumpState } from '#firmware-sim/state'
import { started } from '#firmware-sim/therapy/bolus'
import type { PatternStart } from '#firmware-sim/therapy/kind'
import { nextStart } from '#firmware-sim/therapy/therapies'
import { bridgedBy, lineNow, primedBy } from '#firmware-sim/transport'
import { change, clear, log, note, raise, type Subject, type Turn } from '#firmware-sim/turn'
import { as, type Time_us } from '#units/quantity'
import { compare, smaller } from '#units/rational'

type Act = (turn: Turn, subject: Subject) => void

/** What an action does with a program of its kind; with any other subject it does nothing. */
function withProgram<K extends Program['kind']>(
  kind: K,
  act: (turn: Turn, program: Extract<Program, { kind: K }>) => void,
): Act {
  return (turn, subject) => {
    if (subject.kind === 'program' && isOfKind(subject.program, kind)) act(turn, subject.program)
  }
}

function isOfKind<K extends Program['kind']>(program: Program, kind: K): program is Extract<Program, { kind: K }> {
  return program.kind === kind
}

/** Lets a therapy begin now: its pattern starts with the present reading of the clock. */
function begin(turn: Turn, therapy: Therapy): void {
  const { now_us } = turn.state
  const clock = begunAnew(turn.state.clock, now_us)
  const next = nextStart(therapy, { began_us: now_us, clock, from_us: now_us, after: null })
  change(turn, { therapy, clock, began_us: now_us, next, unfit: null })
}

const STOPPED: Therapy = { mode: 'stopped' }
const MINIMUM_RATE: Therapy = { mode: 'minimum-rate' }

export const ACTIONS: Readonly<Record<Action, Act>> = {
  'end-boluses': (turn) => change(turn, { boluses: [] }),
  'end-prime': (turn) => change(turn, { prime: null }),
  'adopt-therapy': (turn, subject) => {
    const therapy = subject.kind === 'program' && subject.program.kind === 'therapy' ? subject.program.therapy : STOPPED
    begin(turn, therapy)
  },
  'end-permission': (turn) => change(turn, { patient: { ...turn.state.patient, permission: null } }),
  'suspend-therapy': (turn) => {
    begin(turn, STOPPED)
    note(turn, 'delivery-stopped', 'the pump stopped its therapy by itself; the alarm raised with it says why')
  },
  'suspend-unfit': (turn) => {
    noteUnfit(turn)
    begin(turn, STOPPED)
  },
  'drop-unfit': (turn) => {
    noteUnfit(turn)
    change(turn, { unfit: null })
  },
  'drop-bridge': (turn) => {
    noteUnfit(turn)
    change(turn, { covered: null, unfit: null })
  },
  'enter-safe-state': (turn) => {
    begin(turn, MINIMUM_RATE)
    note(turn, 'safe-state', 'minimum rate until somebody programs the pump; nothing is resumed by itself')
  },
  'clear-reset-alarms': (turn) => clear(turn, ['low-battery-reset', 'memory-error']),
  'begin-anew': (turn) => begin(turn, turn.state.therapy),
  'start-bolus': withProgram('bolus', (turn, { bolus }) => {
    change(turn, { boluses: [...turn.state.boluses, started(bolus, turn.state.now_us)] })
  }),
  'start-pattern-bolus': (turn) => {
    const { next } = turn.state
    if (next === null) return
    const state = copied(turn.state)
    state.boluses = [...state.boluses, started(next, next.at_us)]
    state.next = startAfter(state, next)
    // Only a bridge can last longer than was foreseen.
    const reason = state.covered === null ? null : presentRefusal(turn.model, state)
    if (reason !== null) state.unfit = { at_us: state.now_us, reason, what: 'boluses' }
    turn.state = state
  },
  'skip-pattern-bolus': skipStart,
  'drop-ended-boluses': (turn) => {
    const state = copied(turn.state)
    state.boluses = state.boluses.filter(({ end_us }) => compare(end_us, state.now_us) > 0)
    turn.state = state
  },
  'start-prime': withProgram('prime', (turn, { prime }) =>
    change(turn, primedBy(turn.model, turn.state, prime.volume)),
  ),
  'drop-prime': (turn) => change(turn, { prime: null }),
  'start-bridge': withProgram('bridge', (turn, { bridge }) => {
    // One is taken only where everything fits under it.
    change(turn, { ...bridgedBy(turn.model, turn.state, bridge.volume), unfit: null })
  }),
  'drop-plug': (turn) => change(turn, lineNow(turn.state)),
  'permit-patient-bolus': withProgram('patient-bolus', (turn, { patientBolus }) => {
    change(turn, { patient: { ...turn.state.patient, permission: patientBolus } })
  }),
  'answer-request': answerRequest,
  'deny-request': (turn) => denyRequest(turn, 'the pump gives no therapy'),
  'account-refill': withProgram('refill', (turn, { refill }) => accountRefill(turn, refill)),
  'set-clock': withProgram('set-clock', (turn, { to_us }) => setClock(turn, to_us)),
  'withdraw-step': (turn, subject) => {
    if (subject.kind !== 'step') return
    withdrawStep(turn, subject.due_us)
    if (turn.state.missedInARow >= turn.model.stallDetection_steps) raise(turn, 'motor-stall')
    else if (turn.state.missedInARow === 1) log(turn, 'step-lost', 'a step did not move the rotor')
  },
  'note-motion': (turn) => {
    const { alarms, missedInARow } = turn.state
    const detail = `the rotor moves again after ${missedInARow} steps without motion`
    // What was too short for the alarm is found in the log alone.
    if (alarms.includes('motor-stall')) note(turn, 'motor-recovered', detail)
    else if (missedInARow > 0) log(turn, 'motor-recovered', detail)
    change(turn, { missedInARow: 0 })
    clear(turn, ['motor-stall'])
  },
  'raise-low-reservoir': raiseIfLow,
  'raise-empty-reservoir': (turn) => raise(turn, 'empty-reservoir'),
  'clear-reservoir-alarms': (turn) => clear(turn, ['low-reservoir', 'empty-reservoir']),
  'end-standing': (turn) => {
    change(turn, { standing: RUNNING })
    clear(turn, ['stopped-pump'])
  },
  'warn-stopped': noteStanding,
  'raise-stopped-pump': noteStanding,
  'alarm-stopped-pump': (turn) => {
    // Behind a prime the pump does not stand yet.
    if (turn.state.standing.since_us !== null) raise(turn, 'stopped-pump')
  },
  'read-cell': (turn) => {
    const { model, state } = turn
    const battery = read(state.battery, model.cell, state.now_us, state.extra_ohm)
    change(turn, { battery })
    if (replacementDue(battery, model, state.now_us)) dueForReplacement(turn)
  },
  'due-for-replacement': dueForReplacement,
  'raise-tube-set-end-of-life': (turn) => raise(turn, 'tube-set-end-of-life'),
  'raise-end-of-service': (turn) => raise(turn, 'end-of-service'),
  'note-sag': (turn) => change(turn, { battery: hasSagged(turn.state.battery), prepared: null }),
  'raise-low-battery-reset': (turn) => raise(turn, 'low-battery-reset'),
  'repair-memory': repairMemory,
  'forget-therapy': (turn) => {
    // Another value of the same alarms: the record has to be written anew, whatever else changes.
    const alarms = [...turn.state.alarms]
    change(turn, { alarms, lastGiving: null, lastDose: null, prepared: null, memoryCheck_us: null })
  },
  'forget-everything': forgetEverything,
  'raise-memory-error': (turn) => raise(turn, 'memory-error'),
  'end-silence': () => {},
  'lose-power': (turn) => change(turn, { boluses: [], prime: null, next: null, prepared: null, unfit: null }),
  restore,
  'set-rate': setRate,
}

function skipStart(turn: Turn): void {
  const { next } = turn.state
  if (next !== null) change(turn, { next: startAfter(turn.state, next) })
}

function startAfter({ therapy, clock, began_us, now_us }: PumpState, { index }: PatternStart): PatternStart | null {
  return nextStart(therapy, { began_us, clock, from_us: now_us, after: index })
}

function noteStanding(turn: Turn): void {
  const { model, state } = turn
  const { standing, warns, alarms } = noticed(model, state.standing, state.now_us)
  change(turn, { standing })
  if (warns) note(turn, 'stopped-warning', 'the pump is stopped; restart it if that is not meant')
  if (alarms) raise(turn, 'stopped-pump')
}

function dueForReplacement(turn: Turn): void {
  // What fell due by age without power has been due since.
  const since_us = as<Time_us>(smaller(turn.state.now_us, turn.model.serviceLife_us))
  change(turn, { battery: replacing(turn.state.battery, since_us) })
  raise(turn, 'elective-replacement')
}
