import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toText } from '#units/rational'
import { remembered, rememberedOfFraction, rememberedOfTwo } from '#units/remembered'

/** More values than are remembered, so that answers are forgotten and worked out again. */
const VALUES = Array.from({ length: 40 }, (_, place) => ({ place }))
const value = fc.constantFrom(...VALUES)

describe('what is remembered', () => {
  it('is what would be worked out, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value)), (asked) => {
        const double = remembered(({ place }: { place: number }) => 2 * place)
        const both = rememberedOfTwo((a: { place: number }, b: { place: number }) => 100 * a.place + b.place)
        for (const [a, b] of asked) {
          expect(double(a)).toBe(2 * a.place)
          expect(both(a, b)).toBe(100 * a.place + b.place)
        }
      }),
    )
  })

  it('is worked out once while a day of thirteen boluses goes round', () => {
    let worked = 0
    const work = rememberedOfTwo((a: object, b: object) => {
      worked += 1
      return { a, b }
    })
    const [day, doses] = [{}, VALUES.slice(0, 14)]
    const first = doses.map((dose) => work(day, dose))
    const second = doses.map((dose) => work(day, dose))
    expect(second.every((answer, place) => answer === first[place])).toBe(true)
    expect(worked).toBe(14)
  })

  it('is not taken for a fraction that was changed in place', () => {
    const text = rememberedOfFraction(toText)
    const changing = { n: 1n, d: 3n }
    expect(text(changing)).toBe('1/3')
    changing.n = 2n
    expect(text(changing)).toBe('2/3')
    changing.d = 5n
    expect([text(changing), text(changing)]).toEqual(['2/5', '2/5'])
  })

  it('is not taken from a value that is only alike', () => {
    const text = remembered(({ place }: { place: number }) => ({ place }))
    const [one, alike] = [{ place: 1 }, { place: 1 }]
    expect(text(one)).toBe(text(one))
    expect(text(alike)).not.toBe(text(one))
  })
})
