/**
 * The operating machine: every state of the pump, every stimulus, and what follows.
 *
 * "What happens when X while Y" is answered by one cell of this table and nowhere else. A cell names the next state and
 * the actions, in order; the actions are carried out by {@link ../firmware-sim/pump.ts}.
 */
import type { Therapy } from '#firmware-sim/messages'

/** A therapy in force, or `empty`: the believed reservoir is used up and the motor stands until a refill. */
export type OperatingState = Therapy['mode'] | 'empty'

export type Stimulus =
  | 'program-stopped'
  | 'program-minimum-rate'
  | 'program-simple-continuous'
  | 'program-bolus'
  | 'program-refill'
  | 'bolus-ended'
  | 'reservoir-low'
  | 'reservoir-empty'

export type Action =
  | 'end-boluses'
  | 'adopt-therapy'
  | 'suspend-therapy'
  | 'start-bolus'
  | 'drop-ended-boluses'
  | 'account-refill'
  | 'raise-low-reservoir'
  | 'raise-empty-reservoir'
  | 'clear-reservoir-alarms'
  | 'set-rate'

export type Transition =
  | { readonly next: OperatingState; readonly actions: readonly Action[] }
  | { readonly refuse: string }

type Row = Readonly<Record<Stimulus, Transition>>

const ADOPT = ['end-boluses', 'adopt-therapy', 'set-rate'] as const satisfies readonly Action[]
const REFILL = [
  'account-refill',
  'clear-reservoir-alarms',
  'set-rate',
  'raise-low-reservoir',
] as const satisfies readonly Action[]

/** A pump that holds drug behaves alike in every therapy; only the state it returns to differs. */
function holdingDrug(state: Therapy['mode']): Row {
  return {
    'program-stopped': { next: 'stopped', actions: ADOPT },
    'program-minimum-rate': { next: 'minimum-rate', actions: ADOPT },
    'program-simple-continuous': { next: 'simple-continuous', actions: ADOPT },
    'program-bolus': { next: state, actions: ['start-bolus', 'set-rate'] },
    'program-refill': { next: state, actions: REFILL },
    'bolus-ended': { next: state, actions: ['drop-ended-boluses', 'set-rate'] },
    'reservoir-low': { next: state, actions: ['raise-low-reservoir'] },
    'reservoir-empty': {
      next: 'empty',
      actions: ['end-boluses', 'suspend-therapy', 'set-rate', 'raise-low-reservoir', 'raise-empty-reservoir'],
    },
  }
}

const EMPTY = { refuse: 'the reservoir is believed empty; refill the pump first' } as const satisfies Transition

export const OPERATING: Readonly<Record<OperatingState, Row>> = {
  stopped: holdingDrug('stopped'),
  'minimum-rate': holdingDrug('minimum-rate'),
  'simple-continuous': holdingDrug('simple-continuous'),
  empty: {
    // Stopping is never refused, and changes nothing about being empty.
    'program-stopped': { next: 'empty', actions: ADOPT },
    'program-minimum-rate': EMPTY,
    'program-simple-continuous': EMPTY,
    'program-bolus': EMPTY,
    // Therapy is not resumed by a refill: a patient without drug for days must not get the full dose unasked.
    'program-refill': { next: 'stopped', actions: REFILL },
    'bolus-ended': { next: 'empty', actions: [] },
    'reservoir-low': { next: 'empty', actions: ['raise-low-reservoir'] },
    'reservoir-empty': { next: 'empty', actions: [] },
  },
}
