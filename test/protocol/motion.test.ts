/** Motion: what the fields mean, in exact rationals, in 32-bit additions and in the closed forms. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { deadManTicks, refusalOf, type Segment, Stepper, segmentOf, segmentsFor, stepsBefore } from '#protocol/motion'
import { MotionQueue } from '#protocol/motion-queue'
import { cadencesOf, countThrough, lastTick, tickOf } from '#units/cadence'
import { add, ceil, ratio, times } from '#units/rational'

/** Segments that a rig accepts: fields in range, interval and span too. */
const anySegment: fc.Arbitrary<Segment> = fc
  .record({
    first: fc.integer({ min: 1, max: 2 ** 33 }),
    divisor: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
    parts: fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), fc.boolean()),
    quotient: fc.oneof(fc.integer({ min: 16, max: 40 }), fc.integer({ min: 16, max: 2 ** 30 - 1 })),
    count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 65_535 })),
    direction: fc.constantFrom('F' as const, 'R' as const),
  })
  .map(({ parts: [phase, remainder, extreme], divisor, quotient, count, first, direction }) => ({
    first,
    divisor,
    direction,
    quotient,
    phase: extreme ? divisor - 1 : phase % divisor,
    remainder: extreme ? divisor - 1 : remainder % divisor,
    count: Math.min(count, 1 + Math.floor(LIMITS.span / (quotient + 1))),
  }))

const IDLE = { latched: false, length: 0, last: undefined }

function segment(fields: Partial<Segment>): Segment {
  const plain = { first: 100, phase: 0, count: 3, quotient: 50, remainder: 0, divisor: 1, direction: 'F' } as const
  return { ...plain, ...fields }
}

describe('the steps of a segment', () => {
  it('are the same by 32-bit additions as by the closed form and in exact rationals', () => {
    fc.assert(
      fc.property(anySegment, (any) => {
        const { first, phase, quotient, remainder, divisor } = any
        const stepper = new Stepper(any)
        const exactFirst = add(ratio(BigInt(first), 1n), ratio(BigInt(-phase), BigInt(divisor)))
        const interval = ratio(BigInt(quotient) * BigInt(divisor) + BigInt(remainder), BigInt(divisor))
        for (let j = 0; j < Math.min(any.count, 300); j += 1, stepper.advance()) {
          expect(stepper.tick).toBe(tickOf(any, j))
          if (j < 20) expect(BigInt(stepper.tick)).toBe(ceil(add(exactFirst, times(interval, j))))
        }
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('stay within 32 bits of error', () => {
    const worst = segment({ divisor: 2 ** 31 - 1, remainder: 2 ** 31 - 2, phase: 2 ** 31 - 2, count: 65_535 })
    const stepper = new Stepper(worst)
    for (let j = 0; j < worst.count; j += 1, stepper.advance()) {
      expect(stepper.tick).toBe(tickOf(worst, j))
    }
  })

  it('before a tick are counted by one division', () => {
    fc.assert(
      fc.property(anySegment, fc.nat(), fc.integer({ min: -2, max: 2 }), (any, j, beside) => {
        const from = tickOf(any, j % any.count) + beside
        expect(stepsBefore(any, from)).toBe(countThrough(any, from - 1))
      }),
      { seed: 8, numRuns: 2000 },
    )
  })
})

describe('a cadence becomes segments', () => {
  it('that a rig accepts one after the other and that make exactly its steps', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(2 ** 34), fc.integer({ min: 1, max: 1e6 })),
        fc.oneof(fc.integer({ min: 16, max: 20_000 }), fc.integer({ min: 16, max: 2 ** 33 })),
        fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 1e6 })),
        fc.integer({ min: 1, max: 150_000 }),
        ([start, part], whole, [over, below], most) => {
          const interval = add(ratio(BigInt(whole), 1n), ratio(BigInt(over), BigInt(below)))
          const count = whole > 20_000 ? (most % 200) + 1 : most
          for (const cadence of cadencesOf(ratio(BigInt(start), BigInt(part)), interval, count)) {
            let done = 0
            for (const fields of segmentsFor(cadence, 'R')) {
              const first = tickOf(cadence, done)
              const sent = segmentOf(fields, first - 1)
              expect(refusalOf(sent, IDLE, first - 1)).toBeUndefined()
              expect(sent.first).toBe(first)
              expect(lastTick(sent)).toBe(tickOf(cadence, done + sent.count - 1))
              done += sent.count
            }
            expect(done).toBe(cadence.count)
          }
        },
      ),
      { seed: 9, numRuns: 200 },
    )
  })

  it('is refused when its steps are closer than a rig can make them', () => {
    const fast = { first: 0, phase: 0, count: 2, quotient: 15, remainder: 1, divisor: 2 }
    expect(() => segmentsFor(fast, 'F').next()).toThrow('closer than 16 ticks')
  })
})

