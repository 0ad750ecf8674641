/** What explorations found in the past, as the files they wrote: each passes by now. */
import { expect, it } from 'vitest'
import { finish } from '../support/bench.ts'

const FOUND: readonly (readonly [what: string, text: string])[] = [
  [
    'a step that turns out lost after two refills of one instant, of which the first was never there for it',
    `
schema: pumpbench/scenario@1
name: refilled-twice-at-once
pump: { model: im-20 }
fill: { drug: morphine, concentration: 100 ug/mL, volume: 10 mL }
clock: 2026-03-15T12:00
duration: 6 h
prescription:
  - { at: 0 s, therapy: { mode: simple-continuous, dose: 20 mL/d } }
events:
  - { at: 3 h, refill: { fill: { drug: morphine, concentration: 1000 ug/mL, volume: 19 mL } } }
  - { at: 3 h, refill: { fill: { drug: morphine, concentration: 450 ug/mL, volume: 19 mL } } }
faults:
  - { at: 2 h, fault: motor-reverse }
checks:
  - { check: invariants }
`,
  ],
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
  [
    'a prime during a bridge that alone lets a bolus go on after a refill with stronger fluid',
    `
schema: pumpbench/scenario@1
name: hurried-bridge
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 1 mg/mL, volume: 10 mL }
clock: 2026-01-05T08:00
duration: 1 d
prescription:
  - { at: 10 min, bolus: { dose: 1 ug, over: 30 min } }
  - { at: 22 min, bridge: { volume: 1 uL } }
  - { at: 23 min, prime: { volume: 100 uL } }
events:
  - { at: 22 min, refill: { fill: { drug: baclofen, concentration: 1 mg/mL, volume: 500 uL }, programmed: { concentration: 2 mg/mL } } }
checks:
  - { check: refused, at: 23 min }
  - { check: invariants }
`,
  ],
  [
    'a patient who asks at the instant of a stop, and before it',
    `
schema: pumpbench/scenario@1
name: asked-and-stopped
pump: { model: im-20 }
fill: { drug: morphine, concentration: 1 mg/mL, volume: 10 mL }
clock: 2026-10-10T23:30
duration: 2 d
prescription:
  - { at: 0 s, patient-bolus: { dose: 1 ug, over: 5 min, lockout: 2 h, max_per_day: 1 } }
events:
  - { at: 1 d, do: request-bolus }
  - { at: 1 d, do: stop }
checks:
  - { check: event, event: patient-bolus-granted, by: 1 d }
  - { check: invariants }
`,
  ],
  [
    'a step and a refill at one instant between two microseconds',
    `
schema: pumpbench/scenario@1
name: refilled-with-a-step
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 100 ug/mL, volume: 10 mL }
clock: 2026-03-15T12:00
duration: 6 d
prescription:
  - { at: 0 s, therapy: { mode: simple-continuous, dose: 756/5 ug/d } }
events:
  - { at: 905/7 h, refill: { fill: { drug: baclofen, concentration: 100 ug/mL, volume: 10 mL } } }
checks:
  - { check: invariants }
`,
  ],
  [
    'a prime that a slow clock draws out beyond the stop that comes after it',
    `
schema: pumpbench/scenario@1
name: slow-prime
pump: { model: im-40 }
fill: { drug: morphine, concentration: 100 ug/mL, volume: 10 mL }
clock: 2026-03-15T12:00
duration: 3 h
prescription:
  - { at: 1 h, prime: { volume: 100 uL } }
  - { at: 63 min, therapy: { mode: stopped } }
faults:
  - { at: 0 s, fault: clock-drift, by: -53888 ppm }
checks:
  - { check: invariants }
`,
  ],
  [
    'a second brown-out during the alarm of the first, which ends a bolus',
    `
schema: pumpbench/scenario@1
name: twice-browned-out
pump: { model: im-40 }
fill: { drug: morphine, concentration: 100 ug/mL, volume: 10 mL }
clock: 2026-12-20T00:00
duration: 4 h
prescription:
  - { at: 2 h, bolus: { dose: 1 ug, over: 10 min } }
events:
  - { at: 1 h, do: stop }
faults:
  - { at: 0 s, fault: brown-out }
  - { at: 7205 s, fault: brown-out }
checks:
  - { check: invariants }
`,
  ],
  [
    'a program that clears a silenced alarm and one that outranks what is left of the silence',
    `
schema: pumpbench/scenario@1
name: silenced-programmed-still-silent
pump: { model: im-40, overrides: { silence: 3 d } }
fill: { drug: baclofen, concentration: 100 ug/mL, volume: 1000 uL }
clock: 2026-01-05T08:00
duration: 15 d
prescription:
  - { at: 0 s, therapy: { mode: minimum-rate } }
  - { at: 13 d, therapy: { mode: simple-continuous, dose: 100 ug/d } }
events:
  - { at: 9 d, do: stop }
  - { at: 249 h, do: silence }
faults:
  - { at: 9 d, fault: power-cut }
checks:
  - { check: invariants }
`,
  ],
  [
    'a bolus of the pattern that begins under a bridge drawn out by steps that did not move the rotor',
    `
schema: pumpbench/scenario@1
name: bridge-drawn-out
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 1 mg/mL, volume: 10 mL, programmed: { concentration: 100 ug/mL } }
clock: 2026-01-05T08:00
duration: 12 h
prescription:
  - { at: 0 s, therapy: { mode: flex, basal: 100 ug/d, boluses: { dose: 100 uL, over: 20 min, count: 1, from: "15:00" } } }
  - { at: 0 s, bridge: { volume: 10 uL } }
events:
  - { at: 0 s, refill: { fill: { drug: baclofen, concentration: 1 mg/mL, volume: 10 mL } } }
faults:
  - { at: 0 s, fault: encoder-loss }
checks:
  - { check: event, event: boluses-ended, by: 12 h, saying: above the highest rate }
  - { check: invariants }
`,
  ],
  [
    'a step that did not move before the pump lost its record, and of which the motor tells afterwards',
    `
schema: pumpbench/scenario@1
name: late-word-of-a-step
pump: { model: im-20 }
fill: { drug: morphine, concentration: 100 ug/mL, volume: 1 mL }
clock: 2028-02-14T09:00:30
duration: 2 h
prescription:
  - { at: 0 s, bolus: { dose: 2437/1000 uL, over: 30 min } }
faults:
  - { at: 0 s, fault: motor-stall }
  - { at: 1 min, fault: power-cut, write: 1 }
  - { at: 1 min, fault: bit-flip, copy: both }
checks:
  - { check: reservoir-estimate, within: 20 mL }
  - { check: invariants }
`,
  ],
  [
    'a bolus that a restart ends at its very instant, and a rate whose steps come all but a microsecond late',
    `
schema: pumpbench/scenario@1
name: ended-at-once
pump: { model: im-20 }
fill: { drug: morphine, concentration: 100 ug/mL, volume: 10 mL }
clock: 2026-01-05T08:00
duration: 10 d
prescription:
  - { at: 0 s, bolus: { dose: 1 uL, over: 30 min } }
  - { at: 1 d, therapy: { mode: periodic-bolus, dose: 10 uL, over: 5 min, every: 4 h } }
  - { at: 86401 s, patient-bolus: { dose: 50 uL, over: 5 min, lockout: 1 d, max_per_day: 1 } }
  - { at: 2 d, therapy: { mode: simple-continuous, dose: 138687/200 uL/d } }
events:
  - { at: 1 d, do: stop }
  - { at: 86401 s, do: request-bolus }
  - { at: 86401 s, do: restart }
checks:
  - { check: invariants }
`,
  ],
]

it.each(FOUND)('%s', async (_, text) => {
  const { result } = await finish(text)
  expect(result.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
})
