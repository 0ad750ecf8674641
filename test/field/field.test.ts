/**
 * Field failures as scenarios: each names its source and what was learned, and none of them passes once what it is about is
 * taken away: the fault, the slip, the limit that refuses, or the behavior of the pump. That each passes as it is, the library
 * shows.
 */
import { describe, expect, it } from 'vitest'
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { modelPump } from '#hil/pump/model'
import { definePump, type Pump, type PumpDefinition } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import { lessonOf } from '#scripts/field-page'
import { readScenarios } from '#scripts/scenario-files'
import { as, type Time_us } from '#units/quantity'
import { times } from '#units/rational'
import { distorted } from '../support/bench.ts'

const { scenarios, problems } = readScenarios(['scenarios/field'])
const FILES = new Map(scenarios.map((file) => [file.scenario.name.replace(/^field-/, ''), file]))

interface Broken {
  readonly written: (written: WrittenScenario) => WrittenScenario
  readonly pump: PumpDefinition
}

const asItIs = (written: WrittenScenario) => written

/** The file without what the key says. */
const without = (key: 'faults' | 'limits' | 'programming' | 'plant' | 'events'): Broken => ({
  written: ({ [key]: _, ...rest }) => rest,
  pump: modelPump,
})

const by = (pump: PumpDefinition): Broken => ({ written: asItIs, pump })

interface Filled {
  readonly fill: Readonly<Record<string, unknown>>
  readonly events?: readonly { readonly refill?: Readonly<Record<string, unknown>> }[]
}

/** Every fill is what its label says, and the pump is told so. */
const TOLD_RIGHT: Broken = {
  written: (written) => {
    const { fill, events = [] } = written as unknown as Filled
    const { meant: _m, programmed: _p, ...truth } = fill
    const right = events.map(({ refill, ...event }) => {
      if (refill === undefined) return event
      const { meant: _m, programmed: _p, ...rest } = refill
      return { ...event, refill: rest }
    })
    return { ...written, fill: truth, ...(events.length === 0 ? {} : { events: right }) }
  },
  pump: modelPump,
}

/** The pump has the figures of its model. */
const USUAL_FIGURES: Broken = {
  written: (written) => ({ ...written, pump: { model: (written['pump'] as { readonly model: string }).model } }),
  pump: modelPump,
}

const PLUG_FLOW: Broken = {
  written: ({ catheter, ...rest }) => ({ ...rest, catheter: { ...(catheter as object), flow: 'plug' } }),
  pump: modelPump,
}

/** No alarm is heard. */
const MUTE = by(distorted('mute', (output) => (output.kind === 'alarm' ? [] : [output])))

/** Nothing is said of a motor that turns again, or of anything else but alarms. */
const FORGETFUL = by(distorted('forgetful', (output) => (output.kind === 'event' ? [] : [output])))

type Reaction = (inner: Pump, at_us: Time_us, input: PumpInput) => readonly PumpOutput[]

function behaving(name: string, reaction: () => Reaction): Broken {
  const create: PumpDefinition['create'] = (setup) => {
    const [inner, react] = [modelPump.create(setup), reaction()]
    return { react: (at_us, input) => react(inner, at_us, input), nextWake: () => inner.nextWake() }
  }
  return by(definePump({ name, create }))
}

/** Takes a carrier during an alarm for a programmer, and waits for it. */
const WAITING = behaving('waiting', () => {
  let sounding = false
  return (inner, at_us, input) => {
    const outputs = inner.react(at_us, input)
    for (const output of outputs) if (output.kind === 'alarm') sounding = output.state === 'raised'
    if (input.kind !== 'carrier' || !input.present || !sounding) return outputs
    return [...outputs, ...inner.react(at_us, { kind: 'stop' }).filter(({ kind }) => kind !== 'applied')]
  }
})

/** Sounds the alarm of a low reservoir when it is interrogated. */
const PREMATURE = behaving('premature', () => (inner, at_us, input) => {
  const outputs = inner.react(at_us, input)
  if (input.kind !== 'interrogate') return outputs
  return [...outputs, { kind: 'alarm', at_us, alarm: 'low-reservoir', priority: 'non-critical', state: 'raised' }]
})

/** Can no longer be programmed once something was wrong with its memory. */
const BLOCKED = behaving('blocked', () => {
  let wrong = false
  return (inner, at_us, input) => {
    wrong ||= input.kind === 'bit-flip'
    if (wrong && input.kind === 'prepare') return [{ kind: 'refused', at_us, reason: 'error code' }]
    return inner.react(at_us, input)
  }
})

