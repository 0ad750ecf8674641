/** A rig behind its guard: what it may report, to the tick, and what is said of one that reports anything else. */
import { describe, expect, it } from 'vitest'
import type { LineScript } from '#hil/fault/line-script'
import { type Rig, RigError, type RigReport } from '#hil/rig/rig'
import { GuardedRig } from '#hil/run/guarded-rig'
import { WIRE_COUNTS, type WireStatistics } from '#protocol/wire-tally'
import type { Cadence } from '#units/cadence'

const PROVENANCE = { displaced: 'modelled', uncertainty_percent: 0 }

/** A rig that says what it is told to, one report after the other. */
function saying(reports: readonly Partial<RigReport>[], parts: Partial<Rig> = {}): Rig {
  const left = [...reports]
  return {
    ...{ identity: 'a rig', provenance: PROVENANCE, open: () => {}, send: () => {}, close: () => Promise.resolve() },
    advance: (to_tick): RigReport => ({ now_tick: to_tick, motion: [], feedback: [], lost: [], ...left.shift() }),
    ...parts,
  }
}

const steps = (first: number, count = 1, part: Partial<Cadence> = {}): Cadence => ({
  ...{ first, phase: 0, count, quotient: 10, remainder: 0, divisor: 1 },
  ...part,
})

/** Advances to these ticks, one report for each, and gives the last. */
function advanced(to_ticks: readonly number[], ...reports: readonly Partial<RigReport>[]) {
  const guarded = new GuardedRig(saying(reports))
  return to_ticks.map((tick) => guarded.advance(tick)).at(-1)
}

describe('a report', () => {
  it.each<readonly [string, readonly number[], readonly Partial<RigReport>[]]>([
    ['at the tick that was asked for', [100], [{ now_tick: 100 }]],
    ['at the tick before it', [100, 100], [{ now_tick: 40 }, { now_tick: 40 }]],
    ['of a step at its very tick', [100], [{ motion: [steps(100)], lost: [100] }]],
    ['of steps one after the other', [100, 200], [{ motion: [steps(10, 5), steps(51)] }, { motion: [steps(51)] }]],
    ['of lost steps in order', [100, 200], [{ lost: [1, 2] }, { lost: [3, 200] }]],
  ])('%s is taken as it is', (_, to_ticks, reports) => {
    expect(advanced(to_ticks, ...reports)).toMatchObject(reports.at(-1) ?? {})
  })

  const impossible = (first: number, last: number, after: number, now: number) =>
    `the rig reports steps at ticks ${first} to ${last}, after ${after} and at ${now}`
  const astray = (now: number, from: number, to: number) =>
    `the rig says it is at tick ${now}, asked to go from ${from} to ${to}`
  const lost = (tick: number, after: number, now: number) =>
    `the rig reports a lost step at tick ${tick}, after one at ${after} and at ${now}`

  it.each<readonly [string, readonly number[], readonly Partial<RigReport>[]]>([
    [astray(101, 0, 100), [100], [{ now_tick: 101 }]],
    [astray(99, 100, 200), [100, 200], [{}, { now_tick: 99 }]],
    [astray(1.5, 0, 100), [100], [{ now_tick: 1.5 }]],
    [impossible(101, 101, 0, 100), [100], [{ motion: [steps(101)] }]],
    [impossible(81, 101, 0, 100), [100], [{ motion: [steps(81, 3)] }]],
    [impossible(49, 49, 50, 100), [100], [{ motion: [steps(10, 5), steps(49)] }]],
    [impossible(49, 49, 50, 200), [100, 200], [{ motion: [steps(10, 5)] }, { motion: [steps(49)] }]],
    [impossible(1.5, 1.5, 0, 100), [100], [{ motion: [steps(1.5)] }]],
    [lost(101, 0, 100), [100], [{ lost: [101] }]],
    [lost(0, 0, 100), [100], [{ lost: [0] }]],
    [lost(7, 7, 100), [100], [{ lost: [7, 7] }]],
    [lost(7, 8, 200), [100, 200], [{ lost: [8] }, { lost: [7] }]],
    [lost(7.5, 0, 100), [100], [{ lost: [7.5] }]],
  ])('is refused: %s', (reason, to_ticks, reports) => {
    expect(() => advanced(to_ticks, ...reports)).toThrow(new RigError(reason))
  })

  it.each(['first', 'phase', 'count', 'quotient', 'remainder', 'divisor'] as const)(
    'of motion whose %s is no whole number is refused',
    (part) => {
      expect(() => advanced([1000], { motion: [steps(1, 1, { [part]: Number.NaN })] })).toThrow(
        'reports steps at ticks',
      )
    },
  )

  it('is taken as late as it comes, and looked at all the same', async () => {
    const later = (report: Partial<RigReport>) =>
      new GuardedRig(
        saying([], {
          advance: (now_tick) => Promise.resolve({ now_tick, motion: [], feedback: [], lost: [], ...report }),
        }),
      )
    expect(await later({ motion: [steps(5)] }).advance(9)).toMatchObject({ now_tick: 9, motion: [steps(5)] })
    await expect(later({ now_tick: 10 }).advance(9)).rejects.toThrow(astray(10, 0, 9))
  })

  it('may stand still ten thousand times, and not once more; each move is a new beginning', () => {
    const standing = Array.from({ length: 10_000 }, () => ({ now_tick: 0 }))
    const ticks = (count: number) => Array.from({ length: count }, () => 9)
    expect(advanced(ticks(10_000), ...standing)).toMatchObject({ now_tick: 0 })
    expect(() => advanced(ticks(10_001), ...standing, { now_tick: 0 })).toThrow(
      new RigError('the rig does not get beyond tick 0'),
    )
    const again = Array.from({ length: 10_000 }, () => ({ now_tick: 1 }))
    expect(advanced(ticks(20_001), ...standing, { now_tick: 1 }, ...again)).toMatchObject({ now_tick: 1 })
    // At the tick that was asked for there is nowhere to get.
    const there = Array.from({ length: 10_002 }, () => ({ now_tick: 9 }))
    expect(advanced(ticks(10_002), ...there)).toMatchObject({ now_tick: 9 })
  })
})

