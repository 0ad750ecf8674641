/** What explorations found in the past, as the files they wrote: each passes by now. */
import { expect, it } from 'vitest'
import { finish } from '../support/bench.ts'

const FOUND: readonly (readonly [what: string, text: string])[] = [
  [
    'a dense pattern after minimum rate, of which a step of the next hour was on its way already',
    `
schema: pumpbench/scenario@1
name: slow-then-dense
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 100 ug/mL, volume: 10 mL }
clock: 2026-01-05T08:00
duration: 3 h
prescription:
  - { at: 0 s, therapy: { mode: minimum-rate } }
  - { at: 30 min, therapy: { mode: periodic-bolus, dose: 1 ug, over: 10 min, every: 1 min } }
checks:
  - { check: tracking, within: 1 step }
  - { check: invariants }
`,
  ],
  [
    'a refill that leaves a silenced reservoir low, so that its alarm is a new one',
    `
schema: pumpbench/scenario@1
name: silenced-and-low-again
pump: { model: im-20, overrides: { silence: 3 d } }
fill: { drug: baclofen, concentration: 100 ug/mL, volume: 1 mL }
clock: 2026-01-05T08:00
duration: 1 d
prescription:
  - { at: 0 s, therapy: { mode: simple-continuous, dose: 100 uL/d } }
events:
  - { at: 1 h, do: silence }
  - { at: 2 h, refill: { fill: { drug: baclofen, concentration: 100 ug/mL, volume: 100 uL } } }
checks:
  - { check: invariants }
`,
  ],
]

it.each(FOUND)('%s', async (_, text) => {
  const { result } = await finish(text)
  expect(result.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
})
