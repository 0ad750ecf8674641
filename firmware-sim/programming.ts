/** The pump's end of a programming session: it checks, stores, reads back, and brings into force. */
import { dailyVolume, refusal } from '#firmware-sim/limits'
import type { Program } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { OPERATING, type OperatingState } from '#firmware-sim/operating'
import { changed, type PumpState } from '#firmware-sim/state'
import { stimulate } from '#firmware-sim/stimulate'
import { unfitBolus } from '#firmware-sim/therapy/bolus'
import { isDosed, unfitTherapy } from '#firmware-sim/therapy/therapies'
import { digestOf, programText, readback, stimulusOf } from '#firmware-sim/transaction'
import { bridgeRefusal } from '#firmware-sim/transport'
import { change, log, say, type Turn } from '#firmware-sim/turn'
import { duration } from '#units/format'
import { add, compare, isPositive } from '#units/rational'

/** A program as the pump stores it: a restart has become the therapy it resumes. */
type Stored = Exclude<Program, { kind: 'restart' }>

type Checked =
  | { readonly ok: true; readonly program: Stored; readonly after: PumpState }
  | { readonly ok: false; readonly reason: string }

/** Checks a program, stores it and reads it back; what is in force goes on. */
export function prepare(turn: Turn, program: Program): void {
  const { model, state } = turn
  const checked = check(turn, program)
  const transactions = state.transactions + 1
  if (!checked.ok) {
    turn.state = changed(state, { transactions, prepared: null })
    refuse(turn, checked.reason)
    return
  }
  const digest = digestOf(checked.program, transactions)
  turn.state = changed(state, { transactions, prepared: { program: checked.program, digest, at_us: state.now_us } })
  say(turn, readback(model, state, checked.after, checked.program, digest))
}

/** Brings what is stored under the digest into force; what was brought into force last is only confirmed. */
export function commit(turn: Turn, digest: string): void {
  const { model, state } = turn
  const { prepared, committed, now_us } = state
  if (prepared === null || prepared.digest !== digest) {
    if (committed === digest) say(turn, { kind: 'applied', digest })
    else refuse(turn, `nothing is prepared under the digest ${digest}; prepare the program again`)
    return
  }
  turn.state = changed(state, { prepared: null })
  if (compare(now_us, add(prepared.at_us, model.prepareTimeout_us)) > 0) {
    refuse(turn, `the program was prepared more than ${duration(model.prepareTimeout_us)} ago; prepare it again`)
    return
  }
  const checked = check(turn, prepared.program)
  if (!checked.ok) {
    refuse(turn, checked.reason)
    return
  }
  const { program } = checked
  stimulate(turn, stimulusOf(program, state), { kind: 'program', program })
  change(turn, { committed: digest })
  // A safe state gives a therapy too, but nobody asked for it.
  if (program.kind === 'therapy') noteGiving(turn)
  say(turn, { kind: 'applied', digest })
  log(turn, 'programmed', programText(program))
}

function refuse(turn: Turn, reason: string): void {
  say(turn, { kind: 'refused', reason })
  log(turn, 'refused', reason)
}

/** Remembers the therapy in force if it gives anything, and the fluid it is meant for if that is a dose. */
function noteGiving(turn: Turn): void {
  const { therapy, contents } = turn.state
  if (!isPositive(dailyVolume(turn.model, turn.state, therapy))) return
  change(turn, { lastGiving: therapy })
  if (therapy.mode !== 'minimum-rate') change(turn, { lastDose: { therapy, contents } })
}

/** Whether the pump can take a program now, and its state with it. */
function check({ model, state, watch }: Turn, asked: Program): Checked {
  const program = asked.kind === 'restart' ? resumed(state) : asked
  if (program === null)
    return {
      ok: false,
      reason: 'there is nothing to restart: the pump gives a therapy, never gave one, or has lost its record of it',
    }
  const stimulus = stimulusOf(program, state)
  const transition = OPERATING[state.operating][stimulus]
  if ('refuse' in transition) {
    watch?.(state, stimulus)
    return { ok: false, reason: transition.refuse }
  }
  const reason = unfit(model, program, state)
  if (reason !== null) return { ok: false, reason }
  const trial: Turn = { model, outputs: [], state }
  stimulate(trial, stimulus, { kind: 'program', program })
  const refused = refusal(model, state, trial.state, program)
  return refused === null ? { ok: true, program, after: trial.state } : { ok: false, reason: refused }
}

/** What a restart resumes: the last therapy that gave anything, unless the pump gives one. */
function resumed({ operating, lastGiving }: PumpState): Stored | null {
  return lastGiving === null || !AT_REST.has(operating) ? null : { kind: 'therapy', therapy: lastGiving }
}

/** The states in which the pump gives no therapy that anybody asked for. */
const AT_REST: ReadonlySet<OperatingState> = new Set(['stopped', 'safe-state', 'empty', 'end-of-service'])

/** What makes no sense of a program, whatever the limits. */
function unfit(model: PumpModel, program: Stored, state: PumpState): string | null {
  const known = isPositive(state.contents.concentration_ug_per_uL)
  if (!known && givesDose(program)) {
    return 'the pump does not know what it holds; program a refill first'
  }
  switch (program.kind) {
    case 'therapy':
      return unfitTherapy(program.therapy)
    case 'bolus':
      return unfitBolus(program.bolus)
    case 'patient-bolus':
      return unfitBolus(program.patientBolus)
    case 'bridge':
      return bridgeRefusal(model, state)
    case 'refill':
      return isPositive(program.refill.contents.concentration_ug_per_uL)
        ? null
        : 'the concentration of a fill must be above zero'
    case 'prime':
    case 'set-clock':
      return null
  }
}

/** Whether a program gives a dose, which takes knowing what the pump holds. */
function givesDose(program: Stored): boolean {
  return program.kind === 'therapy' ? isDosed(program.therapy) : GIVING_BOLUSES.has(program.kind)
}

const GIVING_BOLUSES: ReadonlySet<Stored['kind']> = new Set(['bolus', 'patient-bolus'])
