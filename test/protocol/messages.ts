/** Any frame the catalogue allows, drawn from the catalogue itself. */
import fc from 'fast-check'
import { CATALOGUE, catalogueRows, type Direction } from '#protocol/catalogue'
import type { Field } from '#protocol/field'
import type { Frame, MessageIn } from '#protocol/message'

const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'.split('')
const HEX = '0123456789ABCDEF'.split('')

function anyValue(field: Field): fc.Arbitrary<number | string> {
  switch (field.kind) {
    case 'integer': {
      const { min, max } = field
      return fc.oneof(
        fc.integer({ min, max }),
        fc.constantFrom(min, max),
        fc.integer({ min, max: Math.min(max, 9999) }),
      )
    }
    case 'token':
      return fc.string({ unit: fc.constantFrom(...WORD), minLength: 1, maxLength: field.longest })
    case 'hex8':
      return fc.string({ unit: fc.constantFrom(...HEX), minLength: 8, maxLength: 8 })
    case 'choice':
      return fc.constantFrom(...field.of)
  }
}

/** Frames of one message; the names are those of the catalogue, so what is drawn is a message. */
function framesOf<D extends Direction>(direction: D, name: string): fc.Arbitrary<Frame<MessageIn[D]>> {
  const row = catalogueRows().find((candidate) => candidate.direction === direction && candidate.name === name)
  if (row === undefined) throw new Error(`there is no ${name}`)
  const sequenced = row.kind !== 'session' && row.kind !== 'heartbeat'
  const values = Object.fromEntries(Object.entries(row.fields).map(([field, type]) => [field, anyValue(type)]))
  return fc
    .record({
      sequence: sequenced ? fc.integer({ min: 0, max: 255 }) : fc.constant(0),
      message: fc.record({ type: fc.constant(name), ...values }, { noNullPrototype: true }),
    })
    .map((frame) => frame as unknown as Frame<MessageIn[D]>)
}

/** Any frame in a direction, each message as often as any other. */
export function anyFrame<D extends Direction>(direction: D): fc.Arbitrary<Frame<MessageIn[D]>> {
  return fc.oneof(...Object.keys(CATALOGUE[direction]).map((name) => framesOf(direction, name)))
}

/** Some frames of every message, the same ones at every call. */
export function samples(each: number): { readonly direction: Direction; readonly frame: Frame }[] {
  return catalogueRows().flatMap(({ direction, name }) =>
    fc.sample(framesOf(direction, name), { seed: 20_260_105, numRuns: each }).map((frame) => ({ direction, frame })),
  )
}
