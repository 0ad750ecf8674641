/** One call of the pump in progress: the state so far, and what was said. */
import { ALARMS } from '#firmware-sim/alarms'
import { logged } from '#firmware-sim/event-log'
import type { Program, PumpAlarm, PumpEvent, PumpOutput, PumpUtterance } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Stimulus } from '#firmware-sim/operating'
import { patternText, soundedWith, uncovered } from '#firmware-sim/sound'
import { changed, type PumpState } from '#firmware-sim/state'
import type { Time_us } from '#units/quantity'

/** Is told of every cell of the operating table that a pump comes to, refusals included, with its state before it. */
export type Watch = (before: PumpState, stimulus: Stimulus) => void

export interface Turn {
  readonly model: PumpModel
  readonly outputs: PumpOutput[]
  state: PumpState
  /** Left out where nobody watches, and of a program that is only tried. */
  readonly watch?: Watch | undefined
}

/** What an action acts on beside the state: the program asked for, or the step that did or did not move. */
export type Subject =
  | { readonly kind: 'none' }
  | { readonly kind: 'program'; readonly program: Program }
  | { readonly kind: 'step'; readonly due_us: Time_us }

export const NO_SUBJECT: Subject = { kind: 'none' }

export function change(turn: Turn, changes: Partial<PumpState>): void {
  turn.state = changed(turn.state, changes)
}

export function say(turn: Turn, utterance: PumpUtterance): void {
  turn.outputs.push({ at_us: turn.state.now_us, ...utterance })
}

export function log(turn: Turn, event: string, detail: string): void {
  const { state } = turn
  turn.state = changed(state, { log: logged(state.log, { at_us: state.now_us, event, detail }) })
}

/** Says an event and logs it. */
export function note(turn: Turn, event: PumpEvent, detail: string): void {
  say(turn, { kind: 'event', event, detail })
  log(turn, event, detail)
}

export function raise(turn: Turn, alarm: PumpAlarm): void {
  const { state } = turn
  if (state.alarms.includes(alarm)) return
  turn.state = changed(state, { alarms: [...state.alarms, alarm] })
  announce(turn, alarm, 'raised')
}

/** Clears those of the alarms that are on. */
export function clear(turn: Turn, alarms: readonly PumpAlarm[]): void {
  for (const alarm of alarms) {
    const { state } = turn
    if (!state.alarms.includes(alarm)) continue
    turn.state = changed(state, {
      alarms: state.alarms.filter((other) => other !== alarm),
      sound: { ...state.sound, silence: uncovered(state.sound.silence, alarm) },
    })
    announce(turn, alarm, 'cleared')
  }
}

function announce(turn: Turn, alarm: PumpAlarm, state: 'raised' | 'cleared'): void {
  const { priority, cause } = ALARMS[alarm]
  say(turn, { kind: 'alarm', alarm, priority, state })
  log(turn, `alarm-${state}`, `${alarm}: ${cause}`)
}

/** Lets the most urgent alarm be heard, and says so when another one is heard than before. */
export function sound(turn: Turn): void {
  const { model, state } = turn
  const next = soundedWith(state.sound, state.alarms, state.now_us)
  if (next.sounding !== state.sound.sounding) {
    say(turn, { kind: 'tone', alarm: next.sounding, pattern: patternText(model, next.sounding) })
  }
  if (next.sounding !== state.sound.sounding || next.silence !== state.sound.silence) {
    change(turn, { sound: next })
  }
}
