/**
 * Power and memory: what is written when, what is left when the power fails at any word of it, and how the pump comes
 * back.
 *
 * The record is written before anything of an operation is said or done, so a power cut leaves the pump in the state
 * before it or after it. Nothing is resumed by itself: a pump that delivered comes back in its safe state.
 */
import { believedSteps } from '#firmware-sim/accounting'
import { ALARMS } from '#firmware-sim/alarms'
import { stoodStill } from '#firmware-sim/clock'
import type { EventLog } from '#firmware-sim/event-log'
import type { Kept } from '#firmware-sim/kept'
import { formatted, type Memory, payloadOf, repaired, stored } from '#firmware-sim/memory/store'
import type { OperatingState, Stimulus } from '#firmware-sim/operating'
import { keepsTheSame, keptOf, recordOfState } from '#firmware-sim/record'
import { changed, type PumpState } from '#firmware-sim/state'
import { change, clear, note, raise, type Turn } from '#firmware-sim/turn'
import { as } from '#units/quantity'
import { equal, isZero, ZERO } from '#units/rational'

/** Words of a log entry beside its text: time, length and checksum. */
const ENTRY_WORDS = 4
/** Characters of text in a word. */
const WORD_CHARACTERS = 4

/**
 * Writes what an operation changed, word by word; false when the power failed at one of them, and then the memory is as
 * it was left and the log holds the entries that were complete.
 */
export function keep(turn: Turn, before: PumpState): boolean {
  const { state } = turn
  const { failsAtWrite } = state
  if (failsAtWrite === null && state.memory === null) return true
  let written = 0
  if (!keepsTheSame(before, state)) {
    const writing = stored(memoryOf(changed(before, { memory: state.memory })), recordOfState(state), failsAtWrite)
    if (!writing.complete) {
      turn.state = changed(state, { memory: writing.memory, log: before.log })
      return false
    }
    turn.state = changed(state, { memory: null })
    written = writing.writes
  }
  return failsAtWrite === null || keepLog(turn, before.log, failsAtWrite - written)
}

/** The two copies of a state, written out. */
export function memoryOf(state: PumpState): Memory {
  return state.memory ?? formatted(recordOfState(state))
}

/** Whether the new entries of the log were written before the power failed at the n-th word of them. */
function keepLog(turn: Turn, before: EventLog, cut: number): boolean {
  const { log } = turn.state
  const last = before.entries.at(-1)
  const old = last === undefined ? 0 : log.entries.lastIndexOf(last) + 1
  const entries = log.entries.slice(old)
  let words = 0
  for (const [index, { event, detail }] of entries.entries()) {
    words += ENTRY_WORDS + Math.ceil((event.length + detail.length) / WORD_CHARACTERS)
    if (cut > words) continue
    // The record itself is written in full by now, and stays so.
    const kept = { ...log, entries: log.entries.slice(0, old + index) }
    change(turn, { memory: memoryOf(turn.state), log: kept })
    return false
  }
  return true
}

/** How the pump comes back, by the state that its record holds. */
const RESTORED: Readonly<Record<OperatingState, Stimulus>> = {
  stopped: 'restored-stopped',
  'minimum-rate': 'restored-delivering',
  'simple-continuous': 'restored-delivering',
  flex: 'restored-delivering',
  'periodic-bolus': 'restored-delivering',
  'safe-state': 'restored-delivering',
  empty: 'restored-empty',
  'end-of-service': 'restored-ended',
  off: 'restored-nothing',
}

/** The stimulus of a supply that comes back, by what the memory holds. */
export function restoredStimulus(state: PumpState): Stimulus {
  const payload = payloadOf(memoryOf(state))
  return payload === null ? 'restored-nothing' : RESTORED[keptOf(payload).operating]
}

/** Takes up what the record holds. The clock stood still without power. */
export function restore(turn: Turn): void {
  const { state } = turn
  const payload = payloadOf(memoryOf(state))
  if (payload === null) {
    forgetEverything(turn)
    return
  }
  const kept = keptOf(payload)
  turn.state = changed(state, {
    ...kept,
    operating: state.operating,
    clock: stoodStill(kept.clock, state.delivery.anchor_us, state.now_us),
    patient: { ...kept.patient, permission: null },
    former: formerOf(state, kept),
    standing: { ...state.standing, alarmed: kept.alarms.includes('stopped-pump') },
    alarms: state.alarms,
  })
  // What was written and what was said differ where the power failed in between.
  clear(
    turn,
    state.alarms.filter((alarm) => !kept.alarms.includes(alarm)),
  )
  for (const alarm of kept.alarms) raise(turn, alarm)
  repairMemory(turn)
}

/** What was held before the last refill: one whose writing was complete when the power failed came with the cut. */
function formerOf(state: PumpState, kept: Kept): PumpState['former'] {
  const { volume_uL, steps } = state.reservoir
  if (equal(kept.reservoir.volume_uL, volume_uL) && kept.reservoir.steps === steps) return state.former
  return { contents: state.contents, until_us: state.delivery.anchor_us, drained: kept.residual !== null }
}

/** Rewrites a copy that is not what it should be from the good one. */
export function repairMemory(turn: Turn): void {
  const { memory, writes } = repaired(memoryOf(turn.state), null)
  change(turn, { memory, memoryCheck_us: null })
  if (writes > 0) note(turn, 'memory-repaired', 'one copy of the record was bad and was written anew from the other')
}

/** What a pump holds that has no record of it: dose and mass of no known drug. */
const UNKNOWN: PumpState['contents'] = { drug: 'unknown', concentration_ug_per_uL: as(ZERO) }

function isKnown({ contents }: PumpState): boolean {
  return contents.drug !== UNKNOWN.drug || !isZero(contents.concentration_ug_per_uL)
}

/**
 * Goes on without a record: the counters are left, a step of before that did not move is taken back from them, what the pump holds is not known, and every dose is refused
 * until a refill tells. The reservoir counts as full, so that it is never believed emptier than it is.
 * What wears with the counters, and has raised its alarm by them, is not forgotten.
 */
export function forgetEverything(turn: Turn): void {
  const { model } = turn
  clear(
    turn,
    turn.state.alarms.filter((alarm) => ALARMS[alarm].clearedBy !== 'never'),
  )
  const { state } = turn
  turn.state = changed(state, {
    therapy: { mode: 'stopped' },
    lastGiving: null,
    lastDose: null,
    patient: { permission: null, grants_us: [] },
    contents: UNKNOWN,
    former: isKnown(state) ? { contents: state.contents, until_us: state.now_us, drained: true } : state.former,
    reservoir: { volume_uL: model.reservoir_uL, steps: believedSteps(state, state.now_us) },
    residual: null,
    plugs: [],
    covered: null,
    clock: stoodStill(state.clock, state.delivery.anchor_us, state.now_us),
    committed: null,
    memoryCheck_us: null,
  })
}
