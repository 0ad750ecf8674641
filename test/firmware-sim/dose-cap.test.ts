/** The hard limit of the clinic: no 24 hours of steps hold more, whatever is asked for. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import { react } from '#firmware-sim/pump'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, isPositive, type Rational, subtract, times, whole, ZERO } from '#units/rational'
import { Bedside, bolus, continuous, digestIn, flex, patientBolus, periodic, STOPPED, wasApplied } from './bedside.ts'

/** 1000 ug in any 24 h, which is 400 steps. */
const SETUP = { figures: { step_volume: '5/2 uL' }, limits: { dose: { hard: '1 mg' } } } as const
const MOST_STEPS = 400

const programs: fc.Arbitrary<Program> = fc.constantFrom(
  STOPPED,
  continuous('0.1 mL/d'),
  continuous('500 ug/d'),
  continuous('1 mL/d'),
  flex('0.5 mL/d', [
    ['6 h', '100 uL', '1 h'],
    ['18 h', '400 ug', '10 h'],
  ]),
  flex(
    '350 ug/d',
    Array.from({ length: 13 }, (_, hour) => [`${hour} h`, '50 ug', '5 min'] as const),
  ),
  periodic('200 uL', '1 h', '5 h'),
  periodic('100 ug', '3 h', '2 h 24 min'),
  bolus('100 uL', '10 min'),
  bolus('300 ug', '5 h'),
  patientBolus('50 uL', '10 min', '30 min', 50),
)

type Asked = { readonly wait_us: Rational; readonly program: Program | null }

const asked: fc.Arbitrary<readonly Asked[]> = fc.array(
  fc.record({
    wait_us: fc.integer({ min: 0, max: 600 }).map((minutes) => whole(minutes * 60_000_000)),
    program: fc.option(programs, { freq: 2 }),
  }),
  { maxLength: 40, size: 'max' },
)

/** A therapy that gives less than the one before is never refused, so nothing is promised after it. */
function isBlockedByNothing(program: Program, daily: Rational, running: Rational): boolean {
  return program.kind === 'therapy' && isPositive(daily) && compare(daily, running) <= 0
}

function live(pump: Bedside, wishes: readonly Asked[]): void {
  let running: Rational = ZERO
  for (const { wait_us, program } of wishes) {
    const at_us = as<Time_us>(add(pump.state.now_us, wait_us))
    pump.passTo(at_us)
    if (program === null) {
      pump.hear(at_us, { kind: 'request-bolus' })
      continue
    }
    const answers = pump.hear(at_us, { kind: 'prepare', program })
    const daily = answers.find((output) => output.kind === 'readback')?.daily_uL
    const digest = digestIn(answers)
    if (digest === null || daily === undefined || isBlockedByNothing(program, daily, running)) continue
    if (wasApplied(pump.hear(at_us, { kind: 'commit', digest })) && program.kind === 'therapy') running = daily
  }
  pump.passTo(as(add(pump.state.now_us, times(DAY_us, 2))))
}

/** The most steps that are due within a day. */
function mostInADay(pump: Bedside): number {
  const due = Array.from({ length: pump.peek().steps }, (_, step) => pump.dueOf(step + 1) ?? ZERO)
  let [first, most] = [0, 0]
  for (const [step, at_us] of due.entries()) {
    while (compare(due[first] ?? ZERO, subtract(at_us, DAY_us)) <= 0) first += 1
    most = Math.max(most, step - first + 1)
  }
  return most
}

const keepsTheCap = (reacts: typeof react) =>
  fc.property(asked, (wishes) => {
    const pump = new Bedside(SETUP, reacts)
    live(pump, wishes)
    // Of any dose, one more step may fall into a window than it has whole ones.
    expect(mostInADay(pump)).toBeLessThanOrEqual(MOST_STEPS + 1)
  })

describe('the dose in any 24 h', () => {
  it('stays within the hard limit, whatever is asked for', () => {
    fc.assert(keepsTheCap(react), { numRuns: 150 })
  }, 60_000)

  it('is reached: the limit is not kept by refusing everything', () => {
    const pump = new Bedside(SETUP)
    live(pump, [{ wait_us: ZERO, program: continuous('1 mL/d') }])
    expect(mostInADay(pump)).toBe(MOST_STEPS)
  })

  it.each<readonly [string, typeof react]>([
    ['forgets what it gave', (model, state, at_us, input) => react(model, { ...state, history: [] }, at_us, input)],
    [
      'forgets the basal still to come',
      (model, state, at_us, input) => {
        if (input.kind !== 'request-bolus') return react(model, state, at_us, input)
        const { state: after, outputs } = react(model, { ...state, limits: NO_LIMITS }, at_us, input)
        return { state: { ...after, limits: state.limits }, outputs }
      },
    ],
  ])(
    'would not in a pump that %s',
    (_, reacts) => {
      expect(fc.check(keepsTheCap(reacts), { numRuns: 400, endOnFailure: true }).failed).toBe(true)
    },
    60_000,
  )
})

const NO_LIMITS = { dailyDose: { soft: null, hard: null }, change: { soft: null, hard: null } } as const
