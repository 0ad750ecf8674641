/**
 * The operating table once more, by its columns: for each stimulus what follows in which states.
 *
 * The table itself is written by rows, a state at a time. Whoever changes it says here again what is meant.
 */
import { describe, expect, it } from 'vitest'
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'

const THERAPIES: readonly OperatingState[] = ['stopped', 'minimum-rate', 'simple-continuous', 'flex', 'periodic-bolus']
const DELIVERING = THERAPIES.filter((state) => state !== 'stopped')
const RESTING = ['empty', 'end-of-service'] as const
const POWERED: readonly OperatingState[] = [...THERAPIES, 'safe-state', ...RESTING]
const ALL: readonly OperatingState[] = [...POWERED, 'off']

/** What follows: the next state, `=` for the same one, and the actions; or a reason after `!`. */
type Outcome = string
type Column = readonly (readonly [states: readonly OperatingState[], outcome: Outcome])[]

const NO_POWER = '! the pump has no power'
const DRY = '! the reservoir is believed empty; refill the pump first'
const WORN = '! the pump has reached its end of service; replace it'
const SAFE =
  '! the pump is in its safe state; program a therapy first, or restart the last one if its record has it; without a record, refill it before'

const inPower = (outcome: Outcome): Column => [
  [POWERED, outcome],
  [['off'], '='],
]

/** A therapy is taken up by a pump that holds drug. */
const therapy = (mode: OperatingState): Column => [
  [[...THERAPIES, 'safe-state'], `${mode} clear-reset-alarms end-boluses adopt-therapy set-rate`],
  [['empty'], DRY],
  [['end-of-service'], WORN],
  [['off'], NO_POWER],
]
/** What runs on top of a therapy wants one that somebody asked for. */
const onTop = (actions: string): Column => [
  [THERAPIES, `= ${actions}`],
  [['safe-state'], SAFE],
  [['empty'], DRY],
  [['end-of-service'], WORN],
  [['off'], NO_POWER],
]
const STOPS = 'clear-reset-alarms end-boluses adopt-therapy end-permission set-rate'
const HALTS = 'end-boluses end-prime adopt-therapy end-permission set-rate'
const UNFIT = 'end-boluses suspend-unfit end-permission set-rate'
const FILLS = 'account-refill clear-reservoir-alarms set-rate raise-low-reservoir'
const SUSPENDS = 'end-boluses end-prime suspend-therapy set-rate'
const RESETS = 'end-boluses end-prime end-permission'
const COMES_BACK = 'set-rate raise-low-battery-reset'