describe('a rig that fails', () => {
  const boom = (): never => {
    throw new TypeError('no such port')
  }
  const calls: readonly (readonly [string, (rig: GuardedRig) => unknown])[] = [
    ['open', (rig) => rig.open()],
    ['send', (rig) => rig.send({ kind: 'cancel', from_tick: 1 })],
    ['advance', (rig) => rig.advance(1)],
    ['hold', (rig) => rig.hold(true, 1)],
    ['cross', (rig) => rig.cross(true, 1)],
    ['wire', (rig) => rig.wire()],
  ]

  it.each(calls)('with anything in %s fails as a rig, with its cause', (part, call) => {
    try {
      call(new GuardedRig(saying([], { [part]: boom })))
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(RigError)
      expect(error).toMatchObject({ message: 'the rig failed: no such port', cause: expect.any(TypeError) })
    }
  })

  it.each(calls.slice(0, -1))('later in %s fails as a rig, too', async (part, call) => {
    const later = { [part]: () => Promise.reject('a wire') }
    await expect(call(new GuardedRig(saying([], later)))).rejects.toThrow(new RigError('the rig failed: a wire'))
  })

  it('with words of its own keeps them', () => {
    const own = new RigError('the cable is out')
    const rig = new GuardedRig(
      saying([], {
        open: () => {
          throw own
        },
      }),
    )
    expect(() => rig.open()).toThrow(own)
  })

  it('when it is let go says nothing, and is let go once', async () => {
    let closed = 0
    const rig = new GuardedRig(
      saying([], {
        close: () => {
          closed += 1
          return Promise.reject(new Error('gone'))
        },
      }),
    )
    await Promise.all([rig.close(), rig.close()])
    await rig.close()
    expect(closed).toBe(1)
  })
})

describe('what a rig is and can do', () => {
  it('is told as it is, its name no longer than is kept', () => {
    const plain = new GuardedRig(saying([], { identity: 'x'.repeat(300) }))
    expect([plain.identity, plain.provenance]).toEqual(['x'.repeat(200), PROVENANCE])
    expect([plain.holds, plain.crosses, plain.hasLine, plain.wire()]).toEqual([false, false, false, undefined])
    expect([plain.hold(true, 1), plain.cross(true, 1)]).toEqual([undefined, undefined])
  })

  it('reaches it: a hold, a crossing of its wires, a script for its line', async () => {
    const asked: unknown[] = []
    const note = (...what: readonly unknown[]) => void asked.push(what)
    const able = new GuardedRig(saying([], { hold: note, cross: note, disturb: note }))
    expect([able.holds, able.crosses, able.hasLine]).toEqual([true, true, true])
    const script = {} as LineScript
    const onEffect = () => {}
    await able.hold(true, 7)
    await able.cross(false, 8)
    able.disturb(script, onEffect)
    expect(asked).toEqual([
      [true, 7],
      [false, 8],
      [script, onEffect],
    ])
  })

  it('counts what crossed its wire in whole numbers, and nothing besides', () => {
    const counts = Object.fromEntries(WIRE_COUNTS.map((name, index) => [name, index])) as unknown as WireStatistics
    const wired = (change: object) => new GuardedRig(saying([], { wire: () => ({ ...counts, ...change }) }))
    expect(wired({ other: 'thing' }).wire()).toEqual(counts)
    for (const wrong of [-1, 0.5, Number.NaN, 'many', undefined]) {
      expect(() => wired({ retries: wrong }).wire()).toThrow(
        new RigError(`the rig says that retries of its wire is ${wrong}; a whole number from 0 was expected`),
      )
    }
  })
})
