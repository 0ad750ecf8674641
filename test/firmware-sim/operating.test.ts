/** The operating table: an answer for every state and every stimulus, and the pump acts on it. */
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'
import {
  at,
  Bedside,
  bolus,
  bridge,
  continuous,
  flex,
  MINIMUM_RATE,
  patientBolus,
  periodic,
  prime,
  reasonIn,
  refill,
  STOPPED,
  setClock,
  wasApplied,
} from './bedside.ts'

/** How a pump is brought into each state, by nothing but programs, time and what happens to its supply. */
const WAYS: Readonly<Record<OperatingState, (pump: Bedside) => void>> = {
  stopped: () => undefined,
  'minimum-rate': (pump) => pump.program('1 s', MINIMUM_RATE),
  'simple-continuous': (pump) => pump.program('1 s', continuous('1 mL/d')),
  flex: (pump) => pump.program('1 s', flex('1 mL/d', [['6 h', '50 uL', '1 h']])),
  'periodic-bolus': (pump) => pump.program('1 s', periodic('50 uL', '1 h', '6 h')),
  empty: (pump) => pump.program('1 s', refill({ volume: '0 mL' })),
  'safe-state': (pump) => {
    pump.program('1 s', continuous('1 mL/d'))
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('1 h'), { kind: 'power-returns' })
  },
  'end-of-service': (pump) => pump.program('1 s', continuous('1 mL/d')),
  off: (pump) => pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null }),
}
const STATES = Object.keys(WAYS) as OperatingState[]
const STIMULI = Object.keys(OPERATING.stopped) as Stimulus[]

const PROGRAMMES = {
  'program-stopped': STOPPED,
  'program-minimum-rate': MINIMUM_RATE,
  'program-simple-continuous': continuous('2 mL/d'),
  'program-flex': flex('2 mL/d', [['1 h', '50 uL', '1 h']]),
  'program-periodic-bolus': periodic('10 uL', '10 min', '1 h'),
  'program-bolus': bolus('10 uL', '10 min'),
  'program-prime': prime('10 uL'),
  'program-bridge': bridge('10 uL'),
  'program-patient-bolus': patientBolus('10 uL', '10 min', '1 h', 4),
  'program-refill': refill({ volume: '30 mL' }),
  'program-set-clock': setClock('2026-01-07T01:00'),
  'clock-jumped': setClock('2026-01-07T09:00'),
} as const satisfies Partial<Record<Stimulus, Program>>

const NEVER_REFUSED = STIMULI.filter(
  (stimulus) => !(stimulus in PROGRAMMES) && stimulus !== 'stop' && stimulus !== 'request-bolus',
)

/** A pump two days old in the state. */
function pumpIn(state: OperatingState): Bedside {
  const ends = state === 'end-of-service'
  const figures = ends ? { service_life: '1 d', replacement_period: '12 h' } : {}
  // Another concentration of the same drug, in a line that two days do not clear, so that there is something to bridge.
  const pump = new Bedside({ fill: '20 mL', catheter: '9 mL', figures })
  pump.program('0 s', refill({ volume: '20 mL', concentration: '500 ug/mL' }))
  WAYS[state](pump)
  pump.pass('2 d')
  return pump
}

