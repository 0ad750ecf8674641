/**
 * What every rig has to do with the same commands, so that a run comes out alike on each of them.
 *
 * A suite for a rig is one call. Only rigs with a virtual clock can pass all of it in a sensible time.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  FEEDBACK_INTERVAL,
  type Feedback,
  PLAYOUT_ticks,
  type RigDefinition,
  RigError,
  SEGMENT_QUEUE,
} from '#hil/rig/rig'
import { type Cadence, countThrough, lastTick, slice, tickOf } from '#units/cadence'
import { ratio } from '#units/rational'
import { Host, segment, ticksOf } from './host.ts'

export interface RigContractOptions {
  /** Runs of each property; 100 unless said otherwise. */
  readonly numRuns?: number
}

/** Far enough ahead for a segment to cross any link: two seconds. */
const AHEAD = PLAYOUT_ticks

/** An answer of the rig has come by then: a fifth of a second. */
const ANSWER = PLAYOUT_ticks / 10

/** As many segments as a rig holds, and the next one. */
const queueful = Array.from({ length: SEGMENT_QUEUE }, (_, index) => segment(AHEAD + index * 60_000, 10_000, 5))
const oneMore = segment(AHEAD + SEGMENT_QUEUE * 60_000, 10_000, 5)

/** Segments one after the other: gaps, intervals with any fraction, and counts around the feedback interval. */
const schedules: fc.Arbitrary<readonly Cadence[]> = fc
  .array(
    fc.record({
      // Less than a millisecond between two steps is more than a rotor can follow.
      gap: fc.integer({ min: 16, max: 40_000 }),
      phase: fc.bigInt({ min: 0n, max: 999n }),
      ticks: fc.bigInt({ min: 200n, max: 20_000n }),
      part: fc.bigInt({ min: 0n, max: 2n ** 31n }),
      divisor: fc.bigInt({ min: 1n, max: 2n ** 31n - 1n }),
      count: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(63, 64, 65, 128)),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((segments) => {
    let last = AHEAD
    return segments.map(({ gap, phase, ticks, part, divisor, count }) => {
      const first = ratio(BigInt(last + gap) * 1000n - phase, 1000n)
      const cadence = segment(first, ratio(ticks * divisor + (part % divisor), divisor), count)
      last = lastTick(cadence)
      return cadence
    })
  })

/** What a rig has to report of segments that are worked off undisturbed. */
function expectedFeedback(segments: readonly Cadence[]): Feedback[] {
  let before = 0
  return segments.flatMap((cadence) => {
    const reported = Array.from({ length: cadence.count }, (_, j) => j + 1).filter(
      (done) => done % FEEDBACK_INTERVAL === 0 || done === cadence.count,
    )
    const reports = reported.map((done) => {
      return { tick: tickOf(cadence, done - 1) + PLAYOUT_ticks, forward: before + done, lost: 0 }
    })
    before += cadence.count
    return reports
  })
}

/** When all is done and everything about it has been heard. */
function drained(segments: readonly Cadence[]): number {
  return Math.max(...segments.map(lastTick)) + PLAYOUT_ticks + 1
}

export function rigContract(name: string, definition: RigDefinition, { numRuns = 100 }: RigContractOptions = {}): void {
  const opened: Host[] = []

  async function open(): Promise<Host> {
    const host = new Host(definition.create())
    opened.push(host)
    await host.rig.open()
    return host
  }

  async function worked(segments: readonly Cadence[], stops: readonly number[] = []): Promise<Host> {
    const host = await open()
    for (const cadence of segments) await host.segment(cadence)
    for (const stop of stops) await host.pass(stop)
    await host.pass(drained(segments))
    return host
  }

  /** Why the rig refused the segment: at once, or as soon as its answer has crossed the link. */
  async function refusal(host: Host, cadence: Cadence): Promise<string> {
    try {
      await host.segment(cadence)
      await host.pass(host.now + ANSWER)
    } catch (error) {
      if (error instanceof RigError) return error.message
      throw error
    }
    throw new Error('the rig refused nothing')
  }

  describe(`the ${name} rig`, () => {
    afterEach(async () => {
      for (const host of opened.splice(0)) await host.rig.close()
    })

    it('says which one it is and where its figures come from', async () => {
      const { rig } = await open()
      expect(definition.name).toBe(name)
      expect(rig.identity).not.toBe('')
      expect(rig.provenance.displaced).not.toBe('')
      expect(rig.provenance.uncertainty_percent).toBeGreaterThanOrEqual(0)
    })

    it('stands still without a command, however long', async () => {
      const host = await open()
      await host.pass(10_000_000)
      expect([host.now, host.motion, host.feedback]).toEqual([10_000_000, [], []])
    })

    describe('given segments', () => {
      it('makes every step at its tick, each rounded on its own', async () => {
        await fc.assert(
          fc.asyncProperty(schedules, async (segments) => {
            const host = await worked(segments)
            expect(ticksOf(host.motion)).toEqual(ticksOf(segments))
          }),
          { numRuns },
        )
      })

      it('makes a step at the very tick it is asked to advance to, and none after it', async () => {
        const host = await open()
        await host.segment(segment(AHEAD, 1000, 5))
        await host.pass(AHEAD - 1)
        expect(host.motion).toEqual([])
        await host.pass(AHEAD)
        expect(ticksOf(host.motion)).toEqual([AHEAD])
        await host.pass(AHEAD + 1999)
        expect(ticksOf(host.motion)).toEqual([AHEAD, AHEAD + 1000])
      })

      it('does the same however time is sliced', async () => {
        const stops = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 })
        await fc.assert(
          fc.asyncProperty(schedules, stops, async (segments, shares) => {
            const end = drained(segments)
            const inOrder = shares.map((share) => Math.floor(share * end)).sort((a, b) => a - b)
            const [sliced, whole] = [await worked(segments, inOrder), await worked(segments)]
            expect(sliced.motion).toEqual(whole.motion)
            expect(sliced.feedback).toEqual(whole.feedback)
          }),
          { numRuns },
        )
      })

      it('does the same when time stops at the very tick of every step and of every report', async () => {
        const segments = [segment(AHEAD, ratio(2_000_003n, 1000n), 130), segment(AHEAD + 300_000, 5000, 2)]
        const reports = expectedFeedback(segments)
        const stops = [...new Set([...ticksOf(segments), ...reports.map(({ tick }) => tick)])].sort((a, b) => a - b)
        const host = await open()
        for (const cadence of segments) await host.segment(cadence)
        for (const stop of stops) {
          await host.pass(stop)
          expect(ticksOf(host.motion)).toEqual(ticksOf(segments).filter((tick) => tick <= stop))
          expect(host.feedback).toEqual(reports.filter(({ tick }) => tick <= stop))
        }
      })

      it('takes one that begins a tick after the last step of the one before', async () => {
        const first = segment(AHEAD, 1000, 3)
        const host = await worked([first, segment(lastTick(first) + 1, 500, 2)])
        expect(ticksOf(host.motion)).toEqual([0, 1000, 2000, 2001, 2501].map((tick) => AHEAD + tick))
      })

      it('knows nothing of another rig of its kind', async () => {
        const [one, other] = [await open(), await open()]
        await one.segment(segment(AHEAD, 1000, 3))
        await other.pass(10 * AHEAD)
        await one.pass(10 * AHEAD)
        expect([ticksOf(one.motion).length, ticksOf(other.motion).length]).toEqual([3, 0])
      })
    })

    describe('reports its counters', () => {
      it.each([1, 63, 64, 65, 127, 128, 129, 200])(
        'after every 64th step and the last of a segment of %d, one playout later',
        async (count) => {
          const segments = [segment(AHEAD, ratio(2_000_003n, 1000n), count)]
          expect((await worked(segments)).feedback).toEqual(expectedFeedback(segments))
        },
      )

      it('counting on from segment to segment', async () => {
        await fc.assert(
          fc.asyncProperty(schedules, async (segments) => {
            expect((await worked(segments)).feedback).toEqual(expectedFeedback(segments))
          }),
          { numRuns },
        )
      })

      it('and returns as soon as a report has arrived', async () => {
        const host = await open()
        await host.segment(segment(AHEAD, 1000, 3))
        const arrival = AHEAD + 2000 + PLAYOUT_ticks
        const report = await host.rig.advance(arrival + 5000)
        expect(report.now_tick).toBe(arrival)
        expect(report.feedback).toEqual([{ tick: arrival, forward: 3, lost: 0 }])
        expect(ticksOf(report.motion)).toEqual([AHEAD, AHEAD + 1000, AHEAD + 2000])
      })
    })

    describe('given a cancel', () => {
      const run = segment(AHEAD, 1000, 10)

      it.each([
        ['before the segment', AHEAD - 5, 0],
        ['from its first step', AHEAD, 0],
        ['from just after its first step', AHEAD + 1, 1],
        ['between two steps', AHEAD + 4500, 5],
        ['from a step in the middle', AHEAD + 5000, 5],
        ['from its last step', AHEAD + 9000, 9],
        ['after its last step', AHEAD + 9001, 10],
      ])('%s, keeps every step before that tick and drops the others', async (_, from_tick, kept) => {
        const host = await open()
        await host.segment(run)
        await host.pass(1)
        await host.cancel(from_tick)
        await host.pass(drained([run]))
        expect(ticksOf(host.motion)).toEqual(ticksOf([run]).slice(0, kept))
        const last = kept === 0 ? [] : expectedFeedback([slice(run, 0, kept)])
        expect(host.feedback).toEqual(last)
      })

      it('cannot undo a step that was made', async () => {
        const host = await open()
        await host.segment(run)
        await host.pass(AHEAD + 3000)
        await host.cancel(0)
        await host.pass(drained([run]))
        expect(ticksOf(host.motion)).toEqual(ticksOf([run]).slice(0, 4))
      })

      it('twice, does no more than the earlier of both', async () => {
        for (const [first, second] of [
          [AHEAD + 2500, AHEAD + 6500],
          [AHEAD + 6500, AHEAD + 2500],
          [AHEAD + 2500, AHEAD + 2500],
        ] as const) {
          const host = await open()
          await host.segment(run)
          await host.cancel(first)
          await host.cancel(second)
          await host.pass(drained([run]))
          expect(ticksOf(host.motion)).toEqual(ticksOf([run]).slice(0, 3))
        }
      })

      it('of nothing, does nothing', async () => {
        const host = await open()
        await host.cancel(0)
        await host.segment(run)
        await host.pass(drained([run]))
        expect(ticksOf(host.motion)).toEqual(ticksOf([run]))
        await host.cancel(host.now)
        await host.pass(2 * host.now)
        expect(host.feedback).toEqual(expectedFeedback([run]))
      })

      it('drops the segments behind it and frees their places', async () => {
        const host = await open()
        const all = Array.from({ length: SEGMENT_QUEUE }, (_, index) => segment(AHEAD + index * 10_000, 1000, 5))
        for (const one of all) await host.segment(one)
        await host.cancel(AHEAD + 12_500)
        const again = Array.from({ length: SEGMENT_QUEUE - 2 }, (_, index) => {
          return segment(AHEAD + 12_500 + index * 10_000, 700, 5)
        })
        for (const one of again) await host.segment(one)
        await host.pass(drained(again))
        const kept = [all[0]!, slice(all[1]!, 0, 3), ...again]
        expect(ticksOf(host.motion)).toEqual(ticksOf(kept))
        expect(host.feedback).toEqual(expectedFeedback(kept))
      })

      it('at any moment, leaves every step before its tick and those already made', async () => {
        const moments = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
        await fc.assert(
          fc.asyncProperty(schedules, moments, async (segments, [when, from]) => {
            const end = drained(segments)
            const [at_tick, from_tick] = [Math.floor(when * end), Math.floor(from * end)]
            const host = await open()
            for (const cadence of segments) await host.segment(cadence)
            await host.pass(at_tick)
            await host.cancel(from_tick)
            await host.pass(end)
            const kept = ticksOf(segments).filter((tick) => tick <= at_tick || tick < from_tick)
            expect(ticksOf(host.motion)).toEqual(kept)
          }),
          { numRuns },
        )
      })

      it('before the steps were to be made, reports what is left as if no more had been asked for', async () => {
        await fc.assert(
          fc.asyncProperty(schedules, fc.double({ min: 0, max: 1, noNaN: true }), async (segments, from) => {
            const from_tick = Math.floor(from * drained(segments))
            const host = await open()
            for (const cadence of segments) await host.segment(cadence)
            await host.cancel(from_tick)
            await host.pass(drained(segments))
            const kept = segments.flatMap((cadence) => {
              const count = countThrough(cadence, from_tick - 1)
              return count === 0 ? [] : [slice(cadence, 0, count)]
            })
            expect(host.feedback).toEqual(expectedFeedback(kept))
          }),
          { numRuns },
        )
      })
    })

    describe('refuses', () => {
      it.each([
        ['at the present tick', 0],
        ['a tick ago', 1],
        ['long ago', AHEAD],
      ])('a segment that had to begin %s: it is not caught up', async (_, late) => {
        const host = await open()
        await host.pass(3 * AHEAD)
        expect(await refusal(host, segment(3 * AHEAD - late, 100_000, 3))).not.toBe('')
        expect(host.motion).toEqual([])
      })

      it.each([
        ['with the last step of the one before', 2000],
        ['within the one before', 1500],
        ['before the one before', -500],
      ])('a segment that begins %s', async (_, offset) => {
        const host = await open()
        await host.segment(segment(2 * AHEAD, 1000, 3))
        expect(await refusal(host, segment(2 * AHEAD + offset, 10, 3))).not.toBe('')
        expect(host.motion).toEqual([])
      })

      it('a segment more than its queue holds', async () => {
        const host = await open()
        for (const one of queueful) await host.segment(one)
        await host.pass(AHEAD / 2)
        expect(await refusal(host, oneMore)).not.toBe('')
      })

      it('a segment more than its queue holds, to the last step of the one that is being made', async () => {
        const host = await open()
        for (const one of queueful) await host.segment(one)
        await host.pass(AHEAD + 39_000)
        expect(await refusal(host, oneMore)).not.toBe('')
      })

      it('no segment for which a place has become free', async () => {
        const host = await open()
        for (const one of queueful) await host.segment(one)
        await host.pass(AHEAD + 40_000)
        await host.segment(oneMore)
        await host.pass(drained([oneMore]))
        expect(ticksOf(host.motion)).toEqual(ticksOf([...queueful, oneMore]))
      })
    })

    describe('closed', () => {
      it('turns no more', async () => {
        const host = await open()
        await host.segment(segment(AHEAD, 1000, 1000))
        await host.pass(AHEAD + 2500)
        await host.rig.close()
        const made = ticksOf(host.motion)
        try {
          await host.pass(AHEAD + 100_000)
        } catch (error) {
          expect(error).toBeInstanceOf(RigError)
        }
        expect(ticksOf(host.motion)).toEqual(made)
      })

      it('may be closed again, and before it did anything', async () => {
        const host = await open()
        await host.rig.close()
        await host.rig.close()
      })
    })
  })
}