describe('a segment is refused', () => {
  const queue = { latched: false, length: 3, last: 200 }

  it.each([
    [
      'HALTED before anything else',
      segment({ quotient: 1, first: -9 }),
      { ...queue, latched: true, length: 16 },
      'HALTED',
    ],
    ['RANGE for steps closer than 16 ticks', segment({ quotient: 15, first: -9 }), queue, 'RANGE'],
    ['RANGE for a phase that is a tick', segment({ phase: 1 }), queue, 'RANGE'],
    ['RANGE for a remainder that is a tick', segment({ remainder: 1 }), queue, 'RANGE'],
    ['RANGE for a span above 2^30', segment({ quotient: 2 ** 29, count: 3 }), queue, 'RANGE'],
    ['LATE at the present tick', segment({ first: 0 }), queue, 'LATE'],
    ['LATE in the past', segment({ first: -1 }), queue, 'LATE'],
    ['LATE when it is 2^30 ahead', segment({ first: 2 ** 30 }), queue, 'LATE'],
    ['ORDER at the last queued tick', segment({ first: 200 }), { ...queue, length: 16 }, 'ORDER'],
    ['FULL when all else is well', segment({ first: 201 }), { ...queue, length: 16 }, 'FULL'],
  ] as const)('%s', (_, any, state, reason) => {
    expect(refusalOf(any, state, 0)).toBe(reason)
  })

  it.each([
    ['right after the last queued tick', segment({ first: 201 }), queue],
    ['one tick ahead of an empty queue', segment({ first: 1 }), IDLE],
    ['one tick below 2^30 ahead', segment({ first: 2 ** 30 - 1 }), IDLE],
    ['over a span of 2^30', segment({ quotient: 2 ** 29 - 1, count: 3 }), IDLE],
    ['into the last place', segment({ first: 201 }), { ...queue, length: 15 }],
  ])('not %s', (_, any, state) => {
    expect(refusalOf(any, state, 0)).toBeUndefined()
  })

  it('by wire ticks on both sides of their wrap', () => {
    const fields = { phase: 0, count: 1, quotient: 16, remainder: 0, divisor: 1, direction: 'F' } as const
    const now = 2 ** 32 - 10
    expect(segmentOf({ ...fields, first: 5 }, now).first).toBe(2 ** 32 + 5)
    expect(segmentOf({ ...fields, first: 2 ** 32 - 11 }, 3 * 2 ** 32).first).toBe(3 * 2 ** 32 - 11)
  })
})

