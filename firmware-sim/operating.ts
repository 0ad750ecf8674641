/**
 * The operating machine: every state of the pump, every stimulus, and what follows.
 *
 * "What happens when X while Y" is answered by one cell of this table and nowhere else. A cell names the next state and
 * the actions, in order; the actions are carried out by {@link ../firmware-sim/actions.ts}.
 */
import type { Therapy } from '#firmware-sim/messages'

/**
 * A therapy in force, or a state in which the pump gives none:
 * `empty`: the believed reservoir is used up and the motor stands until a refill;
 * `safe-state`: after a reset the pump runs at minimum rate until somebody programs it;
 * `end-of-service`: the cell or the tube is past its time and the motor stands for good;
 * `off`: the pump has no power.
 */
export type OperatingState = Therapy['mode'] | 'empty' | 'safe-state' | 'end-of-service' | 'off'

export type Stimulus =
  | `program-${Therapy['mode']}`
  | 'program-bolus'
  | 'program-prime'
  | 'program-bridge'
  | 'program-patient-bolus'
  | 'program-refill'
  | 'program-set-clock'
  | 'clock-jumped'
  | 'stop'
  | 'request-bolus'
  | 'therapy-unfit'
  | 'boluses-unfit'
  | 'pattern-start'
  | 'bolus-ended'
  | 'prime-ended'
  | 'plug-cleared'
  | 'reservoir-low'
  | 'reservoir-empty'
  | 'rotor-missed'
  | 'rotor-moved'
  | 'rotor-turns'
  | 'stopped-early'
  | 'stopped-long'
  | 'cell-reading'
  | 'age-reached'
  | 'tube-worn'
  | 'service-ended'
  | 'voltage-sagged'
  | 'memory-damaged'
  | 'memory-lost'
  | 'silence-ended'
  | 'power-lost'
  | 'restored-delivering'
  | 'restored-stopped'
  | 'restored-empty'
  | 'restored-ended'
  | 'restored-nothing'

export type Action =
  | 'end-boluses'
  | 'end-prime'
  | 'adopt-therapy'
  | 'end-permission'
  | 'suspend-therapy'
  | 'suspend-unfit'
  | 'drop-unfit'
  | 'drop-bridge'
  | 'enter-safe-state'
  | 'clear-reset-alarms'
  | 'begin-anew'
  | 'start-bolus'
  | 'start-pattern-bolus'
  | 'skip-pattern-bolus'
  | 'drop-ended-boluses'
  | 'start-prime'
  | 'drop-prime'
  | 'start-bridge'
  | 'drop-plug'
  | 'permit-patient-bolus'
  | 'answer-request'
  | 'deny-request'
  | 'account-refill'
  | 'set-clock'
  | 'withdraw-step'
  | 'note-motion'
  | 'raise-low-reservoir'
  | 'raise-empty-reservoir'
  | 'clear-reservoir-alarms'
  | 'end-standing'
  | 'warn-stopped'
  | 'raise-stopped-pump'
  | 'alarm-stopped-pump'
  | 'read-cell'
  | 'due-for-replacement'
  | 'raise-tube-set-end-of-life'
  | 'raise-end-of-service'
  | 'note-sag'
  | 'raise-low-battery-reset'
  | 'repair-memory'
  | 'forget-therapy'
  | 'forget-everything'
  | 'raise-memory-error'
  | 'end-silence'
  | 'lose-power'
  | 'restore'
  | 'set-rate'

export type Transition =
  | { readonly next: OperatingState; readonly actions: readonly Action[] }
  | { readonly refuse: string }

type Row = Readonly<Record<Stimulus, Transition>>

/** Whoever programs a therapy has seen to the pump, so the alarms of a reset end with it, in whatever state that left it. */
const ADOPT = ['clear-reset-alarms', 'end-boluses', 'adopt-therapy', 'set-rate'] as const satisfies readonly Action[]
const STOPPED = [
  'clear-reset-alarms',
  'end-boluses',
  'adopt-therapy',
  'end-permission',
  'set-rate',
] as const satisfies readonly Action[]
const HALT = [
  'end-boluses',
  'end-prime',
  'adopt-therapy',
  'end-permission',
  'set-rate',
] as const satisfies readonly Action[]
const REFILL = [
  'account-refill',
  'clear-reservoir-alarms',
  'set-rate',
  'raise-low-reservoir',
] as const satisfies readonly Action[]
const RESET = ['end-boluses', 'end-prime', 'end-permission'] as const satisfies readonly Action[]
const UNFIT = ['end-boluses', 'suspend-unfit', 'end-permission', 'set-rate'] as const satisfies readonly Action[]
const SUSPEND = ['end-boluses', 'end-prime', 'suspend-therapy'] as const satisfies readonly Action[]

