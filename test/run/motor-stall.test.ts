/**
 * A rotor that is held: steps are lost, the same on every rig; the pump hears of each, and believes it no longer.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PumpInput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type PumpDefinition } from '#hil/pump/pump'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { PLAYOUT_us, type RigDefinition, TICK_us } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import { cadencesOf, tickOf } from '#units/cadence'
import { add, compare, divide, equal, fromText, type Rational, whole } from '#units/rational'
import { breathless, checksNamed, finish, rigWith } from '../support/bench.ts'
import { draft, scenarioOf, stop, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'

const LOOSE = '{ check: delivered-volume, within: 100 % }'

function stalled(parts: {
  readonly rate?: string
  readonly duration?: string
  readonly stalls: readonly (readonly [at: string, lasting: string | null])[]
  readonly more?: readonly string[]
  readonly checks?: readonly string[]
}): string {
  const faults = parts.stalls.map(
    ([at, lasting]) => `{ at: ${at}, fault: motor-stall${lasting === null ? '' : `, for: ${lasting}`} }`,
  )
  const prescription = [therapy('0 s', parts.rate ?? '24 mL/d'), ...(parts.more ?? [])]
  return draft({ duration: parts.duration ?? '2 min', prescription, faults, checks: parts.checks ?? [LOOSE] })
}

/** Everything in a trace but who ran it. */
function happenings(trace: Trace) {
  // How the wire fared is said by a rig that has one.
  return trace.records.filter(({ kind }) => kind !== 'header' && kind !== 'wire' && kind !== 'end')
}

/** The model pump, with everything it hears of its rotor. */
function listening(heard: { readonly at_us: Rational; readonly input: PumpInput }[]): PumpDefinition {
  return definePump({
    name: modelPump.name,
    create: (setup) => {
      const inner = modelPump.create(setup)
      return {
        react: (at_us, input) => {
          if (input.kind === 'rotor') heard.push({ at_us, input })
          return inner.react(at_us, input)
        },
        nextWake: () => inner.nextWake(),
      }
    },
  })
}

/** The ticks of the first steps of every order, which is more than a scenario here lasts. */
function orderedTicks(trace: Trace): number[] {
  const inTicks = (time_us: string) => divide(fromText(time_us), whole(TICK_us))
  return recordsOf(trace.records, 'order').flatMap(({ first_us, interval_us, count }) =>
    cadencesOf(inTicks(first_us), inTicks(interval_us), Math.min(count, 1000)).flatMap((cadence) =>
      Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j)),
    ),
  )
}

const RIGS: readonly (readonly [string, RigDefinition])[] = [
  ['ideal', idealRig],
  ['avr', avrRig],
]

