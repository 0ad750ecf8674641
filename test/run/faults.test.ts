/**
 * Faults of power, memory, clock and radio: each does what it says, is on record, and does not go unnoticed when it does
 * nothing.
 */
import { describe, expect, it } from 'vitest'
import type { PumpInput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type PumpDefinition } from '#hil/pump/pump'
import { recordsOf } from '#hil/run/ledgers'
import { readTrace } from '#hil/run/read-trace'
import type { Trace } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import { checksNamed, type Finished, finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'

/** A step each 216 s, for six hours. */
function regimen(
  faults: readonly string[],
  more: {
    readonly events?: readonly string[]
    readonly programming?: readonly string[]
    readonly duration?: string
  } = {},
): string {
  return draft({
    duration: '6 h',
    prescription: [therapy('0 s', '50 ug/d')],
    sample: '1 h',
    checks: ['{ check: delivered-volume, within: 100 % }'],
    faults,
    ...more,
  })
}

const turns = (trace: Trace) =>
  recordsOf(trace.records, 'fault').map(({ fault, state, t_us }) => [fault, state, t_us / 1e6] as const)

const named = ({ trace }: Finished, event: string) =>
  recordsOf(trace.records, 'event').filter((record) => record.event === event)

/** The model pump, with everything it meets but questions and its own wakes. */
function meeting(met: { readonly at_s: number; readonly input: PumpInput }[]): PumpDefinition {
  return definePump({
    name: modelPump.name,
    create: (setup) => {
      const inner = modelPump.create(setup)
      return {
        react: (at_us, input) => {
          if (input.kind !== 'wake' && input.kind !== 'observe')
            met.push({ at_s: Number(at_us.n / at_us.d) / 1e6, input })
          return inner.react(at_us, input)
        },
        nextWake: () => inner.nextWake(),
      }
    },
  })
}

describe('a run without faults', () => {
  it('has no record of any, and passes', async () => {
    const { trace, result } = await finish(regimen([]))
    expect(turns(trace)).toEqual([])
    expect(checksNamed(result, 'faults')).toEqual([])
    expect(result.verdict).toBe('pass')
    expect(result.delivered.steps).toBe(100)
  })
})

describe('a power cut', () => {
  it('stops the pump at once, which is silent until power returns', async () => {
    const finished = await finish(regimen(['{ at: 1 h 1 min, fault: power-cut, for: 2 h }']))
    const { trace, result } = finished
    expect(turns(trace)).toEqual([
      ['power-cut', 'begun', 3660],
      ['power-cut', 'fired', 3660],
      ['power-cut', 'ended', 10_860],
    ])
    expect(stepTicks(trace).filter((tick) => tick > 3660e6 / 64 && tick <= 10_860e6 / 64)).toEqual([])
    expect(recordsOf(trace.records, 'status').map(({ t_us }) => t_us / 3.6e9)).toEqual([0, 1, 4, 5, 6, 6])
    expect(result.samples.map(({ t_s }) => t_s / 3600)).toEqual([0, 1, 4, 5, 6])
    expect(named(finished, 'power').map(({ t_us }) => t_us / 1e6)).toEqual([3660, 10_860])
    expect(result.checks.map(({ check }) => check)).not.toContain('faults')
  })

  it.each([
    // Back in its safe state it trickles, a step an hour.
    ['2 h', 19],
    ['10 h', 16],
  ])('leaves the pump with the truth: for %s', async (lasting, steps) => {
    const { trace, result } = await finish(regimen([`{ at: 1 h 1 min, fault: power-cut, for: ${lasting} }`]))
    const booked = recordsOf(trace.records, 'booked').reduce((sum, { count }) => sum + count, 0)
    expect(result.delivered.steps).toBe(steps)
    expect(booked).toBe(steps)
  })

  it('without a duration ends at the instant it began', async () => {
    const { trace } = await finish(regimen(['{ at: 1 h, fault: power-cut }']))
    expect(turns(trace).map(([, state, at_s]) => [state, at_s])).toEqual([
      ['begun', 3600],
      ['fired', 3600],
      ['ended', 3600],
    ])
  })

  it('at a write that never comes is inconclusive', async () => {
    const { trace, result } = await finish(regimen(['{ at: 1 h, fault: power-cut, write: 10000 }']))
    expect(turns(trace).map(([, state]) => state)).toEqual(['begun'])
    expect(checksNamed(result, 'faults')[0]).toMatchObject({ outcome: 'inconclusive' })
    expect(result.verdict).toBe('inconclusive')
  })

  it('while nobody has power is inconclusive', async () => {
    const cuts = ['{ at: 1 h, fault: power-cut, for: 2 h }', '{ at: 2 h, fault: power-cut, write: 1 }']
    const { trace, result } = await finish(regimen(cuts))
    expect(turns(trace).map(([, state, at_s]) => [state, at_s / 3600])).toEqual([
      ['begun', 1],
      ['fired', 1],
      ['begun', 2],
      ['ended', 3],
    ])
    expect(checksNamed(result, 'faults')[0]?.detail).toContain('at 2 h')
  })

  it('of the fault that began last is told apart from one that still waits for its write', async () => {
    const cuts = ['{ at: 1 h, fault: power-cut, write: 10000 }', '{ at: 2 h, fault: power-cut }']
    const { trace } = await finish(regimen(cuts))
    expect(recordsOf(trace.records, 'fault').map(({ number, state }) => [number, state])).toEqual([
      [1, 'begun'],
      [2, 'begun'],
      [2, 'fired'],
      [2, 'ended'],
    ])
  })

  it.each([
    ['while the program is stored', 1],
    ['while it is committed', 100],
  ])('in the middle of programming leaves the old or the new therapy: %s', async (_when, write) => {
    const more = { programming: [therapy('0 s', '50 ug/d'), therapy('2 h', '100 ug/d')] }
    const finished = await finish(regimen([`{ at: 2 h, fault: power-cut, write: ${write} }`], more))
    const applied = recordsOf(finished.trace.records, 'applied').filter(({ at_us }) => at_us === '7200000000')
    const refused = recordsOf(finished.trace.records, 'refused').filter(({ at_us }) => at_us === '7200000000')
    expect(applied.length + refused.length).toBe(1)
    expect(turns(finished.trace).map(([, state]) => state)).toEqual(['begun', 'fired', 'ended'])
  })

  it('leaves unanswered what is asked meanwhile, and nothing is programmed', async () => {
    const more = {
      programming: [therapy('0 s', '50 ug/d'), therapy('2 h', '100 ug/d')],
      events: ['{ at: 2 h, do: interrogate }', '{ at: 2 h, do: stop }', '{ at: 2 h, do: read-log }'],
    }
    const finished = await finish(regimen(['{ at: 1 h, fault: power-cut, for: 2 h }'], more))
    expect(named(finished, 'answer-lost')).toHaveLength(4)
    const [refused] = recordsOf(finished.trace.records, 'refused')
    expect(refused).toMatchObject({ t_us: 7_200_000_000, reason: expect.stringContaining('did not answer') })
  })
})

describe('a flipped bit', () => {
  it('is the one that was named', async () => {
    const met: { readonly at_s: number; readonly input: PumpInput }[] = []
    const { trace } = await finish(regimen(['{ at: 1 h, fault: bit-flip, copy: second, bit: 77 }']), meeting(met))
    expect(met.filter(({ input }) => input.kind === 'bit-flip')).toEqual([
      { at_s: 3600, input: { kind: 'bit-flip', copy: 'second', bit: 77 } },
    ])
    expect(turns(trace)).toEqual([['bit-flip', 'fired', 3600]])
  })

  it('follows from the seed where none was named, another for each fault and each seed', async () => {
    const bits = async (seed: number) => {
      const met: { readonly at_s: number; readonly input: PumpInput }[] = []
      const flips = ['{ at: 1 h, fault: bit-flip }', '{ at: 2 h, fault: bit-flip }']
      await finish(regimen(flips).replace('name:', `seed: ${seed}\nname:`), meeting(met))
      return met.flatMap(({ input }) => (input.kind === 'bit-flip' ? [input.bit] : []))
    }
    const [first, again, other] = [await bits(1), await bits(1), await bits(2)]
    expect(first).toEqual(again)
    expect(new Set([...first, ...other]).size).toBe(4)
    expect(first.every((bit) => Number.isSafeInteger(bit) && bit >= 0)).toBe(true)
  })
})

describe('a telemetry carrier', () => {
  it('is there from its beginning to its end', async () => {
    const met: { readonly at_s: number; readonly input: PumpInput }[] = []
    const { trace, result } = await finish(regimen(['{ at: 1 h, fault: telemetry-carrier, for: 1 h }']), meeting(met))
    expect(met.filter(({ input }) => input.kind === 'carrier')).toEqual([
      { at_s: 3600, input: { kind: 'carrier', present: true } },
      { at_s: 7200, input: { kind: 'carrier', present: false } },
    ])
    expect(turns(trace)).toEqual([
      ['telemetry-carrier', 'begun', 3600],
      ['telemetry-carrier', 'ended', 7200],
    ])
    expect(result.verdict).toBe('pass')
    expect(result.delivered.steps).toBe(100)
  })
})

describe('a drift of the clock', () => {
  const drifting = (by: string, lasting = '') =>
    regimen([`{ at: 0 s, fault: clock-drift, by: ${by}${lasting} }`], { duration: '30 d' })

  it('gives as much more or less as the clock counts', async () => {
    const right = await finish(regimen([], { duration: '30 d' }))
    const [fast, slow] = [await finish(drifting('1000 ppm')), await finish(drifting('-1000 ppm'))]
    expect(right.result.delivered.steps).toBe(12_000)
    expect(fast.result.delivered.steps).toBe(12_012)
    expect(slow.result.delivered.steps).toBe(11_988)
    expect(fast.result.believed.steps).toBe(12_012)
    expect(turns(fast.trace)).toEqual([['clock-drift', 'begun', 0]])
  })

  it('keeps what it gained when it ends, and books every step once', async () => {
    const { trace, result } = await finish(drifting('1000 ppm', ', for: 15 d'))
    expect(result.delivered.steps).toBe(12_006)
    const booked = recordsOf(trace.records, 'booked').reduce((steps, { count }) => steps + count, 0)
    expect(booked).toBe(12_006)
    expect(turns(trace)).toEqual([
      ['clock-drift', 'begun', 0],
      ['clock-drift', 'ended', 15 * 86_400],
    ])
  })

  it('moves what the pump does at a time of its own clock, and not what it is told at a true one', async () => {
    const { trace } = await finish(
      regimen(['{ at: 0 s, fault: clock-drift, by: 1000 ppm }'], {
        programming: [therapy('0 s', '50 ug/d'), '{ at: 1 h, bolus: { dose: 10 ug, over: 1001 s } }'],
      }),
    )
    const [, bolus, end] = recordsOf(trace.records, 'order')
    expect(bolus?.t_us).toBe(3_600_000_000)
    expect(end?.t_us).toBe(4_600_000_000)
  })
})

describe('a trace with faults', () => {
  it('reads back as it was written', async () => {
    const faults = [
      '{ at: 1 h, fault: motor-stall, for: 1 h }',
      '{ at: 3 h, fault: power-cut, for: 1 min }',
      '{ at: 4 h, fault: bit-flip }',
    ]
    const { trace } = await finish(regimen(faults))
    const again = readTrace(trace.records.map(traceLine).join(''))
    expect(again).toEqual(trace)
    expect(recordsOf(again.records, 'withdrawn').length).toBeGreaterThan(0)
  })

  it('lists them among the events of the result', async () => {
    const { result } = await finish(regimen(['{ at: 1 h, fault: motor-stall, for: 1 h }']))
    expect(result.events.filter(({ event }) => event.startsWith('fault-'))).toMatchObject([
      { t_s: 3600, event: 'fault-begun', fault: 'motor-stall' },
      { t_s: 3672, event: 'fault-fired' },
      { t_s: 7200, event: 'fault-ended' },
    ])
  })
})
