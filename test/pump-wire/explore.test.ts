/** Exploration of pumps that are not ours: held to what every pump promises, and to nothing that is of our firmware. */
import { describe, expect, it } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { Exploration } from '#hil/explore/campaign'
import { type Explored, explore } from '#hil/explore/explore'
import { EXPLORED_GROUPS } from '#hil/explore/generate'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { invariantsOfOthers } from '#hil/run/invariants/invariants'
import { judge } from '#hil/run/judge'
import { INVARIANT_NAMES } from '#hil/scenario/invariant-names'
import { type ExplorationPlan, foundLine, report } from '#scripts/commands/explore-report'
import { as, type Volume_uL } from '#units/quantity'
import { add } from '#units/rational'
import { distorted } from '../support/bench.ts'
import { scenarioOf } from '../support/scenario.ts'
import { acrossWire } from './links.ts'
import { SMALL, thatCan } from './small.ts'

const ALL = invariantsOfOthers(() => true)

function explored(seed: number, pump: PumpDefinition, only = ALL): Promise<Explored> {
  const options = { days: 2, groups: EXPLORED_GROUPS, rig: idealRig, attempts: 60, twiceEvery: 1 }
  return explore(seed, { ...options, pump: () => pump, only })
}

/** Says its alarms under words of its own, refuses in its own words, and draws its digests. */
function stranger(): PumpDefinition {
  let drawn = 0
  const digests = new Map<string, string>()
  const inner = distorted('stranger', (output): readonly PumpOutput[] => {
    if (output.kind === 'tone') return []
    if (output.kind === 'refused') return [{ ...output, reason: 'no' }]
    return [output]
  })
  return {
    ...inner,
    create: (setup) => {
      const pump = inner.create(setup)
      const told = (output: PumpOutput): PumpOutput => {
        if (output.kind !== 'readback') return output
        drawn += 1
        digests.set(`d${drawn}`, output.digest)
        return { ...output, digest: `d${drawn}` }
      }
      return {
        react: (at_us, input) => {
          if (input.kind !== 'commit') return pump.react(at_us, input).map(told)
          const own = digests.get(input.digest) ?? input.digest
          const said = pump.react(at_us, { ...input, digest: own })
          return said.map((one) => (one.kind === 'applied' ? { ...one, digest: input.digest } : one))
        },
        nextWake: () => pump.nextWake(),
      }
    },
  }
}

