/** The pump's memory: whatever word the power fails at and whichever bit turns over, a record is whole or known bad. */
import crc32 from 'crc/calculators/crc32'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Copy,
  examined,
  flipped,
  formatted,
  type Memory,
  PAYLOAD_LIMIT_bytes,
  payloadOf,
  repaired,
  stored,
} from '#firmware-sim/memory/store'

const ALL_BITS = 0xffff_ffff
const DEFAULT_KEPT = 0x5555_5555

/** A copy as the format says, made without the code under test, and which nobody can write to. */
function copyOf(payload: string, sequence: number): Copy {
  const text = new TextEncoder().encode(payload)
  const bytes = new Uint8Array(4 * (4 + Math.ceil(text.length / 4)))
  const view = new DataView(bytes.buffer)
  for (const [i, word] of [0x504d_b602, sequence, text.length].entries()) view.setUint32(4 * i, word, true)
  bytes.set(text, 12)
  return sealed(Array.from({ length: bytes.length / 4 - 1 }, (_, i) => view.getUint32(4 * i, true)))
}

/** The words and their CRC. */
function sealed(words: readonly number[]): Copy {
  const view = new DataView(new ArrayBuffer(4 * words.length))
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true)
  return Object.freeze([...words, crc32(new Uint8Array(view.buffer)) >>> 0])
}

function copyWrites(payload: string): number {
  return copyOf(payload, 0).length + 1
}

function frozen({ copies }: Memory): Memory {
  return Object.freeze({ copies: Object.freeze([Object.freeze(copies[0]), Object.freeze(copies[1])] as const) })
}

/** The word writes from 1 to `last`. */
function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1)
}

/** Texts of all characters, short enough to try every cut. */
const payloads = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'a', 'abcd', '\ufefftext', '\0\0\0\0', '\uffff'),
)
const sequences = fc.oneof(fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, ALL_BITS - 1, ALL_BITS), fc.nat(ALL_BITS))
const bits = fc.nat(1_000_000)
const words = fc.oneof(fc.nat(ALL_BITS), fc.constantFrom(0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32))
const masks = fc.oneof(fc.constantFrom(0, ALL_BITS, DEFAULT_KEPT), fc.nat(ALL_BITS))

const sound: fc.Arbitrary<Memory> = fc
  .tuple(payloads, sequences)
  .map(([payload, sequence]) => frozen({ copies: [copyOf(payload, sequence), copyOf(payload, sequence)] }))
const wholeCopies = fc.tuple(payloads, sequences).map(([payload, sequence]) => copyOf(payload, sequence))
const anyCopies: fc.Arbitrary<Copy> = fc.oneof(
  wholeCopies,
  fc.array(words, { maxLength: 12 }),
  fc
    .tuple(wholeCopies, fc.nat(5), fc.array(words, { maxLength: 2 }))
    .map(([copy, at, changed]) => [...copy.slice(0, at), ...changed, ...copy.slice(at + changed.length)]),
  fc.tuple(wholeCopies, bits).map(([copy, bit]) => flipped({ copies: [copy, copy] }, 'first', bit).copies[0]),
)
const anyMemory: fc.Arbitrary<Memory> = fc
  .tuple(anyCopies, anyCopies)
  .map(([first, second]) => frozen({ copies: [first, second] }))

/** An operation on a memory, by the payload it stores; null repairs. */
type Operation = string | null
const operations: fc.Arbitrary<Operation> = fc.option(payloads, { freq: 3 })

function done(memory: Memory, operation: Operation, cut: number | null, kept?: number) {
  return operation === null ? repaired(memory, cut, kept) : stored(memory, operation, cut, kept)
}