const COLUMNS: Readonly<Record<Stimulus, Column>> = {
  'program-stopped': [
    [[...THERAPIES, 'safe-state'], `stopped ${STOPS}`],
    [RESTING, `= ${STOPS}`],
    [['off'], NO_POWER],
  ],
  'program-minimum-rate': therapy('minimum-rate'),
  'program-simple-continuous': therapy('simple-continuous'),
  'program-flex': therapy('flex'),
  'program-periodic-bolus': therapy('periodic-bolus'),
  'program-bolus': onTop('start-bolus set-rate'),
  'program-prime': onTop('start-prime set-rate'),
  'program-bridge': onTop('start-bridge set-rate'),
  'program-patient-bolus': onTop('permit-patient-bolus'),
  'program-refill': [
    [[...THERAPIES, 'safe-state', 'end-of-service'], `= ${FILLS}`],
    [['empty'], `stopped ${FILLS}`],
    [['off'], NO_POWER],
  ],
  'program-set-clock': [
    [POWERED, '= set-clock set-rate'],
    [['off'], NO_POWER],
  ],
  'clock-jumped': [
    [POWERED, '= set-clock end-boluses begin-anew set-rate'],
    [['off'], NO_POWER],
  ],
  stop: [
    [[...THERAPIES, 'safe-state'], `stopped ${HALTS}`],
    [RESTING, `= ${HALTS}`],
    [['off'], NO_POWER],
  ],
  'request-bolus': [
    [THERAPIES, '= answer-request set-rate'],
    [['safe-state', ...RESTING], '= deny-request'],
    [['off'], NO_POWER],
  ],
  'therapy-unfit': [
    [THERAPIES, `stopped ${UNFIT} alarm-stopped-pump`],
    [['safe-state'], '= end-boluses drop-bridge set-rate'],
    [RESTING, `= ${UNFIT}`],
    [['off'], '='],
  ],
  'boluses-unfit': inPower('= end-boluses drop-unfit set-rate'),
  'pattern-start': [
    [THERAPIES, '= start-pattern-bolus set-rate'],
    [['safe-state', ...RESTING, 'off'], '= skip-pattern-bolus'],
  ],
  'bolus-ended': inPower('= drop-ended-boluses set-rate'),
  'prime-ended': inPower('= drop-prime set-rate'),
  'plug-cleared': inPower('= drop-plug set-rate'),
  'reservoir-low': inPower('= raise-low-reservoir'),
  'reservoir-empty': [
    [[...THERAPIES, 'safe-state'], `empty ${SUSPENDS} raise-low-reservoir raise-empty-reservoir`],
    [[...RESTING, 'off'], '='],
  ],
  'rotor-missed': inPower('= withdraw-step'),
  'rotor-moved': inPower('= note-motion'),
  'rotor-turns': inPower('= end-standing'),
  'stopped-early': inPower('= warn-stopped'),
  'stopped-long': inPower('= raise-stopped-pump'),
  'cell-reading': inPower('= read-cell'),
  'age-reached': inPower('= due-for-replacement'),
  'tube-worn': inPower('= raise-tube-set-end-of-life due-for-replacement'),
  'service-ended': [
    [[...THERAPIES, 'safe-state', 'empty'], `end-of-service ${SUSPENDS} raise-end-of-service`],
    [['end-of-service', 'off'], '='],
  ],
  'voltage-sagged': [
    [DELIVERING, `safe-state note-sag ${RESETS} enter-safe-state ${COMES_BACK}`],
    [['stopped'], `= note-sag ${RESETS} ${COMES_BACK}`],
    [['safe-state', ...RESTING], '= note-sag raise-low-battery-reset'],
    [['off'], '='],
  ],
  'memory-damaged': inPower('= repair-memory'),
  'memory-lost': [
    [DELIVERING, `safe-state ${RESETS} forget-therapy enter-safe-state set-rate raise-memory-error`],
    [['stopped'], `= ${RESETS} forget-therapy set-rate raise-memory-error`],
    [['safe-state', ...RESTING], '= forget-therapy raise-memory-error'],
    [['off'], '='],
  ],
  'silence-ended': inPower('= end-silence'),
  'power-lost': [
    [POWERED, 'off lose-power set-rate'],
    [['off'], '='],
  ],
  'restored-delivering': [
    [POWERED, '='],
    [['off'], `safe-state restore enter-safe-state ${COMES_BACK}`],
  ],
  'restored-stopped': [
    [POWERED, '='],
    [['off'], `stopped restore ${COMES_BACK}`],
  ],
  'restored-empty': [
    [POWERED, '='],
    [['off'], `empty restore ${COMES_BACK}`],
  ],
  'restored-ended': [
    [POWERED, '='],
    [['off'], `end-of-service restore ${COMES_BACK}`],
  ],
  'restored-nothing': [
    [POWERED, '='],
    [['off'], `safe-state forget-everything enter-safe-state ${COMES_BACK} raise-memory-error`],
  ],
}

function told(state: OperatingState, stimulus: Stimulus): Outcome {
  const cell = OPERATING[state][stimulus]
  if ('refuse' in cell) return `! ${cell.refuse}`
  return [cell.next, ...cell.actions].join(' ')
}

function meantIn(state: OperatingState, outcome: Outcome): Outcome {
  return outcome.replace(/^=/, state)
}

describe('the operating table', () => {
  it('has the states and the stimuli that are meant, and no others', () => {
    expect(Object.keys(OPERATING).sort()).toEqual([...ALL].sort())
    for (const state of ALL) expect(Object.keys(OPERATING[state]).sort()).toEqual(Object.keys(COLUMNS).sort())
  })

  it.each(Object.entries(COLUMNS) as [Stimulus, Column][])(
    'says what follows %s in every state',
    (stimulus, column) => {
      const meant = column.flatMap(([states, outcome]) => states.map((state) => [state, outcome] as const))
      expect(meant.map(([state]) => state).sort()).toEqual([...ALL].sort())
      for (const [state, outcome] of meant) {
        expect([state, told(state, stimulus)]).toEqual([state, meantIn(state, outcome)])
      }
    },
  )
})