describe('a held rotor', () => {
  it.each(RIGS)('does not move for the steps due while it is held, on the %s rig', async (_name, rig) => {
    // A step each 0.9 s; 24 of them, a multiple of four, so that it is let go right before the field it stood at.
    const { trace, result } = await finish(stalled({ stalls: [['20 s', '21.6 s']] }), modelPump, rig)
    const made = stepTicks(trace)
    const [from, to] = [20e6 / TICK_us, 41.6e6 / TICK_us]
    expect(made.filter((tick) => tick > from && tick <= to)).toEqual([])
    const missing = orderedTicks(trace).filter((tick) => tick <= 120e6 / TICK_us && !made.includes(tick))
    expect(missing).toHaveLength(24)
    expect(missing.every((tick) => tick > from && tick <= to)).toBe(true)
    expect(result.delivered.steps).toBe(133 - 24)
    expect(result.believed.steps).toBe(133 - 24)
    expect(result.alarms).toMatchObject([{ alarm: 'motor-stall' }])
  })

  it('is held after a step due at the very instant, and free after one due at the instant it is let go', async () => {
    const { trace } = await finish(stalled({ stalls: [['18 s', '3.6 s']] }))
    const missing = orderedTicks(trace).filter((tick) => tick <= 120e6 / TICK_us && !stepTicks(trace).includes(tick))
    expect(missing).toEqual([18.9, 19.8, 20.7, 21.6].map((due_s) => Math.ceil((due_s * 1e6) / TICK_us)))
  })

  it('tells the pump of every lost step and of the first that moves, two playouts after each was due', async () => {
    const heard: { readonly at_us: Rational; readonly input: PumpInput }[] = []
    // 350/3 mL a month: no step is due at a whole microsecond.
    await finish(stalled({ rate: '70/3 mL/d', stalls: [['20 s', '3 s']] }), listening(heard))
    const told = heard.map(({ input }) => input).filter((input) => input.kind === 'rotor')
    expect(told.map(({ moved }) => moved)).toEqual([false, false, false, true])
    expect(told.every(({ due_us }) => due_us.d !== 1n)).toBe(true)
    for (const [index, { at_us }] of heard.entries()) {
      const due_us = told[index]?.due_us
      expect(due_us !== undefined && equal(at_us, add(due_us, whole(2 * PLAYOUT_us)))).toBe(true)
    }
  })

  it.each(RIGS)(
    'is not forgotten by a pump that loses its power before it hears of it, on the %s rig',
    async (_name, rig) => {
      const faults = ['{ at: 20 s, fault: motor-stall, for: 4 s }', '{ at: 24100 ms, fault: power-cut, for: 30 s }']
      const { result } = await finish(
        draft({ duration: '2 min', prescription: [therapy('0 s', '24 mL/d')], faults, checks: [LOOSE] }),
        modelPump,
        rig,
      )
      // 26 steps were due before the cut, and four of them while it was held.
      expect(result.delivered.steps).toBe(26 - 4)
      expect(result.believed.steps).toBe(26 - 4)
      expect(result.alarms).toContainEqual(expect.objectContaining({ alarm: 'motor-stall', raised_s: 54.1 }))
    },
  )

  it('tells the pump nothing while nothing is lost', async () => {
    const heard: { readonly at_us: Rational; readonly input: PumpInput }[] = []
    const { result } = await finish(
      draft({ duration: '1 h', prescription: [therapy('0 s', '24 mL/d'), stop('30 min')] }),
      listening(heard),
    )
    expect(result.verdict).toBe('pass')
    expect(heard).toEqual([])
  })

  it('is let go with the same steps on every rig, whatever was lost, and the pump hears the same', async () => {
    const second = fc.integer({ min: 0, max: 60_000 }).map((ms) => `${ms} ms`)
    const stall = fc.tuple(
      second,
      fc.oneof(
        fc.integer({ min: 1, max: 9000 }).map((ms) => `${ms} ms`),
        fc.constant(null),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('24 mL/d', '70/3 mL/d', '12.34 mL/d', '5 mL/d'),
        fc.array(stall, { minLength: 1, maxLength: 3 }),
        fc.option(second, { nil: undefined }),
        async (rate, stalls, stopped) => {
          const more = stopped === undefined || stopped === '0 ms' ? [] : [stop(stopped)]
          const scenario = scenarioOf(stalled({ rate, stalls, more, duration: '70 s' }))
          const ideal = await execute(scenario, modelPump, idealRig)
          const avr = await execute(scenario, modelPump, avrRig)
          expect(stepTicks(avr)).toEqual(stepTicks(ideal))
          expect(happenings(avr)).toEqual(happenings(ideal))
          expect(happenings(await execute(scenario, modelPump, breathless(5000, avrRig)))).toEqual(happenings(avr))
        },
      ),
      { numRuns: 25 },
    )
  }, 120_000)

  it('leaves the pump within a step of the truth once it is let go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12_000 }), async (ms) => {
        const { result } = await finish(stalled({ stalls: [['20 s', `${ms} ms`]] }))
        expect(Math.abs(result.believed.steps - result.delivered.steps)).toBeLessThanOrEqual(1)
        expect(checksNamed(result, 'rig counters')).toEqual([])
        expect(checksNamed(result, 'mass-conservation')[0]?.outcome).toBe('pass')
      }),
    )
  })

  it('is believed to have moved until the pump hears otherwise, and to the end the pump answers for what it booked', async () => {
    const text = stalled({
      stalls: [['20 s', null]],
      checks: ['{ check: tracking, within: 200 step }', '{ check: reservoir-estimate, within: 1.5 uL }'],
    })
    const { trace, result } = await finish(text)
    const [tracking, estimate] = result.checks
    expect(tracking?.outcome).toBe('pass')
    // Five steps, each 0.9 s, are on their way there and back at any instant.
    expect(estimate).toMatchObject({ outcome: 'pass', measured: 1.25 })
    const late = recordsOf(trace.records, 'withdrawn').filter(({ t_us }) => t_us > 120e6)
    expect(late).toHaveLength(5)
    expect(late.every(({ first_us }) => compare(fromText(first_us), whole(120_000_000)) <= 0)).toBe(true)
    expect(result.believed).toMatchObject({ steps: 22, volume_uL: 5.5, dose_ug: 2.75, reservoir_uL: 39_994.5 })
    expect(result.delivered.steps).toBe(22)
  })
})