describe('a payload', () => {
  it('is kept in two copies of the documented words', () => {
    fc.assert(
      fc.property(payloads, payloads, (first, second) => {
        expect(formatted(first)).toEqual({ copies: [copyOf(first, 0), copyOf(first, 0)] })
        const { memory } = stored(frozen(formatted(first)), second, null)
        expect(memory).toEqual({ copies: [copyOf(second, 1), copyOf(second, 1)] })
      }),
    )
  })

  it('is read back as it was, and the memory is sound', () => {
    fc.assert(
      fc.property(anyMemory, payloads, (memory, payload) => {
        const writing = stored(memory, payload, null)
        expect(writing).toMatchObject({ complete: true, writes: 2 * copyWrites(payload) })
        expect(payloadOf(writing.memory)).toBe(payload)
        expect(examined(writing.memory)).toEqual({ state: 'sound' })
      }),
    )
  })

  it('has at most 65,536 bytes of UTF-8', () => {
    const empty = formatted('')
    for (const longest of ['x'.repeat(65_536), 'é'.repeat(32_768)]) {
      expect(payloadOf(stored(empty, longest, null).memory)).toBe(longest)
      expect(() => stored(empty, `${longest}x`, null)).toThrow(
        new RangeError('a payload of 65537 bytes is beyond the 65536 of the memory: store less'),
      )
      expect(() => formatted(`${longest}x`)).toThrow(RangeError)
    }
    const beyond = copyOf('x'.repeat(PAYLOAD_LIMIT_bytes + 1), 0)
    expect(examined({ copies: [beyond, beyond] })).toEqual({ state: 'lost' })
  })

  it('has whole characters only', () => {
    for (const half of ['\ud800', 'a\udc00', '\udc00\ud800']) {
      expect(() => formatted(half)).toThrow(/half a surrogate pair/)
    }
    expect(payloadOf(formatted('\ud83d\ude00'))).toBe('\ud83d\ude00')
  })
})