describe('the operating table', () => {
  it('has a row for every state and the same cells in every row', () => {
    expect(Object.keys(OPERATING).sort()).toEqual([...STATES].sort())
    for (const state of STATES) expect(Object.keys(OPERATING[state]).sort()).toEqual([...STIMULI].sort())
  })

  it('leads to a state with a row, or gives a reason', () => {
    for (const state of STATES) {
      for (const stimulus of STIMULI) {
        const cell = OPERATING[state][stimulus]
        if ('refuse' in cell) expect(cell.refuse).not.toBe('')
        else expect(STATES).toContain(cell.next)
      }
    }
  })

  it('never refuses what happens by itself, nor to stop a pump with power', () => {
    for (const state of STATES) {
      for (const stimulus of NEVER_REFUSED) expect(OPERATING[state][stimulus]).not.toHaveProperty('refuse')
      if (state === 'off') continue
      expect(OPERATING[state].stop).not.toHaveProperty('refuse')
      expect(OPERATING[state]['program-stopped']).not.toHaveProperty('refuse')
      expect(OPERATING[state]['program-refill']).not.toHaveProperty('refuse')
    }
  })

  it('leaves the states that give no therapy by nothing that happens by itself', () => {
    for (const stimulus of NEVER_REFUSED) {
      for (const state of ['stopped', 'empty', 'safe-state', 'end-of-service'] as const) {
        const cell = OPERATING[state][stimulus]
        if ('next' in cell) expect([state, 'empty', 'end-of-service', 'off']).toContain(cell.next)
      }
    }
  })

  it('has no way out of the end of service but the loss of power, and back', () => {
    for (const stimulus of STIMULI) {
      const cell = OPERATING['end-of-service'][stimulus]
      if ('next' in cell) expect(['end-of-service', 'off']).toContain(cell.next)
    }
    expect(OPERATING.off['restored-ended']).toMatchObject({ next: 'end-of-service' })
  })
})

const POWERED = STATES.filter((state) => state !== 'off')
const CELLS = POWERED.flatMap((state) =>
  (Object.keys(PROGRAMMES) as (keyof typeof PROGRAMMES)[]).map((stimulus) => ({ state, stimulus })),
)

describe('the pump', () => {
  it.each(STATES)('reaches the state %s', (state) => {
    expect(pumpIn(state).state.operating).toBe(state)
  })

  it.each(CELLS)('does what the cell $state, $stimulus says', ({ state, stimulus }) => {
    const pump = pumpIn(state)
    const cell = OPERATING[state][stimulus]
    const answers = pump.program('2 d', PROGRAMMES[stimulus])
    if ('refuse' in cell) {
      expect(reasonIn(answers)).toBe(cell.refuse)
      expect(pump.status('2 d').state).toBe(state)
    } else {
      expect(reasonIn(answers)).toBeNull()
      expect(wasApplied(answers)).toBe(true)
      expect(pump.status('2 d').state).toBe(cell.next)
    }
  })

  it.each(POWERED)('stops at once in the state %s, whatever moved', (state) => {
    const pump = pumpIn(state)
    pump.program('2 d', prime('100 uL'))
    pump.program('2 d', bolus('10 uL', '10 min'))
    expect(wasApplied(pump.stop('2 d 30 s'))).toBe(true)
    const cell = OPERATING[state].stop
    expect(pump.peek().state).toBe('next' in cell ? cell.next : 'refused')
    const { steps } = pump.peek()
    pump.pass('9 d')
    expect([pump.stepCount, pump.peek().steps]).toEqual([steps, steps])
  })

  it('without power hears nothing at all, and answers nothing', () => {
    const pump = pumpIn('off')
    const before = pump.state
    for (const program of Object.values(PROGRAMMES)) expect(pump.program('2 d', program)).toEqual([])
    for (const kind of ['stop', 'interrogate', 'observe', 'request-bolus', 'silence', 'read-log', 'clear'] as const) {
      expect(pump.hear(at('2 d'), { kind })).toEqual([])
    }
    expect(pump.state).toEqual(before)
    expect(pump.nextWake()).toBeNull()
  })

  it.each(['stopped', 'minimum-rate', 'simple-continuous', 'flex', 'periodic-bolus'] as const)(
    'is in the state %s again after a bolus',
    (state) => {
      const pump = pumpIn(state)
      pump.program('2 d', bolus('10 uL', '10 min'))
      for (const time of ['2 d 5 min', '2 d 10 min', '3 d']) expect(pump.status(time).state).toBe(state)
    },
  )
})