describe('a stall that shows nothing', () => {
  it('because no step was due is inconclusive', async () => {
    const { result } = await finish(
      stalled({ rate: '0.05 mL/d', stalls: [['20 s', '21 s']], checks: ['{ check: no-other-alarms }'] }),
    )
    expect(checksNamed(result, 'faults')).toMatchObject([
      { outcome: 'inconclusive', detail: expect.stringContaining('"motor-stall for 21 s" at 20 s') },
    ])
    expect(result.verdict).toBe('inconclusive')
  })

  it('because the rig cannot hold its rotor is inconclusive, and nothing moves', async () => {
    const bare = rigWith(() => ({}))
    const handless: RigDefinition = {
      ...bare,
      create: () => {
        const { hold: _, ...rig } = bare.create()
        return rig
      },
    }
    const { result } = await finish(stalled({ stalls: [['20 s', '21 s']] }), modelPump, handless)
    expect(result.verdict).toBe('inconclusive')
    expect(checksNamed(result, 'completed')[0]?.detail).toContain('cannot carry the fault motor-stall')
    expect(result.delivered.steps).toBe(0)
  })
})

describe('the alarm of a fault', () => {
  it.each([
    ['without a fault is any in its time', [], 'pass'],
    ['is none that was raised before the first fault', ['{ at: 30 s, fault: telemetry-carrier }'], 'fail'],
  ] as const)('%s', async (_what, faults, outcome) => {
    const { result } = await finish(
      draft({
        duration: '2 min',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 1 mL }',
        prescription: [therapy('0 s', '24 mL/d')],
        faults,
        checks: ['{ check: alarm, alarm: low-reservoir, by: 1 min }'],
      }),
    )
    expect(result.alarms[0]).toMatchObject({ alarm: 'low-reservoir', raised_s: 0 })
    expect(checksNamed(result, 'alarm')[0]?.outcome).toBe(outcome)
  })

  it('counts only when it is raised after the fault', async () => {
    const alarm = '{ check: alarm, alarm: motor-stall, by: 1 min }'
    const { result } = await finish(
      stalled({ stalls: [['20 s', '21 s']], checks: [alarm, '{ check: no-other-alarms }'] }),
    )
    expect(result.verdict).toBe('pass')
    const late = await finish(
      stalled({ stalls: [['20 s', '21 s']], checks: ['{ check: alarm, alarm: motor-stall, by: 21 s }'] }),
    )
    expect(checksNamed(late.result, 'alarm')[0]?.outcome).toBe('fail')
  })
})
