/**
 * The host's half of motion against steps counted one by one: whatever a pump orders and takes back, the rig makes each step that
 * stands at its tick, hears of it in time, and never holds more than it has room for.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAYOUT_ticks, PLAYOUT_us, type RigCommand, TICK_us } from '#hil/rig/rig'
import { MOST_STEPS, Motion } from '#hil/run/motion'
import { type Cadence, lastTick, tickOf } from '#units/cadence'
import { as, type Time_us } from '#units/quantity'
import { add, ceil, compare, type Rational, ratio, times, toText, whole } from '#units/rational'

const PLAYOUT = { us: PLAYOUT_us, ticks: PLAYOUT_ticks }
const at = (n: number, d = 1): Time_us => as(ratio(BigInt(n), BigInt(d)))
const HOUR_us = 3_600_000_000

/** The tick of the rig at which a step due at an instant is made. */
const rigTick = (due_us: Rational) => Number(ceil(ratio(due_us.n, due_us.d * BigInt(TICK_us)))) + PLAYOUT_ticks

/** A rig that only remembers what it was told. */
class Told {
  segments: Cadence[] = []

  take(commands: readonly RigCommand[]): void {
    for (const command of commands) {
      if (command.kind === 'segment') this.segments.push(command.cadence)
      else this.segments = this.segments.flatMap((one) => cut(one, command.from_tick))
    }
  }

  /** Those that are not over at a tick. */
  heldAt(tick: number): number {
    return this.segments.filter((one) => lastTick(one) >= tick).length
  }

  get ticks(): readonly number[] {
    return this.segments.flatMap((one) => Array.from({ length: one.count }, (_, step) => tickOf(one, step)))
  }
}

function cut(cadence: Cadence, from_tick: number): Cadence[] {
  let count = 0
  while (count < cadence.count && tickOf(cadence, count) < from_tick) count += 1
  return count === 0 ? [] : [{ ...cadence, count }]
}

interface Ordered {
  readonly first_us: Time_us
  readonly interval_us: Time_us
  readonly count: number
}

const deed = fc.record({
  /** How long after what came before. */
  after_us: fc.oneof(fc.integer({ min: 0, max: 3_000_000 }), fc.integer({ min: 0, max: 40 * HOUR_us })),
  /** Whether what is left is taken back first. */
  cancels: fc.boolean(),
  first: fc.tuple(fc.integer({ min: 1, max: 20_000_000 }), fc.integer({ min: 1, max: 7 })),
  interval: fc.tuple(fc.integer({ min: 100, max: 60_000_000 }), fc.integer({ min: 1, max: 3 })),
  count: fc.integer({ min: 1, max: 60 }),
})

describe('any orders', () => {
  it('are made step by step, each at its tick, but for what was taken back', () => {
    fc.assert(
      fc.property(fc.array(deed, { minLength: 1, maxLength: 8 }), (deeds) => {
        const [motion, rig] = [new Motion(PLAYOUT), new Told()]
        let standing: Time_us[] = []
        let now_us = whole(0) as Time_us
        const pass = (to_tick: number) => {
          for (let next = motion.nextDispatch_tick(); next <= to_tick; next = motion.nextDispatch_tick()) {
            const here = Math.max(next, Math.floor(Number(now_us.n / now_us.d) / TICK_us))
            motion.dispatch(here)
            rig.take(motion.takeCommands())
            expect(rig.heldAt(here)).toBeLessThanOrEqual(16)
          }
        }
        for (const { after_us, cancels, first, interval, count } of deeds) {
          now_us = as(add(now_us, whole(after_us)))
          pass(Math.floor(Number(now_us.n) / TICK_us))
          if (cancels) {
            motion.cancel(now_us)
            rig.take(motion.takeCommands())
            standing = standing.filter((due_us) => compare(due_us, now_us) <= 0)
          }
          const last_us = standing.at(-1) ?? now_us
          const order: Ordered = {
            first_us: as(add(compare(last_us, now_us) > 0 ? last_us : now_us, at(...first))),
            interval_us: at(...interval),
            count,
          }
          motion.order(order.first_us, order.interval_us, count)
          for (let step = 0; step < count; step += 1)
            standing.push(as(add(order.first_us, times(order.interval_us, step))))
          const next = standing.find((due_us) => compare(due_us, now_us) > 0)
          expect(toText(motion.dueAfter(now_us) ?? whole(-1))).toBe(toText(next ?? whole(-1)))
        }
        pass(Number.MAX_SAFE_INTEGER)
        expect(rig.ticks).toEqual(standing.map(rigTick))
      }),
    )
  })
})

