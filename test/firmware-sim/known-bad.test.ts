/** Pumps that are wrong on purpose: each is told from the real one by what is asked of any sequence of inputs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import { type Reaction, react } from '#firmware-sim/pump'
import type { Prepared, PumpState } from '#firmware-sim/state'
import { nextStart } from '#firmware-sim/therapy/therapies'
import { whole } from '#units/rational'
import { continuous, flex, patientBolus } from './bedside.ts'
import { type Deed, type Doing, deeds } from './deeds.ts'
import { type React, Ward } from './ward.ts'

/** One input after another, as one reaction. */
function inTurn(
  model: Parameters<React>[0],
  state: PumpState,
  at_us: Parameters<React>[2],
  inputs: readonly PumpInput[],
): Reaction {
  const outputs: PumpOutput[] = []
  let now = state
  for (const input of inputs) {
    const reaction = react(model, now, at_us, input)
    now = reaction.state
    outputs.push(...reaction.outputs)
  }
  return { state: now, outputs }
}

/** A pump that adds an input of its own making where the real one would leave it at that. */
function adding(more: (input: PumpInput, after: Reaction) => readonly PumpInput[]): () => React {
  return () => (model, state, at_us, input) => {
    const reaction = react(model, state, at_us, input)
    const rest = inTurn(model, reaction.state, at_us, more(input, reaction))
    return { state: rest.state, outputs: [...reaction.outputs, ...rest.outputs] }
  }
}

const BAD: readonly (readonly [name: string, pump: () => React])[] = [
  [
    'resumes its therapy by itself after a reset',
    () => (model, state, at_us, input) => {
      const reaction = react(model, state, at_us, input)
      if (input.kind !== 'power-returns' || reaction.state.operating !== 'safe-state') return reaction
      const asked = react(model, reaction.state, at_us, { kind: 'prepare', program: { kind: 'restart' } })
      const digest = asked.state.prepared?.digest ?? ''
      const done = react(model, asked.state, at_us, { kind: 'commit', digest })
      return { state: done.state, outputs: [...reaction.outputs, ...asked.outputs, ...done.outputs] }
    },
  ],
  [
    'does a repeated COMMIT twice',
    () => {
      let last: Prepared | null = null
      return (model, state, at_us, input) => {
        last = state.prepared ?? last
        const again = input.kind === 'commit' && state.committed === input.digest && state.prepared === null
        return react(model, again ? { ...state, prepared: last } : state, at_us, input)
      }
    },
  ],
  [
    'stops for a carrier while an alarm is on',
    adding((input, { state }) =>
      input.kind === 'carrier' && input.present && state.alarms.length > 0 ? [{ kind: 'stop' }] : [],
    ),
  ],
  ['starts nothing while it is looked at', adding((input) => (input.kind === 'interrogate' ? [{ kind: 'stop' }] : []))],
  [
    'does not take lost steps back',
    () => (model, state, at_us, input) => {
      const reaction = react(model, state, at_us, input)
      return input.kind === 'rotor' ? { ...reaction, state: { ...reaction.state, lost: state.lost } } : reaction
    },
  ],
  [
    'keeps an alarm to itself',
    () => (model, state, at_us, input) => {
      const { state: after, outputs } = react(model, state, at_us, input)
      return {
        state: after,
        outputs: outputs.filter((said) => said.kind !== 'alarm' || said.alarm !== 'empty-reservoir'),
      }
    },
  ],
  [
    'can be silenced for good',
    () => (model, state, at_us, input) => {
      const { state: after, outputs } = react(model, state, at_us, input)
      const { silence } = after.sound
      if (silence === null) return { state: after, outputs }
      const until_us = { ...silence.until_us, n: silence.until_us.n * 1000n }
      return { state: { ...after, sound: { ...after.sound, silence: { ...silence, until_us } } }, outputs }
    },
  ],
  [
    'forgets a bridge over a reset',
    () => (model, state, at_us, input) => {
      const reaction = react(model, state, at_us, input)
      return input.kind === 'power-returns' ? { ...reaction, state: { ...reaction.state, plugs: [] } } : reaction
    },
  ],
]

const standsTheTest = (pump: () => React) =>
  fc.property(deeds, (sequence) => {
    const ward = new Ward(pump())
    for (const deed of sequence) ward.do(deed)
  })

const MINUTE_us = 60_000_000
const after = (minutes: number, doing: Doing): Deed => ({ ...doing, wait_us: whole(minutes * MINUTE_us) })

/** What random sequences seldom come upon. */
const SELDOM: readonly (readonly [name: string, pump: React, sequence: readonly Deed[]])[] = [
  [
    'lets the patient ask at any time',
    (model, state, at_us, input) => {
      const forgets = input.kind === 'request-bolus'
      return react(model, forgets ? { ...state, patient: { ...state.patient, grants_us: [] } } : state, at_us, input)
    },
    [
      after(1, { what: 'program', program: continuous('1 mL/d') }),
      after(1, { what: 'program', program: patientBolus('20 uL', '10 min', '30 min', 3) }),
      after(1, { what: 'request' }),
      after(29, { what: 'request' }),
    ],
  ],
  [
    'gives a flex bolus twice when its clock is set back',
    (model, state, at_us, input) => {
      const reaction = react(model, state, at_us, input)
      const { clock, therapy, began_us, now_us } = reaction.state
      if (clock === state.clock || input.kind !== 'commit') return reaction
      const forgetful = { ...clock, passed_us: clock.reading_us }
      const next = nextStart(therapy, { began_us, clock: forgetful, from_us: now_us, after: null })
      return { ...reaction, state: { ...reaction.state, clock: forgetful, next } }
    },
    [
      after(1, { what: 'program', program: flex('1 mL/d', [['6 h', '50 uL', '1 h']]) }),
      after(420, { what: 'shift', by_us: whole(-90 * MINUTE_us) }),
      after(120, { what: 'wake' }),
    ],
  ],
]

describe('a pump that', () => {
  it.each(SELDOM)('%s is found out', (_, pump, sequence) => {
    const live = (reacts: React) => () => {
      const ward = new Ward(reacts)
      for (const deed of sequence) ward.do(deed)
    }
    expect(live(react)).not.toThrow()
    expect(live(pump)).toThrow()
  })

  it.each(BAD)(
    '%s is found out',
    (_, pump) => {
      expect(fc.check(standsTheTest(pump), { numRuns: 300, endOnFailure: true }).failed).toBe(true)
    },
    60_000,
  )
})