/** What a pump with power does in every state alike. */
function supervision(state: OperatingState) {
  // Without power nothing is done of it.
  const stay = (...actions: readonly Action[]) => ({ next: state, actions: state === 'off' ? [] : actions })
  return {
    'rotor-missed': stay('withdraw-step'),
    'rotor-moved': stay('note-motion'),
    'rotor-turns': stay('end-standing'),
    'stopped-early': stay('warn-stopped'),
    'stopped-long': stay('raise-stopped-pump'),
    'cell-reading': stay('read-cell'),
    'age-reached': stay('due-for-replacement'),
    'tube-worn': stay('raise-tube-set-end-of-life', 'due-for-replacement'),
    'service-ended': {
      next: 'end-of-service',
      actions: [...SUSPEND, 'set-rate', 'raise-end-of-service'],
    },
    'memory-damaged': stay('repair-memory'),
    'memory-lost': stay('forget-therapy', 'raise-memory-error'),
    'silence-ended': stay('end-silence'),
    'program-set-clock': stay('set-clock', 'set-rate'),
    'clock-jumped': stay('set-clock', 'end-boluses', 'begin-anew', 'set-rate'),
    'boluses-unfit': stay('end-boluses', 'drop-unfit', 'set-rate'),
    'bolus-ended': stay('drop-ended-boluses', 'set-rate'),
    'prime-ended': stay('drop-prime', 'set-rate'),
    'plug-cleared': stay('drop-plug', 'set-rate'),
    'reservoir-low': stay('raise-low-reservoir'),
    'power-lost': { next: 'off', actions: ['lose-power', 'set-rate'] },
    // The supply cannot come back to a pump that has it.
    'restored-delivering': stay(),
    'restored-stopped': stay(),
    'restored-empty': stay(),
    'restored-ended': stay(),
    'restored-nothing': stay(),
  } as const satisfies Partial<Row>
}

/** A pump that holds drug behaves alike in every therapy; only the state it returns to differs. */
function holdingDrug(state: Therapy['mode']): Row {
  // A pump that was stopped stays so: after a reset nothing may move that did not move before.
  const safe = state === 'stopped' ? 'stopped' : 'safe-state'
  const trickle = state === 'stopped' ? ([] as const) : (['enter-safe-state'] as const)
  return {
    ...supervision(state),
    'program-stopped': { next: 'stopped', actions: STOPPED },
    'program-minimum-rate': { next: 'minimum-rate', actions: ADOPT },
    'program-simple-continuous': { next: 'simple-continuous', actions: ADOPT },
    'program-flex': { next: 'flex', actions: ADOPT },
    'program-periodic-bolus': { next: 'periodic-bolus', actions: ADOPT },
    'program-bolus': { next: state, actions: ['start-bolus', 'set-rate'] },
    'program-prime': { next: state, actions: ['start-prime', 'set-rate'] },
    'program-bridge': { next: state, actions: ['start-bridge', 'set-rate'] },
    'program-patient-bolus': { next: state, actions: ['permit-patient-bolus'] },
    'program-refill': { next: state, actions: REFILL },
    stop: { next: 'stopped', actions: HALT },
    'request-bolus': { next: state, actions: ['answer-request', 'set-rate'] },
    // Nobody told the pump to stop, so it does not wait for the alarm of a stop on command.
    'therapy-unfit': { next: 'stopped', actions: [...UNFIT, 'alarm-stopped-pump'] },
    'pattern-start': { next: state, actions: ['start-pattern-bolus', 'set-rate'] },
    'reservoir-empty': {
      next: 'empty',
      actions: [...SUSPEND, 'set-rate', 'raise-low-reservoir', 'raise-empty-reservoir'],
    },
    'voltage-sagged': {
      next: safe,
      actions: ['note-sag', ...RESET, ...trickle, 'set-rate', 'raise-low-battery-reset'],
    },
    'memory-lost': { next: safe, actions: [...RESET, 'forget-therapy', ...trickle, 'set-rate', 'raise-memory-error'] },
  }
}

/** Refuses every program with one reason; stopping is never refused. */
function refusingPrograms(reason: string) {
  const refusal = { refuse: reason } as const satisfies Transition
  return {
    'program-minimum-rate': refusal,
    'program-simple-continuous': refusal,
    'program-flex': refusal,
    'program-periodic-bolus': refusal,
    'program-bolus': refusal,
    'program-prime': refusal,
    'program-bridge': refusal,
    'program-patient-bolus': refusal,
  } as const satisfies Partial<Row>
}

const EMPTY: Row = {
  ...supervision('empty'),
  ...refusingPrograms('the reservoir is believed empty; refill the pump first'),
  // Stopping is never refused, and changes nothing about being empty.
  'program-stopped': { next: 'empty', actions: STOPPED },
  stop: { next: 'empty', actions: HALT },
  // Therapy is not resumed by a refill: a patient without drug for days must not get the full dose unasked.
  'program-refill': { next: 'stopped', actions: REFILL },
  'request-bolus': { next: 'empty', actions: ['deny-request'] },
  'therapy-unfit': { next: 'empty', actions: UNFIT },
  'pattern-start': { next: 'empty', actions: ['skip-pattern-bolus'] },
  'reservoir-empty': { next: 'empty', actions: [] },
  'voltage-sagged': { next: 'empty', actions: ['note-sag', 'raise-low-battery-reset'] },
}