const fresh = () => new Motion(PLAYOUT)

describe('a segment', () => {
  it('goes out one lead before its first step is made', () => {
    const motion = fresh()
    expect(motion.nextDispatch_tick()).toBe(Number.POSITIVE_INFINITY)
    motion.order(at(HOUR_us), at(1_000_000), 3)
    // A step due in an hour, made two seconds later, is sent a second before it is due.
    const due = (HOUR_us - 1_000_000) / TICK_us
    expect(motion.nextDispatch_tick()).toBe(due)
    motion.dispatch(due - 1)
    expect(motion.takeCommands()).toEqual([])
    motion.dispatch(due)
    const first = rigTick(at(HOUR_us))
    expect(motion.takeCommands()).toEqual([
      { kind: 'segment', cadence: { first, phase: 0, count: 3, quotient: 15_625, remainder: 0, divisor: 1 } },
    ])
    expect(motion.takeCommands()).toEqual([])
    expect(motion.nextDispatch_tick()).toBe(Number.POSITIVE_INFINITY)
  })

  it('holds no more steps than its count can say, and reaches no further than it may lie ahead', () => {
    const sent = (interval_us: number, count: number) => {
      const motion = fresh()
      motion.order(at(interval_us), at(interval_us), count)
      motion.dispatch(Number.MAX_SAFE_INTEGER)
      return motion.takeCommands().flatMap((one) => (one.kind === 'segment' ? [one.cadence] : []))
    }
    expect(sent(1000, 65_535).map(({ count }) => count)).toEqual([65_535])
    expect(sent(1000, 65_536).map(({ count }) => count)).toEqual([65_535, 1])
    const far = 2 ** 28 * TICK_us
    expect(sent(far, 3).map(({ count }) => count)).toEqual([2, 1])
    expect(sent(far + TICK_us, 3).map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('waits for a place where the rig holds as many as it can', () => {
    const [motion, rig] = [fresh(), new Told()]
    // Orders of one step each, a millisecond apart: all are due at once.
    for (let k = 0; k < 20; k += 1) motion.order(at(10_000_000 + 1000 * k), at(1), 1)
    const here = (10_000_000 + 20_000) / TICK_us
    motion.dispatch(here)
    rig.take(motion.takeCommands())
    expect(rig.segments).toHaveLength(16)
    expect(motion.nextDispatch_tick()).toBe(rigTick(at(10_000_000)) + 1)
    motion.dispatch(rigTick(at(10_000_000)))
    expect(motion.takeCommands()).toEqual([])
    motion.dispatch(rigTick(at(10_000_000)) + 1)
    rig.take(motion.takeCommands())
    expect(rig.segments).toHaveLength(17)
  })
})

describe('what a pump takes back', () => {
  it('leaves as many places as it held, and that of a segment once its last step that is left is made', () => {
    const single = fresh()
    for (let k = 0; k < 20; k += 1) single.order(at(10_000_000 + 1000 * k), at(1), 1)
    single.dispatch(10_000_000 / TICK_us)
    expect(single.takeCommands()).toHaveLength(16)
    single.cancel(at(10_009_500))
    expect(single.takeCommands()).toEqual([{ kind: 'cancel', from_tick: rigTick(at(10_010_000)) }])
    for (let k = 0; k < 10; k += 1) single.order(at(10_010_000 + 1000 * k), at(1), 1)
    single.dispatch(10_010_000 / TICK_us)
    expect(single.takeCommands()).toHaveLength(6)

    const cutShort = fresh()
    cutShort.order(at(1_000_000), at(1000), 100)
    cutShort.dispatch(0)
    cutShort.cancel(at(1_050_000))
    for (let k = 0; k < 16; k += 1) cutShort.order(at(1_051_000 + k), at(1), 1)
    cutShort.dispatch(900)
    // What was sent, what was taken back of it, and fifteen more.
    expect(cutShort.takeCommands()).toHaveLength(17)
    expect(cutShort.nextDispatch_tick()).toBe(rigTick(at(1_050_000)) + 1)
  })

  it('may lie in any segment of an order, sent or not', () => {
    const long = (sentUntil_us: number) => {
      const motion = fresh()
      motion.order(at(10_000_000), at(1000), 70_000)
      motion.dispatch(sentUntil_us / TICK_us)
      motion.takeCommands()
      // The first 66 thousand steps are left.
      motion.cancel(at(10_000_000 + 65_999_000))
      return motion
    }
    expect(long(80_000_000).takeCommands()).toEqual([{ kind: 'cancel', from_tick: rigTick(at(76_000_000)) }])
    const open = long(10_000_000)
    expect(open.takeCommands()).toEqual([])
    open.dispatch(75_000_000 / TICK_us)
    expect(open.takeCommands()).toMatchObject([{ kind: 'segment', cadence: { count: 465 } }])
    open.cancel(at(10_000_000))
    expect(open.takeCommands()).toEqual([{ kind: 'cancel', from_tick: rigTick(at(10_001_000)) }])
  })

  it('is told by the first tick that is no longer made, and not at all where nothing was sent', () => {
    const motion = fresh()
    motion.order(at(10_000_000), at(1_000_000), 5)
    motion.cancel(at(11_500_000))
    expect(motion.takeCommands()).toEqual([])
    motion.dispatch(10_000_000 / TICK_us)
    expect(motion.takeCommands()).toMatchObject([{ kind: 'segment', cadence: { count: 2 } }])
    motion.cancel(at(10_000_000))
    expect(motion.takeCommands()).toEqual([{ kind: 'cancel', from_tick: rigTick(at(11_000_000)) }])
    motion.cancel(at(10_000_000))
    expect(motion.takeCommands()).toEqual([])
    motion.cancel(at(9_999_999))
    expect(motion.takeCommands()).toEqual([{ kind: 'cancel', from_tick: rigTick(at(10_000_000)) }])
    expect(motion.dueAfter(at(0))).toBeNull()
  })
})

describe('an order that cannot be', () => {
  const possible = 'steps are possible, and an interval above zero'

  it.each([
    [0, 1, `the pump ordered 0 steps, one each 1 us; 1 to ${MOST_STEPS} ${possible}`],
    [1.5, 1, `the pump ordered 1.5 steps, one each 1 us; 1 to ${MOST_STEPS} ${possible}`],
    [MOST_STEPS + 1, 1, `the pump ordered ${MOST_STEPS + 1} steps, one each 1 us; 1 to ${MOST_STEPS} ${possible}`],
    [1, 0, `the pump ordered 1 steps, one each 0 s; 1 to ${MOST_STEPS} ${possible}`],
  ])('is one of %d steps, %d us apart', (count, interval_us, reason) => {
    expect(() => fresh().order(at(5), at(interval_us), count)).toThrow(reason)
  })

  it('is one that begins by the end of the one before', () => {
    const motion = fresh()
    motion.order(at(1_000_000), at(500_000), 3)
    expect(() => motion.order(at(2_000_000), at(1), 1)).toThrow(
      'the pump ordered a step at 2 s, before one at 2 s it ordered earlier',
    )
    motion.order(at(2_000_001), at(1), 1)
    motion.cancel(at(1_000_000))
    motion.order(at(1_000_001), at(1), MOST_STEPS)
    // Two thirds and three sevenths of a microsecond, and twice as much as that after it.
    const broken = fresh()
    broken.order(at(2, 3), at(3, 7), 3)
    expect(() => broken.order(at(32, 21), at(1), 1)).toThrow('it ordered earlier')
    broken.order(at(33, 21), at(1), 1)
  })
})

describe('steps that the rotor made', () => {
  it('come back as they were made, earlier by a playout, and once', () => {
    const motion = fresh()
    const cadence = (first: number, count: number): Cadence => ({
      ...{ first, phase: 0, count, quotient: 100, remainder: 0, divisor: 1 },
    })
    motion.made([cadence(PLAYOUT_ticks + 5, 2), cadence(PLAYOUT_ticks + 205, 1), cadence(PLAYOUT_ticks + 1000, 2)])
    expect(motion.collect()).toEqual([cadence(5, 3), cadence(1000, 2)])
    expect(motion.collect()).toEqual([])
  })
})