/** Believes in twice what was filled. */
const HOPEFUL = by(
  definePump({
    name: 'hopeful',
    create: (setup) => modelPump.create({ ...setup, volume_uL: as(times(setup.volume_uL, 2)) }),
  }),
)

/** What is taken away from each, or how the pump that meets it is wrong; each alone makes it fail. */
const BROKEN: Readonly<Record<string, readonly Broken[]>> = {
  'alarm-at-four-milliliters': [USUAL_FIGURES, without('plant'), MUTE],
  'bolus-interrupted-at-once': [without('events')],
  'bolus-interrupted-primed-resumed': [without('events')],
  'bolus-then-stopped': [without('programming'), MUTE, FORGETFUL],
  'code-that-blocks-programming': [without('faults'), BLOCKED],
  'concentration-told-too-strong': [TOLD_RIGHT],
  'concentration-told-too-weak': [TOLD_RIGHT],
  'drawn-three-more-than-expected': [without('faults'), FORGETFUL],
  'empty-and-still-delivering': [HOPEFUL, MUTE],
  'hours-in-the-field-of-minutes': [without('limits'), without('programming')],
  'injected-into-the-side-port': [without('faults')],
  'interrogated-at-every-phase': [PREMATURE, MUTE],
  'microfracture-overdose': [without('faults')],
  'microfracture-underdose': [without('faults')],
  'morphine-ten-fold': [without('programming')],
  'morphine-ten-fold-refused': [without('limits'), without('programming')],
  'mri-twenty-four-hours': [without('faults'), MUTE, FORGETFUL],
  'mri-two-hours': [without('faults'), MUTE, FORGETFUL],
  'occluded-by-connector': [without('faults'), FORGETFUL],
  'per-hour-for-per-day-confirmed': [without('programming'), without('limits')],
  'per-hour-for-per-day-refused': [without('programming'), without('limits')],
  'pocket-fill': [without('faults'), FORGETFUL],
  'priming-bolus-mixes': [PLUG_FLOW],
  'reply-lost': [without('faults'), MUTE],
  'resistive-film': [without('faults'), USUAL_FIGURES, MUTE],
  'restart-after-blockage': [without('faults'), FORGETFUL],
  'septum-leak': [without('faults'), FORGETFUL],
  'seventeen-of-twenty-by-day-five': [without('faults'), FORGETFUL],
  'stopped-before-mri': [without('faults'), without('events'), MUTE],
  'telemetry-mode-during-an-alarm': [without('faults'), WAITING, MUTE],
  'three-stalls-in-three-days': [without('faults'), MUTE, FORGETFUL],
  'twenty-filled-forty-entered': [TOLD_RIGHT, without('programming'), FORGETFUL],
  'window-that-counts-only-the-past': [without('limits')],
}

const CASES = Object.entries(BROKEN).flatMap(([name, ways]) =>
  ways.map((broken, way) => [name, way + 1, broken] as const),
)

describe('the field', () => {
  it('is there with all its failures, each with a way to break it', () => {
    expect(problems).toEqual([])
    expect([...FILES.keys()].toSorted()).toEqual(Object.keys(BROKEN).toSorted())
    expect(FILES.size).toBeGreaterThanOrEqual(26)
  })

  it.each([...FILES])('%s says where it is known from, what was assumed and what was learned', (_, { scenario }) => {
    expect(scenario.tags).toContain('field')
    expect(scenario.source).toMatch(
      /doi 10\.|PMID|FDA|TGA|ISMP|Institute|github\.com|MRI guidelines|ASRA|Academy|Trust|paperexplained|bohrium/,
    )
    expect(scenario.origin.text.replaceAll('\n# ', ' ')).toMatch(/Assumed: /)
    expect(lessonOf(scenario).length).toBeGreaterThan(40)
  })

  it.each(CASES)('%s fails once what it is about is gone (%d)', async (name, _way, { written, pump }) => {
    const file = FILES.get(name)
    if (file === undefined) throw new RangeError(`${name} is not in scenarios/field`)
    const root = readSheet(file.text, SCENARIO_OPENING).root as WrittenScenario
    const parsed = parseScenario(JSON.stringify(written({ ...root, sample: root['duration'] })), name)
    if (!parsed.ok) throw new RangeError(parsed.problems.map(problemText).join('\n'))
    const result = judge(await execute(parsed.scenario, pump, idealRig), { file: name, wall_s: 0 })
    expect(result.checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)).not.toEqual([])
  })
})
