/** Admission: a pump that refuses what it has to take is found, and one that takes what it must not, by rules of their own. */
import { expect, it, vi } from 'vitest'
import { generate } from '#hil/explore/generate'
import { trial } from '#hil/explore/trial'
import { modelPump } from '#hil/pump/model'
import { definePump, type PumpDefinition, type PumpSetup } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { as, type Quantity } from '#units/quantity'
import { multiply, type Rational, ratio } from '#units/rational'
import { scenarioOf } from '../support/scenario.ts'

vi.setConfig({ testTimeout: 300_000 })

/** The true pump, set up with other limits than those it was given. */
function misled(change: (setup: PumpSetup) => PumpSetup): PumpDefinition {
  return definePump({ name: 'model', create: (setup) => modelPump.create(change(setup)) })
}

const scaled = <U extends string>(value: Quantity<U>, part: Rational) => as<Quantity<U>>(multiply(value, part))
const ONE_PERCENT_LESS = ratio(99n, 100n)
const A_QUARTER_MORE = ratio(5n, 4n)
const WITHOUT = ratio(100n, 1n)

const hardDose = (part: Rational) =>
  misled((setup) => {
    const { dailyDose } = setup.limits
    const { hard } = dailyDose
    if (hard === null) return setup
    const other =
      hard.by === 'mass'
        ? { ...hard, mass_ug: scaled(hard.mass_ug, part) }
        : { ...hard, volume_uL: scaled(hard.volume_uL, part) }
    return { ...setup, limits: { ...setup.limits, dailyDose: { ...dailyDose, hard: other } } }
  })

const hardChange = (part: Rational) =>
  misled((setup) => {
    const { change } = setup.limits
    const hard = change.hard === null ? null : scaled(change.hard, part)
    return { ...setup, limits: { ...setup.limits, change: { ...change, hard } } }
  })

const reservoir = (part: Rational) =>
  misled((setup) => ({
    ...setup,
    model: { ...setup.model, reservoir_uL: scaled(setup.model.reservoir_uL, part) },
  }))

const MISLED: readonly (readonly [what: string, pump: PumpDefinition, wrong: RegExp])[] = [
  ['allows one percent less in 24 h than the clinic', hardDose(ONE_PERCENT_LESS), /was refused, and its dose of 24 h/],
  ['allows a quarter more in 24 h than the clinic', hardDose(A_QUARTER_MORE), /was taken, against its dose of 24 h/],
  ['allows a smaller increase than the clinic', hardChange(ONE_PERCENT_LESS), /was refused, and its change/],
  ['allows a larger increase than the clinic', hardChange(WITHOUT), /was taken, against its change/],
  ['takes its reservoir for smaller than it is', reservoir(ONE_PERCENT_LESS), /was refused, and its room/],
]

it.each(MISLED)('a pump that %s is found', async (_, pump, wrong) => {
  for (let seed = 0; seed < 400; seed += 1) {
    const { breaches } = await trial(generate(seed, { days: 3, groups: [] }), pump, idealRig)
    const found = breaches.find(({ invariant }) => invariant === 'admission')
    if (found === undefined) continue
    expect(found.detail).toMatch(wrong)
    return
  }
  expect.unreachable('nothing was found in 400 seeds')
})

/** Orders at every limit, which the pump takes, and just beyond it, which it does not. */
const LIMITS = `
schema: pumpbench/scenario@1
name: at-the-limits
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 40 mL }
clock: 2026-01-05T08:00
duration: 12 d
limits: { daily_dose: { hard: 400 ug }, change: { hard: 50 % } }
prescription:
  - { at: 0 s, therapy: { mode: simple-continuous, dose: 200 ug/d } }
  - { at: 1 d, therapy: { mode: simple-continuous, dose: 300.001 ug/d } }
  - { at: 2 d, therapy: { mode: simple-continuous, dose: 300 ug/d } }
  - { at: 4 d, therapy: { mode: simple-continuous, dose: 400.001 ug/d } }
  - { at: 5 d, therapy: { mode: simple-continuous, dose: 400 ug/d } }
  - { at: 7 d, bolus: { dose: 1 ug, over: 10 min } }
  - { at: 8 d, therapy: { mode: simple-continuous, dose: 23 ug/d } }
events:
  - { at: 9 d, refill: { withdraw: 30 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 40 mL } } }
  - { at: 10 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 40 mL } } }
  - { at: 11 d, do: restart }
checks:
  - { check: refused, at: 1 d }
  - { check: refused, at: 4 d }
  - { check: refused, at: 7 d }
  - { check: refused, at: 8 d }
  - { check: refused, at: 9 d }
  - { check: refused, at: 11 d }
  - { check: invariants }
`

it('takes what lies at a limit and nothing beyond it', async () => {
  const { checks } = judge(await execute(scenarioOf(LIMITS), modelPump, idealRig), { file: '', wall_s: 0 })
  expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
})
