/** The operating table: an answer for every state and every stimulus, and the pump acts on it. */
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'
import { Bedside, bolus, continuous, MINIMUM_RATE, reasonIn, refill, STOPPED, wasApplied } from './bedside.ts'

const STATES = ['stopped', 'minimum-rate', 'simple-continuous', 'empty'] as const satisfies readonly OperatingState[]
const STIMULI = [
  'program-stopped',
  'program-minimum-rate',
  'program-simple-continuous',
  'program-bolus',
  'program-refill',
  'bolus-ended',
  'reservoir-low',
  'reservoir-empty',
] as const satisfies readonly Stimulus[]
const PROGRAMMES = {
  'program-stopped': STOPPED,
  'program-minimum-rate': MINIMUM_RATE,
  'program-simple-continuous': continuous('2 mL/d'),
  'program-bolus': bolus('10 uL', '10 min'),
  'program-refill': refill({ volume: '30 mL' }),
} as const satisfies Partial<Record<Stimulus, Program>>

/** A pump brought into the state by nothing but programs and time. */
function pumpIn(state: OperatingState): Bedside {
  const pump = new Bedside({ fill: state === 'empty' ? '1 mL' : '20 mL' })
  if (state === 'minimum-rate') pump.program('0 s', MINIMUM_RATE)
  if (state === 'simple-continuous') pump.program('0 s', continuous('1 mL/d'))
  if (state === 'empty') pump.program('0 s', continuous('1 mL/d'))
  pump.pass('2 d')
  return pump
}

describe('the operating table', () => {
  it('has a row for every state and a cell for every stimulus, and no others', () => {
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

  it('never refuses to stop, nor anything that happens by itself', () => {
    for (const state of STATES) {
      for (const stimulus of ['program-stopped', 'bolus-ended', 'reservoir-low', 'reservoir-empty'] as const) {
        expect(OPERATING[state][stimulus]).not.toHaveProperty('refuse')
      }
    }
  })

  it('leaves no row from which drug could flow again but by a program', () => {
    for (const stimulus of ['bolus-ended', 'reservoir-low', 'reservoir-empty'] as const) {
      expect(OPERATING.empty[stimulus]).toMatchObject({ next: 'empty' })
    }
  })
})

const CELLS = STATES.flatMap((state) =>
  (Object.keys(PROGRAMMES) as (keyof typeof PROGRAMMES)[]).map((stimulus) => ({ state, stimulus })),
)

describe('the pump', () => {
  it.each(STATES)('reaches the state %s', (state) => {
    expect(pumpIn(state).status('2 d').state).toBe(state)
  })

  it.each(CELLS)('does what the cell $state, $stimulus says', ({ state, stimulus }) => {
    const pump = pumpIn(state)
    const cell = OPERATING[state][stimulus]
    const answers = pump.program('2 d', PROGRAMMES[stimulus])
    if ('refuse' in cell) {
      expect(reasonIn(answers)).toBe(cell.refuse)
      expect(pump.status('2 d').state).toBe(state)
    } else {
      expect(wasApplied(answers)).toBe(true)
      expect(pump.status('2 d').state).toBe(cell.next)
    }
  })

  it.each(['stopped', 'minimum-rate', 'simple-continuous'] as const)(
    'is in the state %s again after a bolus',
    (state) => {
      const pump = pumpIn(state)
      pump.program('2 d', bolus('10 uL', '10 min'))
      expect(pump.status('2 d 5 min').state).toBe(state)
      expect(pump.status('2 d 10 min').state).toBe(state)
      expect(pump.status('3 d').state).toBe(state)
    },
  )
})