describe('a pump that is not ours', () => {
  it('is held to what every pump promises, by the alarms that it has', () => {
    expect(ALL).toEqual(expect.arrayContaining(['obedience', 'rest', 'levels', 'stalls', 'tracking']))
    for (const ours of ['admission', 'trickle', 'sounding', 'service', 'residuals'] as const)
      expect(ALL).not.toContain(ours)
    const few = invariantsOfOthers((alarm) => alarm === 'motor-stall')
    expect(few).toContain('stalls')
    expect(few).not.toContain('levels')
    expect(INVARIANT_NAMES).toEqual(expect.arrayContaining([...ALL]))
  })

  it('may have its own words, sounds and digests', async () => {
    const pump = acrossWire('stranger', stranger())
    for (const seed of [0, 1, 2, 3, 4, 5, 6, 7])
      expect(await explored(seed, pump)).toStrictEqual({
        seed,
        visits: [],
        skipped: null,
        changed: false,
        violation: null,
      })
    // Which are a violation of ours.
    const ours = await explore(0, {
      ...{ days: 2, groups: EXPLORED_GROUPS, rig: idealRig, attempts: 1, twiceEvery: 1 },
      pump: () => stranger(),
    })
    expect(ours.violation).not.toBeNull()
  })

  it('breaks what every pump promises, as a file that shows it with that pump and not with a sound one', async () => {
    const generous = distorted('generous', (output) => {
      if (output.kind !== 'booked') return [output]
      const step_uL = as<Volume_uL>(add(output.run.step_uL, output.run.step_uL))
      return [{ ...output, run: { ...output.run, step_uL } }]
    })
    const pump = acrossWire('generous', generous)
    let found: Explored | undefined
    for (let seed = 0; seed < 10 && (found?.violation ?? null) === null; seed += 1) found = await explored(seed, pump)
    const violation = found?.violation
    if (violation === null || violation === undefined) throw new Error('nothing was found')
    const scenario = scenarioOf(violation.text)
    expect(scenario.checks.at(-1)).toMatchObject({ check: 'invariants', only: ALL })
    const verdict = async (tried: PumpDefinition) =>
      judge(await execute(scenario, tried, idealRig), { file: 'found.yaml', wall_s: 0 }).verdict
    expect(await verdict(pump)).toBe('fail')
    expect(await verdict(acrossWire('model', modelPump))).toBe('pass')
  })

  it('is given as much of what is drawn as it has, and such a seed is counted', async () => {
    const small = thatCan(...SMALL, 'fractions')
    const exploration = new Exploration(EXPLORED_GROUPS, EXPLORED_GROUPS, 30, [])
    for (let seed = 0; seed < 20; seed += 1) exploration.add(await explored(seed, small))
    expect([exploration.seeds, exploration.found, exploration.missing]).toStrictEqual([20, [], []])
    expect(exploration.changed).toBeGreaterThan(15)
    expect(exploration.skipped.length).toBeLessThan(3)
  })

  it('is not asked where nothing is left for it: such a seed is counted as skipped, and as nothing else', async () => {
    const none = thatCan('fractions', 'bridge')
    const exploration = new Exploration(EXPLORED_GROUPS, EXPLORED_GROUPS, 30, [])
    for (let seed = 0; seed < 20; seed += 1) exploration.add(await explored(seed, none))
    const skipped = exploration.skipped.reduce((sum, { seeds }) => sum + seeds, 0)
    expect(skipped).toBeGreaterThan(0)
    expect(exploration.skipped[0]?.reason).toMatch(/^the pump does not have the /)
    expect(exploration.skipped.map(({ seeds }) => seeds)).toStrictEqual(
      exploration.skipped.map(({ seeds }) => seeds).toSorted((a, b) => b - a),
    )
    expect([exploration.seeds, exploration.found, exploration.missing]).toStrictEqual([20, [], []])
  })
})

describe('what is said of it', () => {
  const name = 'exec:./my pump --fast'
  const plan: ExplorationPlan = {
    ...{ from: 3, seeds: 100, for_s: undefined, days: 2, jobs: 1, rig: 'ideal', groups: EXPLORED_GROUPS },
    ...{ other: { pump: { ...modelPump, name }, only: ALL }, carried: EXPLORED_GROUPS, out: 'found', json: undefined },
  }

  it('has commands that name the pump, as a shell takes it', () => {
    const found = { seed: 7, invariant: 'rest', at_s: 1, detail: 'a step', text: '', attempts: 5 }
    const [, shrunk, asFound] = foundLine(plan, found).split('\n')
    expect(shrunk).toContain(`pumpbench run found/explored-7.yaml --rig ideal --pump '${name}'`)
    expect(asFound).toContain(`pumpbench explore --from 7 --seeds 1 --days 2 --pump '${name}' --out found`)
    const ours = foundLine({ ...plan, other: null }, found)
    expect(ours).not.toContain('--pump')
  })

  it('says what was skipped and what was not looked at, and nothing of sites', () => {
    const exploration = new Exploration(EXPLORED_GROUPS, EXPLORED_GROUPS, 30, [])
    const outcome = { visits: [], changed: false, violation: null }
    for (const [seed, skipped] of ['no prime', null, 'no flex', 'no prime'].entries())
      exploration.add({ seed, skipped, ...outcome })
    const said = report(plan, exploration, 1)
    expect(said).toContain(
      '3 of 4 seeds skipped, which is no pass: the pump lacks what they need\n  2: no prime\n  1: no flex',
    )
    expect(said).toContain('not looked at, for they are of our firmware: sites, determinism')
    expect(said).toContain('the invariants admission, trickle')
    expect(said).not.toContain('sites visited')
    expect(said).not.toContain('round figures')
    exploration.add({ seed: 4, skipped: null, ...outcome, changed: true })
    expect(report(plan, exploration, 1)).toContain(
      '1 of 5 seeds run without, or in round figures of, what the pump has nothing for',
    )
  })
})
