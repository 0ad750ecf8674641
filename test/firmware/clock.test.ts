import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { cadenceOf, Rig, segment, TICKS_a_second, ticksOf } from './rig.ts'

const WRAP = 2 ** 32

/** A rig whose clock is so many ticks before its wrap. */
function shortOfWrap(ticks: number): Rig {
  const rig = new Rig().open()
  rig.run((WRAP - ticks - rig.tick()) / TICKS_a_second)
  return rig
}

describe('the clock', () => {
  it('goes on from 2^32 - 1 to 0 after 3.18 days, twice', () => {
    const rig = new Rig().open()
    for (let wrap = 1; wrap <= 2; wrap += 1) {
      rig.run((WRAP - rig.tick() - 3000) / TICKS_a_second)
      const last = rig.tick()
      expect(last).toBeGreaterThan(WRAP - 4000)
      rig.run(4000 / TICKS_a_second)
      expect(rig.tick()).toBeLessThan(4000)
    }
    expect(rig.seconds / 86_400).toBeGreaterThan(6.3)
  })

  it('makes the steps of a segment across the wrap at their ticks', () => {
    const rig = shortOfWrap(20_000)
    const at = WRAP - 5000
    const request = segment(at, 333, 40, { phase: 1, remainder: 2, divisor: 3 })
    expect(rig.command(request).type).toBe('ACK')
    const cadence = cadenceOf(request, at)
    rig.run(1)
    rig.beat()
    rig.run(2)
    const made = rig.edges.map(({ cycle }) => rig.sinceStart(cycle).ticks)
    const expected = ticksOf(cadence)
    expect(made.map((tick) => tick - (made[0] ?? 0))).toEqual(expected.map((tick) => tick - at))
    expect(rig.status()).toMatchObject({ forward: 40, lost: 0 })
  })

  it('knows late from early and before from after across the wrap', () => {
    const rig = shortOfWrap(20_000)
    expect(rig.command(segment(WRAP - 30_000, 100, 1)).reason).toBe('LATE')
    expect(rig.command(segment(WRAP - 1000, 1000, 3)).type).toBe('ACK')
    expect(rig.command(segment(1000, 1000, 3)).reason).toBe('ORDER')
    expect(rig.command(segment(1001, 1000, 3)).type).toBe('ACK')
    expect(rig.command({ type: 'CANCEL', from: 2001 }).type).toBe('ACK')
    rig.run(2)
    expect(rig.status()).toMatchObject({ forward: 4, state: 'IDLE' })
  })

  it('lets the dead-man count across the wrap', () => {
    const rig = shortOfWrap(20_000)
    rig.command(segment(WRAP - 10_000, 5000, 1000))
    rig.run(1)
    rig.beat()
    rig.run(10)
    const [told] = rig.all('HALTED')
    expect(told?.frame.message.cause).toBe('DEADMAN')
    const { tick } = told?.frame.message ?? { tick: 0 }
    expect(tick).toBeLessThan(LIMITS.dead_man + 10_000)
  })

  it.each([0, 1, 2, 3, 65_535, 65_534, 65_533])(
    'makes a step at a tick whose lower half is %i, near and far, on its tick',
    (low) => {
      const rig = new Rig().open()
      const offsets = [1, 2, 20].flatMap((turns) => {
        const made = rig.edges.length
        const tick = (Math.ceil(rig.tick() / 65_536) + turns) * 65_536 + low
        rig.command(segment(tick, 100, 2))
        while (rig.status().state === 'RUN') rig.run(1)
        return rig.edges.slice(made).map(({ cycle }, j) => rig.sinceStart(cycle).ticks - tick - 100 * j)
      })
      expect(offsets.length).toBe(6)
      expect(new Set(offsets).size).toBe(1)
    },
  )
})