describe('the queue', () => {
  function filled(...segments: readonly Segment[]): MotionQueue {
    const queue = new MotionQueue()
    for (const any of segments) expect(queue.admit(any, false, 0)).toBeUndefined()
    return queue
  }

  /** Ticks of the steps that remain, and after which of them the rig reports. */
  function drained(queue: MotionQueue): [tick: number, reported: boolean][] {
    const steps: [number, boolean][] = []
    for (let { next } = queue; next !== undefined; next = queue.next) steps.push([next.tick, queue.advance()])
    return steps
  }

  it('makes the steps in order and reports the last of each segment and each 64th', () => {
    const queue = filled(segment({ count: 130 }), segment({ first: 10_000, count: 64 }))
    const steps = drained(queue)
    expect(steps).toHaveLength(194)
    const reported = steps.flatMap(([, isReported], i) => (isReported ? [i + 1] : []))
    expect(reported).toEqual([64, 128, 130, 194])
  })

  it('drops every step at or after the tick of a CANCEL, wherever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 60, max: 700 }), (done, from) => {
        const plan = [segment({}), segment({ first: 300 }), segment({ first: 500, count: 4 })]
        const [cut, whole] = [filled(...plan), filled(...plan)]
        const all = drained(whole).map(([tick]) => tick)
        for (let i = 0; i < done; i += 1) cut.advance()
        cut.cancel(from)
        expect(drained(cut).map(([tick]) => tick)).toEqual(all.slice(done).filter((tick) => tick < from))
      }),
      { seed: 10, numRuns: 500 },
    )
  })

  it('reports the last step that a CANCEL left, and takes a segment right after it', () => {
    const queue = filled(segment({ count: 5 }))
    queue.cancel(200)
    expect(queue.admit(segment({ first: 150 }), false, 0)).toBe('ORDER')
    expect(queue.admit(segment({ first: 151, count: 1 }), false, 0)).toBeUndefined()
    expect(drained(queue)).toEqual([
      [100, false],
      [150, true],
      [151, true],
    ])
  })

  it('goes on at the beginning of the next segment where a CANCEL leaves of the running one what is done', () => {
    const queue = filled(segment({ count: 5 }))
    for (let i = 0; i < 2; i += 1) queue.advance()
    queue.cancel(151)
    expect([queue.length, queue.next]).toEqual([0, undefined])
    expect(queue.admit(segment({ first: 400, count: 2 }), false, 151)).toBeUndefined()
    expect(drained(queue)).toEqual([
      [400, false],
      [450, true],
    ])
    expect(() => queue.advance()).toThrow('there is no step to execute')
  })

  it('begins a segment at its beginning after a CANCEL from before all that was done', () => {
    const queue = filled(segment({ count: 5 }))
    for (let i = 0; i < 2; i += 1) queue.advance()
    queue.cancel(60)
    expect(queue.admit(segment({ first: 400, count: 3 }), false, 151)).toBeUndefined()
    expect(drained(queue)).toEqual([
      [400, false],
      [450, false],
      [500, true],
    ])
  })

  it('holds sixteen segments', () => {
    const queue = filled(...Array.from({ length: 16 }, (_, i) => segment({ first: 100 + 200 * i })))
    expect(queue.admit(segment({ first: 9999 }), false, 0)).toBe('FULL')
    for (let i = 0; i < 3; i += 1) queue.advance()
    expect(queue.admit(segment({ first: 9999 }), false, 0)).toBeUndefined()
  })
})

describe('the dead-man interval', () => {
  it('is two seconds, or two steps where they take longer', () => {
    expect(deadManTicks(16)).toBe(31_250)
    expect(deadManTicks(15_624)).toBe(31_250)
    expect(deadManTicks(6_750_000)).toBe(13_500_002)
  })
})

describe('at its limits', () => {
  it('an interval may be as short as the rig allows, and no shorter', () => {
    const shortest = { ...segment({ quotient: LIMITS.interval }) }
    expect(refusalOf(shortest, IDLE, 0)).toBeUndefined()
    expect(refusalOf({ ...shortest, quotient: LIMITS.interval - 1 }, IDLE, 0)).toBe('RANGE')
    const { direction: _, ...cadence } = shortest
    expect([...segmentsFor(cadence, 'F')]).toHaveLength(1)
    expect(() => [...segmentsFor({ ...cadence, quotient: LIMITS.interval - 1 }, 'F')]).toThrow(RangeError)
  })

  it('a segment spans as much as it may, and not a step more', () => {
    // An interval of which one tick more or less decides how many steps there is room for.
    const quotient = Math.floor(LIMITS.span / 1000) - 1
    const cadence = { first: 100, phase: 0, count: 5000, quotient, remainder: 0, divisor: 1 }
    expect([...segmentsFor(cadence, 'F')].map(({ count }) => count)).toEqual([1001, 1001, 1001, 1001, 996])
  })

  it('the steps before its last one are all but that, whatever its phase', () => {
    const whole = segment({ count: 7, quotient: 50, divisor: 10, remainder: 3, phase: 9 })
    expect([lastTick(whole), lastTick(whole) + 1].map((tick) => stepsBefore(whole, tick))).toEqual([6, 7])
    for (let step = 1; step < 7; step += 1) expect(stepsBefore(whole, tickOf(whole, step))).toBe(step)
  })
})
