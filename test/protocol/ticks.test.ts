/** The rig's clock seen from the host: 32 bits on the wire, an absolute count on either end. */
import { describe, expect, it } from 'vitest'
import { extendTick, RigClock, TICK_us, wireTick } from '#protocol/ticks'

/** An hour, and how many ticks of the wire it takes to wrap. */
const HOUR_us = 3_600_000_000
const WRAP = 2 ** 32

describe('a tick on the wire', () => {
  it('lasts 64 us', () => {
    expect(TICK_us).toBe(64)
  })

  it.each([
    ['ahead of a wrap', WRAP - 5, WRAP - 3],
    ['just behind a wrap', WRAP + 7, WRAP - 1],
    ['just before a wrap that has come', WRAP - 5, WRAP + 3],
    ['many wraps on', 9 * WRAP + 12, 9 * WRAP],
  ])('is extended to the absolute tick nearest to the present: %s', (_, tick, near) => {
    expect(wireTick(tick)).toBeLessThan(WRAP)
    expect(extendTick(wireTick(tick), near)).toBe(tick)
  })
})

describe('the clock of a rig', () => {
  it('runs on from where it was first heard, at host times far from zero too', () => {
    const clock = new RigClock(1000, HOUR_us)
    expect(clock.expected(HOUR_us)).toBe(1000)
    expect(clock.expected(HOUR_us + 640)).toBe(1010)
  })

  it('is moved forward by a rig that runs fast, and then runs on from there', () => {
    const clock = new RigClock(0, 0)
    expect(clock.hear(10_100, 640_000)).toBe(10_100)
    expect(clock.expected(640_000)).toBe(10_100)
    expect(clock.expected(640_640)).toBe(10_110)
  })

  it('keeps its fraction of a tick where a frame says what was expected', () => {
    const clock = new RigClock(0, 0)
    expect(clock.hear(1, 95)).toBe(1)
    expect(clock.expected(190)).toBe(3)
  })

  it('is not moved back by a frame that came late', () => {
    const clock = new RigClock(0, 0)
    expect(clock.hear(9_000, 640_000)).toBe(9_000)
    expect(clock.expected(640_000)).toBe(10_000)
    expect(clock.expected(640_640)).toBe(10_010)
  })

  it('keeps time over wraps of the wire because each frame moves it on', () => {
    const clock = new RigClock(0, 0)
    let heard = 0
    // A rig that runs 1 % fast is more than half a wrap ahead of a clock that was never corrected after 200 days.
    for (let day = 1; day <= 400; day += 1) {
      const tick = Math.round((day * 24 * HOUR_us * 1.01) / TICK_us)
      heard = clock.hear(wireTick(tick), day * 24 * HOUR_us)
      expect(heard).toBe(tick)
    }
    expect(heard).toBeGreaterThan(100 * WRAP)
  })

  it('recalls a tick of days ago as the last such tick that can have come, and stays as it is', () => {
    const clock = new RigClock(3 * WRAP, 0)
    expect(clock.recall(100, 0)).toBe(3 * WRAP + 100)
    expect(clock.recall(WRAP - 100, 0)).toBe(3 * WRAP - 100)
    // Up to 2^28 ticks of drift ahead of what is expected, and not beyond.
    expect(clock.recall(2 ** 28, 0)).toBe(3 * WRAP + 2 ** 28)
    expect(clock.recall(2 ** 28 + 1, 0)).toBe(2 * WRAP + 2 ** 28 + 1)
    expect(clock.expected(0)).toBe(3 * WRAP)
  })
})