describe('a loss of power', () => {
  it('at any word of a store leaves the old payload until the first copy is whole, then the new one', () => {
    fc.assert(
      fc.property(sound, payloads, (memory, payload) => {
        const once = copyWrites(payload)
        for (const cut of upTo(2 * once)) {
          const after = stored(memory, payload, cut)
          expect(after).toMatchObject({ complete: false, writes: cut })
          expect(payloadOf(after.memory)).toBe(cut > once ? payload : payloadOf(memory))
        }
        expect(stored(memory, payload, 2 * once + 1)).toEqual(stored(memory, payload, null))
      }),
    )
  })

  it('is told afterwards, and which copy it left behind', () => {
    const memory = frozen(formatted('before'))
    const once = copyWrites('after')
    for (const cut of upTo(2 * once)) {
      const copy = cut <= once ? 'first' : 'second'
      expect(examined(stored(memory, 'after', cut).memory)).toEqual({ state: 'one-bad', copy })
    }
    // A torn word that keeps all it held has changed nothing: the copy is then the old record still.
    expect(examined(stored(memory, 'after', 1, ALL_BITS).memory)).toEqual({ state: 'sound' })
    const between = stored(memory, 'after', once + 1, ALL_BITS).memory
    expect(examined(between)).toEqual({ state: 'differing', copy: 'second' })
  })

  it('leaves the old or the new payload however the word is torn and whatever the memory was before', () => {
    fc.assert(
      fc.property(anyMemory, operations, masks, (memory, operation, kept) => {
        const { writes } = done(memory, operation, null)
        for (const cut of upTo(writes)) {
          const after = payloadOf(done(memory, operation, cut, kept).memory)
          expect([payloadOf(memory), operation ?? payloadOf(memory)]).toContain(after)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('may come again at any word of what is done next', () => {
    fc.assert(
      fc.property(sound, payloads, operations, masks, (memory, payload, next, kept) => {
        for (const cut of upTo(2 * copyWrites(payload))) {
          const broken = frozen(stored(memory, payload, cut, kept).memory)
          const before = payloadOf(broken)
          const whole = done(broken, next, null)
          expect(payloadOf(whole.memory)).toBe(next ?? before)
          expect(examined(whole.memory)).toEqual({ state: 'sound' })
          for (const second of upTo(whole.writes)) {
            const after = done(broken, next, second, kept).memory
            expect([before, next ?? before]).toContain(payloadOf(after))
            expect(payloadOf(repaired(after, null).memory)).toBe(payloadOf(after))
            expect(examined(repaired(after, null).memory)).toEqual({ state: 'sound' })
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('never brings back a payload that a repair gave up', () => {
    fc.assert(
      fc.property(sound, payloads, payloads, masks, (memory, payload, next, kept) => {
        const once = copyWrites(payload)
        // The first copy is whole and new, the second old, and then the first one goes bad.
        const between = stored(memory, payload, once + 1, ALL_BITS).memory
        for (const bit of [0, 7, 31]) {
          const rolledBack = flipped(between, 'first', bit)
          expect(payloadOf(rolledBack)).toBe(payloadOf(memory))
          for (const cut of upTo(2 * copyWrites(next))) {
            expect([payloadOf(memory), next]).toContain(payloadOf(stored(rolledBack, next, cut, kept).memory))
            expect(payloadOf(repaired(rolledBack, cut, kept).memory)).toBe(payloadOf(memory))
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('while both copies are bad leaves nothing until the first copy is whole', () => {
    const lost = frozen(flipped(formatted('old'), 'both', 40))
    const once = copyWrites('new')
    for (const cut of upTo(2 * once)) {
      const { memory } = stored(lost, 'new', cut)
      expect(payloadOf(memory)).toBe(cut > once ? 'new' : null)
      expect(examined(memory)).toEqual(cut > once ? { state: 'one-bad', copy: 'second' } : { state: 'lost' })
    }
  })

  it('makes the writes before it, tears its word and touches none after it', () => {
    const [held, meant] = [copyOf('held....', 4), copyOf('meant...', 5)]
    const memory = frozen({ copies: [held, held] })
    const mixed = (old: number, next: number, kept: number) => ((old & kept) | (next & ~kept)) >>> 0
    for (const kept of [0, ALL_BITS, DEFAULT_KEPT, 0x0f0f_1234]) {
      for (const cut of upTo(held.length).slice(1)) {
        const torn = cut - 1
        const { memory: after } = stored(memory, 'meant...', cut, kept)
        const expected = held.map((old, i) => {
          if (i === 0) return ~old >>> 0
          return i < torn ? meant[i]! : i === torn ? mixed(old, meant[i]!, kept) : old
        })
        expect(after).toEqual({ copies: [expected, held] })
      }
    }
    expect(stored(memory, 'meant...', 4).memory).toEqual(stored(memory, 'meant...', 4, DEFAULT_KEPT).memory)
  })

  it('cannot come at a write that does not exist', () => {
    for (const cut of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => stored(formatted('a'), 'b', cut)).toThrow(/counted from 1/)
      expect(() => repaired(formatted('a'), cut)).toThrow(/counted from 1/)
    }
  })
})

describe('sequences', () => {
  it('go round after 2^32 stores without the newer copy becoming the older', () => {
    const last = copyOf('old', ALL_BITS)
    const memory = frozen({ copies: [last, last] })
    expect(stored(memory, 'new', null).memory).toEqual({ copies: [copyOf('new', 0), copyOf('new', 0)] })
    expect(payloadOf({ copies: [copyOf('new', 0), last] })).toBe('new')
    expect(payloadOf({ copies: [last, copyOf('new', 0)] })).toBe('new')
  })

  it('say which of two whole copies is the older, which is repaired and written first', () => {
    const [older, newer] = [copyOf('older', 6), copyOf('newer', 7)]
    for (const copy of ['first', 'second'] as const) {
      const memory = frozen({ copies: copy === 'first' ? [older, newer] : [newer, older] })
      expect(examined(memory)).toEqual({ state: 'differing', copy })
      expect(payloadOf(memory)).toBe('newer')
      expect(repaired(memory, null)).toEqual({
        memory: { copies: [newer, newer] },
        writes: copyWrites('newer'),
        complete: true,
      })
      const begun = stored(memory, 'newest', copyWrites('newest')).memory
      expect(begun.copies[copy === 'first' ? 1 : 0]).toEqual(newer)
    }
  })
})

describe('a bit that turns over', () => {
  it('in one copy is found and repaired, whichever it is', () => {
    for (const payload of ['', 'a', 'abc', 'abcd', 'flex 13 x 50']) {
      const memory = frozen(stored(formatted('before'), payload, null).memory)
      for (const copy of ['first', 'second'] as const) {
        for (const bit of upTo(32 * memory.copies[0].length)) {
          const damaged = flipped(memory, copy, bit)
          expect(examined(damaged)).toEqual({ state: 'one-bad', copy })
          expect(payloadOf(damaged)).toBe(payload)
          expect(repaired(damaged, null)).toEqual({ memory, writes: copyWrites(payload), complete: true })
        }
      }
    }
  })

  it('is the one that was counted, modulo the size of the copy', () => {
    const memory = frozen(formatted('abcd'))
    const size = 32 * memory.copies[0].length
    const differences = (damaged: Memory, copy: 0 | 1) =>
      damaged.copies[copy].map((word, i) => (word ^ (memory.copies[copy][i] ?? 0)) >>> 0)
    const inWordOne = [0, 2 ** 31, 0, 0, 0]
    expect(differences(flipped(memory, 'first', 63), 0)).toEqual(inWordOne)
    expect(differences(flipped(memory, 'first', 63), 1)).toEqual([0, 0, 0, 0, 0])
    expect(differences(flipped(memory, 'second', 63 + 7 * size), 1)).toEqual(inWordOne)
    expect(differences(flipped(memory, 'both', 63), 0)).toEqual(inWordOne)
    expect(differences(flipped(memory, 'both', 63), 1)).toEqual(inWordOne)
    expect(differences(flipped(memory, 'first', 70), 0)).toEqual([0, 0, 1 << 6, 0, 0])
    expect(repaired(memory, null)).toEqual({ memory, writes: 0, complete: true })
    for (const bit of [-1, 0.5, Number.NaN]) expect(() => flipped(memory, 'both', bit)).toThrow(/does not exist/)
  })

  it('in one copy, with the power failing at any word of the next operation, loses nothing', () => {
    fc.assert(
      fc.property(
        sound,
        fc.constantFrom('first' as const, 'second' as const),
        bits,
        operations,
        masks,
        (memory, copy, bit, operation, kept) => {
          const damaged = frozen(flipped(memory, copy, bit))
          const old = payloadOf(memory)
          for (const cut of upTo(done(damaged, operation, null).writes)) {
            const after = done(damaged, operation, cut, kept).memory
            expect([old, operation ?? old]).toContain(payloadOf(after))
            expect(examined(repaired(after, null).memory)).toEqual({ state: 'sound' })
          }
        },
      ),
    )
  })

  it('in both copies is found, and nothing is read or repaired from them', () => {
    fc.assert(
      fc.property(sound, bits, bits, (memory, first, second) => {
        const damaged = flipped(flipped(memory, 'first', first), 'second', second)
        expect(examined(damaged)).toEqual({ state: 'lost' })
        expect(payloadOf(damaged)).toBeNull()
        expect(repaired(damaged, null)).toEqual({ memory: damaged, writes: 0, complete: true })
      }),
    )
  })

  it('several times over is found or did no harm', () => {
    fc.assert(
      fc.property(sound, fc.array(fc.tuple(fc.constantFrom('first', 'second', 'both'), bits)), (memory, flips) => {
        const damaged = flips.reduce((now, [copy, bit]) => flipped(now, copy, bit), memory)
        const { state } = examined(damaged)
        expect(payloadOf(damaged)).toBe(state === 'lost' ? null : payloadOf(memory))
      }),
    )
  })
})

describe('words that no store has written', () => {
  it('are read, repaired and stored over without an error', () => {
    fc.assert(
      fc.property(anyMemory, operations, bits, (memory, operation, bit) => {
        const { state } = examined(memory)
        expect(payloadOf(memory) === null).toBe(state === 'lost')
        const after = done(memory, operation, null).memory
        if (operation !== null) expect(payloadOf(after)).toBe(operation)
        examined(flipped(memory, 'both', bit))
      }),
      { numRuns: 500 },
    )
  })

  it('are no record, even with the right CRC, in another format, of another size or when they are no words', () => {
    const [mark, sequence, length, ...payload] = copyOf('abcdefgh', 3).slice(0, -1) as [number, number, number]
    const whole = sealed([mark, sequence, length, ...payload])
    expect(whole).toEqual(copyOf('abcdefgh', 3))
    const [one, two] = payload as unknown as [number, number]
    const bad: readonly Copy[] = [
      [],
      whole.slice(0, -1),
      [...whole, 0],
      sealed([mark + 1, sequence, length, one, two]),
      sealed([mark, sequence, length, one, two, 0]),
      sealed([mark, sequence, length, one]),
      sealed([mark, sequence, length, one, two + 0.5]),
      sealed([mark, sequence, length, one, two - 2 ** 32]),
      sealed([mark, sequence, length - 0.5, one, two]),
    ]
    for (const words of bad) {
      expect(examined({ copies: [whole, words] })).toEqual({ state: 'one-bad', copy: 'second' })
      expect(examined({ copies: [words, words] })).toEqual({ state: 'lost' })
    }
  })
})
