/** Exploration: clean where the pump is sound, and a defect is found, shrunk, and shown by a file that fails alone. */
import { describe, expect, it, vi } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { Exploration } from '#hil/explore/campaign'
import { type ExploreOptions, explore, type Violation } from '#hil/explore/explore'
import { EXPLORED_GROUPS, generate, groupsOn, textOf } from '#hil/explore/generate'
import { LINE_MISHAPS, MISHAPS } from '#hil/explore/mishaps'
import { shrink } from '#hil/explore/shrink'
import { watchedPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import { parseScenario } from '#hil/scenario/parse'
import { as } from '#units/quantity'
import { times } from '#units/rational'
import { scenarioOf } from '../support/scenario.ts'
import { watchedAndDistorted } from './pumps.ts'

vi.setConfig({ testTimeout: 300_000 })

const OPTIONS: ExploreOptions = {
  days: 10,
  groups: EXPLORED_GROUPS,
  pump: watchedPump,
  rig: idealRig,
  attempts: 300,
  twiceEvery: 10,
}

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed)

describe('a seed', () => {
  it('gives the same scenario byte for byte, and another one than every other seed', () => {
    const texts = seeds(40).map((seed) => textOf(generate(seed, OPTIONS)))
    expect(texts).toEqual(seeds(40).map((seed) => textOf(generate(seed, OPTIONS))))
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('gives a scenario that can be read, whatever its length and its faults', () => {
    for (const seed of seeds(40)) {
      for (const groups of seed % 4 === 0 ? [EXPLORED_GROUPS, []] : [EXPLORED_GROUPS]) {
        const written = generate(seed, { days: 1 + seed, groups })
        const parsed = parseScenario(textOf(written), `seed ${seed}`)
        expect(parsed.ok ? [] : parsed.problems).toEqual([])
        if (groups.length === 0) expect(written).not.toHaveProperty('faults')
      }
    }
  })
})

describe('the faults of seeds', () => {
  const drawn = (groups: ExploreOptions['groups'], days: number, from: number) => {
    const kinds = new Set<unknown>()
    for (const seed of seeds(60)) {
      const written = generate(from + seed, { days, groups })
      const parsed = parseScenario(textOf(written), `seed ${from + seed}`)
      expect(parsed.ok ? [] : parsed.problems, `seed ${from + seed}`).toEqual([])
      for (const { fault } of (written['faults'] ?? []) as readonly { readonly fault: unknown }[]) kinds.add(fault)
    }
    return kinds
  }

  it('are of every kind that there is, in runs that can be read, however long', () => {
    const onWire = groupsOn({ line: true })
    expect([...new Set([...drawn(onWire, 365, 0), ...drawn(onWire, 3, 100)])].toSorted()).toEqual(
      Object.keys(MISHAPS).toSorted(),
    )
  })

  it('are none of the line where a rig has no line', () => {
    const kinds = drawn(groupsOn(idealRig), 30, 0)
    expect(LINE_MISHAPS.filter((kind) => kinds.has(kind))).toEqual([])
    expect(kinds.size).toBeGreaterThan(15)
  })
})

describe('a small exploration', () => {
  it('finds nothing wrong with the pump, twice the same', async () => {
    const once = new Exploration(EXPLORED_GROUPS, EXPLORED_GROUPS, 30)
    for (const seed of seeds(30)) once.add(await explore(seed, OPTIONS))
    expect(once.found).toEqual([])
    expect(once.strangers).toEqual([])
    expect(once.sites.filter((site) => site.seeds > 0).length).toBeGreaterThan(100)
    const again = await explore(7, OPTIONS)
    expect(again).toEqual(await explore(7, OPTIONS))
  })

  it('fails for a site that no seed comes to, once so many had to', () => {
    const sites = [
      { name: 'cell: stopped, stop', within: 2 },
      { name: 'alarm: nothing of the kind raised', within: 2 },
      { name: 'event: rarer still', within: 3 },
    ]
    const exploration = new Exploration(EXPLORED_GROUPS, EXPLORED_GROUPS, 30, sites)
    const visit = { visits: ['cell: stopped, stop'], skipped: null, changed: false, violation: null }
    exploration.add({ seed: 0, ...visit })
    expect(exploration.missing).toEqual([])
    exploration.add({ seed: 1, ...visit })
    expect(exploration.missing.map(({ name }) => name)).toEqual(['alarm: nothing of the kind raised'])
    exploration.add({ seed: 2, visits: ['cell: empty, rotor-turns'], skipped: null, changed: false, violation: null })
    expect(exploration.strangers).toEqual(['cell: empty, rotor-turns'])
  })

  it('expects no site of seeds that are too short or lack faults', () => {
    for (const [groups, days] of [
      [EXPLORED_GROUPS, 29],
      [['plant'], 30],
    ] as const) {
      const exploration = new Exploration(groups, EXPLORED_GROUPS, days, [{ name: 'anything', within: 1 }])
      exploration.add({ seed: 0, visits: [], skipped: null, changed: false, violation: null })
      expect(exploration.missing).toEqual([])
    }
  })
})

type Distort = (output: PumpOutput) => readonly PumpOutput[]

const DEFECTS: readonly (readonly [what: string, distort: Distort, invariants: RegExp])[] = [
  [
    'keeps the alarm of a low reservoir to itself',
    (output) => (output.kind === 'alarm' && output.alarm === 'low-reservoir' ? [] : [output]),
    /levels|sounding/,
  ],
  [
    'takes back no step',
    (output) => (output.kind === 'cancel' ? [] : [output]),
    /rest|believed-steps|obedience|completed/,
  ],
  [
    'books twice the drug of each step',
    (output) =>
      output.kind === 'booked'
        ? [{ ...output, run: { ...output.run, step_ug: as(times(output.run.step_ug, 2)) } }]
        : [output],
    /books/,
  ],
  [
    'says that power is back and nothing else',
    (output) => (output.kind === 'alarm' && output.alarm === 'low-battery-reset' ? [] : [output]),
    /resets|sounding/,
  ],
]

async function firstViolation(pump: ExploreOptions['pump']): Promise<Violation> {
  for (const seed of seeds(60)) {
    const { violation } = await explore(seed, { ...OPTIONS, pump })
    if (violation !== null) return violation
  }
  throw new Error('nothing was found')
}

async function ran(text: string, pump: ExploreOptions['pump']): Promise<RunResult> {
  const scenario = scenarioOf(text)
  return judge(
    await execute(
      scenario,
      pump(() => undefined),
      idealRig,
    ),
    { file: '', wall_s: 0 },
  )
}

describe('a pump that', () => {
  it.each(DEFECTS)('%s is found, and a short file shows it', async (_, distort, invariants) => {
    const pump = watchedAndDistorted(distort)
    const violation = await firstViolation(pump)
    expect(violation.invariant).toMatch(invariants)
    expect(violation.attempts).toBeLessThanOrEqual(OPTIONS.attempts)
    const result = await ran(violation.text, pump)
    if (violation.invariant === 'completed') expect(result.verdict).toBe('inconclusive')
    else {
      const failing = result.checks.filter(({ verdict }) => verdict === 'fail')
      expect(failing.map(({ check }) => check)).toEqual(['invariants'])
      expect(failing[0]?.detail).toContain(violation.invariant)
    }
    expect((await ran(violation.text, watchedPump)).verdict).not.toBe('fail')
    const { prescription, programming, events, faults } = scenarioOf(violation.text)
    const own = programming === prescription ? 0 : programming.length
    expect(prescription.length + own + events.length + faults.length).toBeLessThanOrEqual(5)
  })
})

describe('shrinking', () => {
  const WRITTEN = generate(12, OPTIONS)

  it('is the same every time, and ends with what is needed', async () => {
    const fails = ({ prescription }: Readonly<Record<string, unknown>>) =>
      Promise.resolve(Array.isArray(prescription) && JSON.stringify(prescription).includes('therapy'))
    const shrunk = await shrink(WRITTEN, { fails, attempts: 1000 })
    expect(shrunk).toEqual(await shrink(WRITTEN, { fails, attempts: 1000 }))
    expect(Object.keys(shrunk.written)).toEqual(['prescription'])
    expect(shrunk.written['prescription']).toHaveLength(1)
  })

  it('tries no more scenarios than it may, and gives back what fails', async () => {
    for (const attempts of [0, 1, 17]) {
      let tried = 0
      const shrunk = await shrink(WRITTEN, {
        attempts,
        fails: () => {
          tried += 1
          return Promise.resolve(tried % 3 === 0)
        },
      })
      expect(tried).toBe(attempts)
      expect(shrunk.attempts).toBe(attempts)
    }
    const nothing = await shrink(WRITTEN, { attempts: 100, fails: () => Promise.resolve(false) })
    expect(nothing.written).toBe(WRITTEN)
  })
})
