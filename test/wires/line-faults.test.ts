/** What can go wrong on a line, as a value; and on a transport, in real time. */
import fc from 'fast-check'
import { firstValueFrom, take, timeout, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { faulty } from '#hil/fault/faulty-transport'
import { type LineFault, LineFaults } from '#hil/fault/line-faults'
import { MemoryCable } from '#hil/rig/memory/cable'

const PIECE = Uint8Array.from({ length: 100 }, (_, index) => index)

/** What comes out of a line for a number of pieces, a millisecond apart, in the order in which it does. */
function through(faults: readonly LineFault[], pieces = 1, seed = 1): Uint8Array[] {
  const line = new LineFaults(faults, seed)
  for (let piece = 0; piece < pieces; piece += 1) line.push(PIECE, piece * 1000)
  return line.due(Number.MAX_SAFE_INTEGER)
}

const ALWAYS: Readonly<Record<string, readonly [LineFault, (out: readonly Uint8Array[]) => void]>> = {
  drop: [{ fault: 'drop', share: 1 }, (out) => expect(out).toEqual([])],
  flip: [
    { fault: 'flip', share: 1 },
    ([out]) => expect(out?.every((byte, index) => isPower((byte ^ PIECE[index]!) & 0xff))).toBe(true),
  ],
  garble: [
    { fault: 'garble', share: 1 },
    ([out]) => expect(out?.length === 100 && out.every((byte, index) => byte !== PIECE[index])).toBe(true),
  ],
  duplicate: [{ fault: 'duplicate', share: 1 }, (out) => expect(out).toEqual([PIECE, PIECE])],
  split: [
    { fault: 'split', share: 1 },
    (out) => {
      expect(out.every(({ length }) => length === 1)).toBe(true)
      expect(Buffer.concat(out)).toEqual(Buffer.from(PIECE))
    },
  ],
  truncate: [
    { fault: 'truncate', share: 1 },
    (out) => {
      const [piece = new Uint8Array()] = out
      expect(piece).toEqual(PIECE.subarray(0, piece.length))
      expect(piece.length).toBeLessThan(100)
    },
  ],
  mute: [{ fault: 'mute', from_us: 0, to_us: 1 }, (out) => expect(out).toEqual([])],
  unplug: [{ fault: 'unplug', at_us: 0 }, (out) => expect(out).toEqual([])],
}

describe('a line that always does the same', () => {
  it.each(Object.keys(ALWAYS))('%s', (name) => {
    const [fault, holds] = ALWAYS[name]!
    holds(through([fault]))
  })

  it('reorder', () => {
    const line = new LineFaults([{ fault: 'reorder', share: 1 }], 1)
    line.push(Uint8Array.of(1), 0)
    line.push(Uint8Array.of(2), 5)
    expect(Buffer.concat(line.due(10))).toEqual(Buffer.of(2, 1))
  })

  it('delay: later by up to so much, and never past what came before', () => {
    const line = new LineFaults([{ fault: 'delay', share: 0.5, up_to_us: 50_000 }], 3)
    for (let piece = 0; piece < 100; piece += 1) line.push(Uint8Array.of(piece), piece * 1000)
    const order: number[] = []
    let latest_us = 0
    while (Number.isFinite(line.next_us)) {
      const now_us = line.next_us
      for (const [piece = 0] of line.due(now_us)) {
        order.push(piece)
        latest_us = Math.max(latest_us, now_us - piece * 1000)
        expect(now_us).toBeGreaterThanOrEqual(piece * 1000)
      }
    }
    expect(order).toEqual(Array.from({ length: 100 }, (_, piece) => piece))
    expect(latest_us).toBeGreaterThan(10_000)
    expect(latest_us).toBeLessThan(50_000)
  })
})

it('a fault strikes as often as its share says, and the same ones for the same seed', () => {
  const struck = (seed: number) => 100_000 - Buffer.concat(through([{ fault: 'drop', share: 0.01 }], 1000, seed)).length
  // Five standard deviations of a binomial count about its mean of 1000.
  for (const seed of [1, 2, 3]) expect(Math.abs(struck(seed) - 1000)).toBeLessThan(160)
  expect(through([{ fault: 'garble', share: 0.1 }], 10, 7)).toEqual(through([{ fault: 'garble', share: 0.1 }], 10, 7))
  expect(through([{ fault: 'garble', share: 0.1 }], 10, 7)).not.toEqual(
    through([{ fault: 'garble', share: 0.1 }], 10, 8),
  )
})

it('what befalls a byte does not depend on how the stream is cut', () => {
  const faults: readonly LineFault[] = [
    { fault: 'drop', share: 0.05 },
    { fault: 'garble', share: 0.1 },
  ]
  const whole = Buffer.concat(through(faults))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 10 }), (cuts) => {
      const line = new LineFaults(faults, 1)
      const places = [0, ...cuts.sort((a, b) => a - b), 100]
      for (const [index, place] of places.entries()) line.push(PIECE.subarray(place, places[index + 1] ?? 100), index)
      expect(Buffer.concat(line.due(1e9))).toEqual(whole)
    }),
  )
})

it('a share that is no probability, and a delay that is none, are refused', () => {
  expect(() => new LineFaults([{ fault: 'drop', share: 1.5 }], 1)).toThrow('a share of 1.5 is not from 0 to 1')
  expect(() => new LineFaults([{ fault: 'delay', share: 1, up_to_us: -1 }], 1)).toThrow('a delay of -1 us is none')
})

describe('a transport with faults', () => {
  it('meets them both ways', async () => {
    const cable = new MemoryCable()
    const host = await faulty(cable.host, {
      seed: 1,
      toRig: [{ fault: 'duplicate', share: 1 }],
      toHost: [{ fault: 'split', share: 1 }],
    }).open()
    const rig = await cable.rig.open()
    const heard = firstValueFrom(rig.received.pipe(take(2), timeout(5000), toArray()))
    host.write(Buffer.from('twice\n'))
    expect(Buffer.concat(await heard).toString()).toBe('twice\ntwice\n')
    const back = firstValueFrom(host.received.pipe(take(3), timeout(5000), toArray()))
    rig.write(Buffer.from('ab\n'))
    expect((await back).map((bytes) => Buffer.from(bytes).toString())).toEqual(['a', 'b', '\n'])
    await host.close()
    await rig.close()
  })

  it('is lost once, and whole when it is opened again', async () => {
    const cable = new MemoryCable()
    const transport = faulty(cable.host, { seed: 1, toHost: [{ fault: 'unplug', at_us: 1000 }] })
    const rig = await cable.rig.open()
    const first = await transport.open()
    expect(await firstValueFrom(first.lost.pipe(timeout(5000)))).toBe('the cable is out')
    await first.close()
    const again = await transport.open()
    const heard = firstValueFrom(again.received.pipe(take(1), timeout(5000)))
    rig.write(Buffer.from('back\n'))
    expect(Buffer.from(await heard).toString()).toBe('back\n')
    await again.close()
    await rig.close()
  })
})

function isPower(value: number): boolean {
  return value !== 0 && (value & (value - 1)) === 0
}
