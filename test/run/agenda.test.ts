/** The agenda: in order of time, and within an instant in the order in which things were entered. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Agenda } from '#hil/run/agenda'
import { as, type Time_us } from '#units/quantity'
import { compare, ratio } from '#units/rational'

interface Item {
  readonly at_us: Time_us
  readonly name: number
}

const instants = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 3 }))
  .map(([n, d]): Time_us => as(ratio(BigInt(n), BigInt(d))))

it('gives what was entered in order of time, whatever is taken in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(instants, { nil: undefined }), { maxLength: 30 }), (deeds) => {
      const agenda = new Agenda<Item>()
      let known: Item[] = []
      for (const [name, at_us] of deeds.entries()) {
        if (at_us === undefined) {
          agenda.taken()
          known = known.slice(1)
        } else {
          agenda.enter({ at_us, name })
          known = [...known, { at_us, name }].toSorted((a, b) => compare(a.at_us, b.at_us))
        }
        expect(agenda.next).toEqual(known[0])
      }
    }),
  )
})