const SAFE_STATE: Row = {
  ...supervision('safe-state'),
  ...refusingPrograms(
    'the pump is in its safe state; program a therapy first, or restart the last one if its record has it; without a record, refill it before',
  ),
  'program-stopped': { next: 'stopped', actions: STOPPED },
  'program-minimum-rate': { next: 'minimum-rate', actions: ADOPT },
  'program-simple-continuous': { next: 'simple-continuous', actions: ADOPT },
  'program-flex': { next: 'flex', actions: ADOPT },
  'program-periodic-bolus': { next: 'periodic-bolus', actions: ADOPT },
  'program-refill': { next: 'safe-state', actions: REFILL },
  stop: { next: 'stopped', actions: HALT },
  'request-bolus': { next: 'safe-state', actions: ['deny-request'] },
  // Minimum rate fits any drug; only a bridge on top of it may not.
  'therapy-unfit': { next: 'safe-state', actions: ['end-boluses', 'drop-bridge', 'set-rate'] },
  'pattern-start': { next: 'safe-state', actions: ['skip-pattern-bolus'] },
  'reservoir-empty': {
    next: 'empty',
    actions: [...SUSPEND, 'set-rate', 'raise-low-reservoir', 'raise-empty-reservoir'],
  },
  'voltage-sagged': { next: 'safe-state', actions: ['note-sag', 'raise-low-battery-reset'] },
}

const END_OF_SERVICE: Row = {
  ...supervision('end-of-service'),
  ...refusingPrograms('the pump has reached its end of service; replace it'),
  'program-stopped': { next: 'end-of-service', actions: STOPPED },
  stop: { next: 'end-of-service', actions: HALT },
  'program-refill': { next: 'end-of-service', actions: REFILL },
  'request-bolus': { next: 'end-of-service', actions: ['deny-request'] },
  'therapy-unfit': { next: 'end-of-service', actions: UNFIT },
  'pattern-start': { next: 'end-of-service', actions: ['skip-pattern-bolus'] },
  'reservoir-empty': { next: 'end-of-service', actions: [] },
  'service-ended': { next: 'end-of-service', actions: [] },
  'voltage-sagged': { next: 'end-of-service', actions: ['note-sag', 'raise-low-battery-reset'] },
}

const RESTORED = ['set-rate', 'raise-low-battery-reset'] as const satisfies readonly Action[]

/** Without power nothing is heard and nothing happens; where the pump comes back to is in its memory. */
const OFF: Row = {
  ...supervision('off'),
  ...refusingPrograms('the pump has no power'),
  'program-stopped': { refuse: 'the pump has no power' },
  'program-refill': { refuse: 'the pump has no power' },
  'program-set-clock': { refuse: 'the pump has no power' },
  'clock-jumped': { refuse: 'the pump has no power' },
  stop: { refuse: 'the pump has no power' },
  'request-bolus': { refuse: 'the pump has no power' },
  'therapy-unfit': { next: 'off', actions: [] },
  'pattern-start': { next: 'off', actions: ['skip-pattern-bolus'] },
  'reservoir-empty': { next: 'off', actions: [] },
  'voltage-sagged': { next: 'off', actions: [] },
  'service-ended': { next: 'off', actions: [] },
  'power-lost': { next: 'off', actions: [] },
  'memory-damaged': { next: 'off', actions: [] },
  'memory-lost': { next: 'off', actions: [] },
  'restored-delivering': { next: 'safe-state', actions: ['restore', 'enter-safe-state', ...RESTORED] },
  'restored-stopped': { next: 'stopped', actions: ['restore', ...RESTORED] },
  'restored-empty': { next: 'empty', actions: ['restore', ...RESTORED] },
  'restored-ended': { next: 'end-of-service', actions: ['restore', ...RESTORED] },
  'restored-nothing': {
    next: 'safe-state',
    actions: ['forget-everything', 'enter-safe-state', ...RESTORED, 'raise-memory-error'],
  },
}

export const OPERATING: Readonly<Record<OperatingState, Row>> = {
  stopped: holdingDrug('stopped'),
  'minimum-rate': holdingDrug('minimum-rate'),
  'simple-continuous': holdingDrug('simple-continuous'),
  flex: holdingDrug('flex'),
  'periodic-bolus': holdingDrug('periodic-bolus'),
  empty: EMPTY,
  'safe-state': SAFE_STATE,
  'end-of-service': END_OF_SERVICE,
  off: OFF,
}
