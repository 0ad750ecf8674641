/** What a pump is told of its rotor, against steps that are looked at one by one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAYOUT_ticks, PLAYOUT_us, RigError, TICK_us } from '#hil/rig/rig'
import { Motion } from '#hil/run/motion'
import { RotorWatch, type Tidings } from '#hil/run/rotor-watch'
import { as, type Time_us } from '#units/quantity'
import { add, ceil, compare, type Rational, ratio, times, whole } from '#units/rational'

const PLAYOUT = { us: PLAYOUT_us, ticks: PLAYOUT_ticks }
const at = (n: number, d = 1): Time_us => as(ratio(BigInt(n), BigInt(d)))
const rigTick = (due_us: Rational) => Number(ceil(ratio(due_us.n, due_us.d * BigInt(TICK_us)))) + PLAYOUT_ticks

interface Blindness {
  readonly after_us: Time_us
  readonly through_us: Time_us
  readonly every: number
}

/** What is told of steps due at these instants; those that are blinded to are counted as they are looked at. */
function expected(due: readonly Time_us[], lost: ReadonlySet<number>, blindnesses: readonly Blindness[]): Tidings[] {
  const looked = blindnesses.map(() => 0)
  let isTold = false
  return due.flatMap((due_us, index) => {
    const place = blindnesses.findIndex(
      ({ after_us, through_us }) => compare(due_us, after_us) > 0 && compare(due_us, through_us) <= 0,
    )
    const blind = blindnesses[place]
    if (!isTold && !lost.has(index) && blind === undefined) return []
    if (blind !== undefined) looked[place] = (looked[place] ?? 0) + 1
    const unseen = !lost.has(index) && blind !== undefined && (looked[place] ?? 0) % blind.every === 0
    const moved = !lost.has(index) && !unseen
    const tidings = {
      ...{ at_us: as<Time_us>(add(due_us, whole(2 * PLAYOUT_us))), due_us },
      ...{ moved, unseen, silent: moved && !isTold },
    }
    isTold = !moved
    return [tidings]
  })
}

function toldAll(watch: RotorWatch): Tidings[] {
  const all: Tidings[] = []
  for (let next = watch.next(); next !== null; next = watch.next()) {
    all.push(next)
    watch.told(next)
  }
  return all
}

describe('any lost steps', () => {
  it('are told each two playouts after it was due, and every step after it until one moves', () => {
    const ordered = fc.record({
      first: fc.tuple(fc.integer({ min: 1, max: 9_000_000 }), fc.integer({ min: 1, max: 7 })),
      interval: fc.tuple(fc.integer({ min: 2000, max: 40_000_000 }), fc.integer({ min: 1, max: 3 })),
      count: fc.integer({ min: 1, max: 40 }),
    })
    const lostPlaces = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 })
    const spans = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 30 }),
        lasting: fc.integer({ min: 0, max: 30 }),
        every: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 2 },
    )
    fc.assert(
      fc.property(ordered, lostPlaces, spans, ({ first, interval, count }, isLost, blinded) => {
        const [motion, first_us, interval_us] = [new Motion(PLAYOUT), at(...first), at(...interval)]
        motion.order(first_us, interval_us, count)
        const due = Array.from({ length: count }, (_, step): Time_us => as(add(first_us, times(interval_us, step))))
        const lost = new Set(due.flatMap((_, index) => (isLost[index] === true ? [index] : [])))
        const dueOf = (place: number) => due[Math.min(place, count - 1)] ?? first_us
        let from = 0
        const blindnesses = blinded.map(({ after, lasting, every }): Blindness => {
          const begins = from + after
          from = begins + lasting
          return { after_us: dueOf(begins), through_us: dueOf(from), every }
        })
        const watch = new RotorWatch(motion, PLAYOUT)
        for (const { after_us, through_us, every } of blindnesses) {
          watch.blind(after_us, every)
          watch.sighted(through_us)
        }
        watch.note([...lost].map((index) => rigTick(due[index] ?? first_us)))
        expect(toldAll(watch)).toEqual(expected(due, lost, blindnesses))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a watch', () => {
  const ordered = () => {
    const motion = new Motion(PLAYOUT)
    motion.order(at(1_000_000), at(1_000_000), 5)
    return { motion, watch: new RotorWatch(motion, PLAYOUT) }
  }

  it('has nothing to tell while all goes well', () => {
    expect(ordered().watch.next()).toBeNull()
  })

  it('waits for the next step where what was lost is the last one that is ordered', () => {
    const { motion, watch } = ordered()
    watch.note([rigTick(at(5_000_000))])
    const [told] = toldAll(watch)
    expect(told).toMatchObject({ due_us: at(5_000_000), moved: false, unseen: false, silent: false })
    expect(watch.next()).toBeNull()
    motion.order(at(9_000_000), at(1_000_000), 1)
    expect(toldAll(watch)).toMatchObject([{ due_us: at(9_000_000), moved: true, silent: false }])
    expect(watch.next()).toBeNull()
  })

  it.each([
    ['before all that is ordered', rigTick(at(999_936)) - 1],
    ['between two steps', rigTick(at(1_500_000))],
    ['after the last one', rigTick(at(5_000_064))],
  ])('does not believe in a lost step where none was ordered: %s', (_, tick) => {
    const { watch } = ordered()
    watch.note([tick])
    expect(() => watch.next()).toThrow(new RigError(`the rig lost a step at tick ${tick}, where none was ordered`))
  })

  it('is blind until it is told that it sees', () => {
    const { watch } = ordered()
    watch.blind(at(2_000_000), 1)
    const first = watch.next()
    expect(first).toMatchObject({ due_us: at(3_000_000), moved: false, unseen: true, silent: false })
    if (first !== null) watch.told(first)
    watch.sighted(at(3_000_000))
    watch.sighted(at(5_000_000))
    expect(toldAll(watch)).toMatchObject([{ due_us: at(4_000_000), moved: true, unseen: false, silent: false }])
    expect(watch.next()).toBeNull()
  })
})
