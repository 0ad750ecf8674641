/** A balance on the wire: what its lines mean, and that whatever else arrives is refused and counted. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BalanceDriver, type BalanceEvent, LONGEST_LINE } from '#hil/balance/driver'
import { parseReply, type Query } from '#hil/balance/mt-sics'
import { ratio } from '#units/rational'

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const mg = (n: number, d = 1) => ratio(BigInt(n), BigInt(d))

describe('a reply', () => {
  it.each([
    ['S S     100.00 g', { stable: true, mass_mg: mg(100_000), resolution_mg: mg(10) }],
    ['S D     129.07 g', { stable: false, mass_mg: mg(129_070), resolution_mg: mg(10) }],
    ['S S  -0.012345 g', { stable: true, mass_mg: mg(-12_345, 1000), resolution_mg: mg(1, 1000) }],
    ['S S          7 mg', { stable: true, mass_mg: mg(7), resolution_mg: mg(1) }],
    ['S S      0.250 kg', { stable: true, mass_mg: mg(250_000), resolution_mg: mg(1000) }],
    ['S S        250 \u00b5g', { stable: true, mass_mg: mg(1, 4), resolution_mg: mg(1, 1000) }],
    ['T S      10.00 g', { stable: true, mass_mg: mg(10_000), resolution_mg: mg(10) }],
  ])('%j is a weight', (line, { stable, mass_mg, resolution_mg }) => {
    expect(parseReply(line)).toEqual({ kind: 'weight', to: line[0], stable, weight: { mass_mg, resolution_mg } })
  })

  it.each([
    ['S I', { kind: 'not-now', to: 'S' }],
    ['S L', { kind: 'wrong-parameter', to: 'S' }],
    ['S +', { kind: 'out-of-range', to: 'S', side: 'over' }],
    ['S -', { kind: 'out-of-range', to: 'S', side: 'under' }],
    ['Z A', { kind: 'done', to: 'Z' }],
    ['Z I', { kind: 'not-now', to: 'Z' }],
    ['Z +', { kind: 'out-of-range', to: 'Z', side: 'over' }],
    ['T I', { kind: 'not-now', to: 'T' }],
    ['T -', { kind: 'out-of-range', to: 'T', side: 'under' }],
    ['I4 A "B021002593"', { kind: 'serial', serial: 'B021002593' }],
    ['I4 I', { kind: 'not-now', to: 'I4' }],
    ['ES', { kind: 'error', error: 'syntax' }],
    ['ET', { kind: 'error', error: 'transmission' }],
    ['EL', { kind: 'error', error: 'logical' }],
  ])('%j is %j', (line, reply) => expect(parseReply(line)).toEqual(reply))

  it.each([
    'S S     100.00 lb',
    'S S     100.00',
    'S S     1e5 g',
    'S S     NaN g',
    'S S    1,00 g',
    'S S     .5 g',
    'S X     100.00 g',
    'S  S     100.00 g',
    's s     100.00 g',
    'T D     100.00 g',
    'S A',
    'I4 A B021',
    'I4 +',
    'E',
    '',
    'S S 99999999999 g',
  ])('%j is refused', (line) => expect(parseReply(line)).toMatchObject({ kind: 'malformed' }))
})

function heard(query: Query | null, chunks: readonly string[], driver = new BalanceDriver()): BalanceEvent[] {
  if (query !== null) driver.ask(query)
  return chunks.flatMap((chunk, index) => driver.receive(bytes(chunk), index))
}

describe('the driver', () => {
  it('asks in upper case, with CR LF', () => {
    expect(Buffer.from(new BalanceDriver().ask('SI')).toString()).toBe('SI\r\n')
  })

  it('dates a reading by the end of its line, wherever the bytes were cut', () => {
    expect(heard('SI', ['S S   ', '  1.', '00 g\r', '\n'])).toMatchObject([
      { kind: 'reading', reading: { at_us: 3, stable: true, mass_mg: mg(1000) } },
    ])
    const text = 'S D     12.345 g\r\n'
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        const events = heard(
          'SI',
          places.slice(1).map((place, index) => text.slice(places[index], place)),
        )
        expect(events).toMatchObject([{ kind: 'reading', reading: { stable: false, mass_mg: mg(12_345) } }])
      }),
    )
  })

  it('takes an answer once, and nothing that nobody asked for', () => {
    const driver = new BalanceDriver()
    expect(heard(null, ['S S 1.0 g\r\n'], driver)).toMatchObject([{ kind: 'refused', why: 'nobody asked for this' }])
    expect(heard('SI', ['S S 1.0 g\r\nS S 2.0 g\r\n'], driver)).toMatchObject([
      { kind: 'reading' },
      { kind: 'refused' },
    ])
    expect(heard('I4', ['S S 3.0 g\r\nI4 A "7"\r\n'], driver)).toMatchObject([
      { kind: 'refused' },
      { kind: 'reply', reply: { kind: 'serial', serial: '7' } },
    ])
    expect(driver.tally).toEqual({ stable: 1, unstable: 0, refused: 3 })
  })

  it('takes weights again and again after SIR, until it asks for something else', () => {
    const driver = new BalanceDriver()
    expect(heard('SIR', ['S S 1.0 g\r\nS D 2.0 g\r\n'], driver)).toHaveLength(2)
    expect(heard('Z', ['S S 3.0 g\r\nZ A\r\n'], driver)).toMatchObject([{ kind: 'refused' }, { kind: 'reply' }])
    expect(driver.tally).toEqual({ stable: 1, unstable: 1, refused: 1 })
  })

  it('does not take half a line that a new one ran into, nor one without end', () => {
    expect(heard('SI', ['S S     10', 'S S     1.00 g\r\n'])).toMatchObject([{ kind: 'refused' }])
    const [event] = heard('SI', ['S'.repeat(1_000_000), '\nS S 1.0 g\r\n'])
    expect(event).toMatchObject({ kind: 'refused', why: expect.stringContaining('more than') })
    expect(event?.kind === 'refused' && event.text.length).toBe(LONGEST_LINE)
  })

  it('never throws, and accounts for every line of any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }), (chunks) => {
        const driver = new BalanceDriver()
        driver.ask('SIR')
        const events = chunks.flatMap((chunk) => driver.receive(chunk, 0))
        const { stable, unstable, refused } = driver.tally
        const replies = events.filter(({ kind }) => kind === 'reply').length
        expect(stable + unstable + refused + replies).toBe(events.length)
      }),
    )
  })
})
