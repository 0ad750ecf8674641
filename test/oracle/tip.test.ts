import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeover } from '#hil/oracle/changeover'
import { type Line, valueAt } from '#hil/oracle/line'
import { prescribe } from '#hil/oracle/prescribed'
import { type Content, columnOf, type Inflow, tipOf } from '#hil/oracle/tip'
import { wrongDoses } from '#hil/oracle/wrong-dose'
import { add, compare, multiply, type Rational, ratio, smaller, subtract, toText, whole, ZERO } from '#units/rational'
import { fractions, lines } from './arbitraries.ts'
import { at, bridge, event, filled, intent, prime, refill, therapy } from './intents.ts'

type Entries = Parameters<typeof intent>[0]
type Events = NonNullable<Parameters<typeof intent>[1]>
type More = NonNullable<Parameters<typeof intent>[2]>

const SPAN = { from_us: ZERO, to_us: at('10 d') }

/** What leaves the tip when a prescription is carried out, and what it says should. */
function course(entries: Entries, events: Events, more: More) {
  const scenario = intent(entries, events, more)
  const ledger = prescribe(scenario)
  const tip = tipOf(ledger.volume, columnOf(scenario))
  const wrong = wrongDoses(tip.get('baclofen') ?? [], ledger.mass.get('baclofen') ?? [], SPAN)
  const table = wrong.map(({ from_us, to_us, factor }) => [from_us, subtract(to_us, from_us), factor])
  return { tip, ledger, table }
}

describe('the tip after a change of concentration', () => {
  const stronger = [therapy('0 d', '400 ug/d')]
  const up = [refill('1 d', 'baclofen', '2000 ug/mL')]
  const down = [refill('1 d', 'baclofen', '500 ug/mL')]
  const thin = { fill: filled('500 ug/mL') }

  it('from 500 to 2000 ug/mL at 400 ug/d without a bridge gives 75 % too little for 45 h', () => {
    expect(course(stronger, up, thin).table).toEqual([[at('1 d'), at('45 h'), ratio(1n, 4n)]])
  })

  it('from 2000 to 500 ug/mL without a bridge gives four times the dose for 11.25 h', () => {
    expect(course(stronger, down, {}).table).toEqual([[at('1 d'), at('11 h 15 min'), whole(4)]])
  })

  it.each([
    ['up', up, thin],
    ['down', down, {}],
  ] as const)('%s with a bridge is always what is meant', (_, events, more) => {
    const { tip, ledger, table } = course([...stronger, bridge('1 d', 'auto')], [...events], more)
    expect(table).toEqual([])
    expect(valueAt(tip.get('baclofen') ?? [], at('5 d'))).toEqual(valueAt(ledger.mass.get('baclofen') ?? [], at('5 d')))
  })

  it('with a bridge over part of the line is wrong for the rest of it', () => {
    // 0.8 mL/d until 175 uL have gone, then 200 uL at 0.2 mL/d.
    const { table } = course([...stronger, bridge('1 d', '175 uL')], up, thin)
    expect(table).toEqual([[at('1 d 5 h 15 min'), at('1 d'), ratio(1n, 4n)]])
  })

  it('is worked out alike in one line of arithmetic', () => {
    const day = whole(86_400_000_000)
    const dose = ratio(400n, day.n)
    const line_uL = whole(375)
    const [weak, strong] = [ratio(1n, 2n), whole(2)]
    const upward = changeover({ from: weak, to: strong, dose, line_uL })
    expect(upward).toEqual({
      bridge: { rate_uL_per_us: ratio(800n, day.n), lasts_us: at('11 h 15 min'), dose_ug: ratio(375n, 2n) },
      withoutBridge: { factor: ratio(1n, 4n), lasts_us: at('45 h') },
    })
    const downward = changeover({ from: strong, to: weak, dose, line_uL })
    expect(downward).toEqual({
      bridge: { rate_uL_per_us: ratio(200n, day.n), lasts_us: at('45 h'), dose_ug: whole(750) },
      withoutBridge: { factor: whole(4), lasts_us: at('11 h 15 min') },
    })
  })
})

describe('the tip after other changes', () => {
  it('goes on giving the old drug until the line has been displaced', () => {
    // 2000 ug/mL of baclofen, then morphine at 0.1 mL/d: 200 ug/d of baclofen for 3.75 d.
    const entries = [therapy('0 d', '200 ug/d'), therapy('1 d', '1 mg/d')]
    const { tip } = course(entries, [refill('1 d', 'morphine', '10 mg/mL')], {})
    const text = (drug: string, time: string) => toText(valueAt(tip.get(drug) ?? [], at(time)))
    expect(['1 d', '2 d', '4 d 18 h', '9 d'].map((time) => text('baclofen', time))).toEqual([
      '200',
      '400',
      '950',
      '950',
    ])
    expect(['4 d 18 h', '5 d 18 h'].map((time) => text('morphine', time))).toEqual(['0', '1000'])
  })

  it('gives nothing out of an empty line until it is primed, and drug nobody prescribed out of a filled one', () => {
    const entries = [therapy('0 d', '400 ug/d')]
    const dry = course(entries, [], { line: 'empty' })
    expect(dry.table).toEqual([[ZERO, at('45 h'), ZERO]])
    // 375 uL at 24 mL/d: 22.5 min, which the prescription leaves out of the mass.
    const primed = course([...entries, prime('0 d', '375 uL')], [], { line: 'empty' })
    expect(primed.table).toEqual([])
    const flushed = course([...entries, prime('1 d', '375 uL')], [], {})
    expect(flushed.table).toEqual([[at('1 d'), at('22 min 30 s'), null]])
  })
})

describe('wrong doses', () => {
  const hourly = (...rates: number[]): Line =>
    rates.map((rate, hour) => ({ from_us: at(`${hour} h`), value: ZERO, rate: whole(rate) }))
  const found = (given: Line, meant: Line) =>
    wrongDoses(given, meant, { from_us: ZERO, to_us: at('6 h') }).map(({ from_us, to_us, factor }) => [
      from_us,
      to_us,
      factor,
    ])

  it('are one as long as the factor stays, whatever the rates, and two where it changes or is right between', () => {
    expect(found(hourly(2, 4, 9, 3, 6, 6), hourly(1, 2, 3, 3, 3, 3))).toEqual([
      [ZERO, at('2 h'), whole(2)],
      [at('2 h'), at('3 h'), whole(3)],
      [at('4 h'), at('6 h'), whole(2)],
    ])
    expect(found(hourly(2, 1, 2), hourly(1))).toEqual([
      [ZERO, at('1 h'), whole(2)],
      [at('2 h'), at('6 h'), whole(2)],
    ])
  })

  it('have no factor where nothing is meant, and are none where nothing is given either', () => {
    expect(found(hourly(1, 2, 0, 0), hourly(0, 0, 0, 1))).toEqual([
      [ZERO, at('2 h'), null],
      [at('3 h'), at('6 h'), ZERO],
    ])
    expect(found(hourly(1, 0, 2), hourly(0, 0, 1))).toEqual([
      [ZERO, at('1 h'), null],
      [at('2 h'), at('6 h'), whole(2)],
    ])
    expect(found(hourly(1, 1), hourly(0, 2))).toEqual([
      [ZERO, at('1 h'), null],
      [at('1 h'), at('6 h'), ratio(1n, 2n)],
    ])
  })

  it('begin where the first of the two lines does', () => {
    const late = hourly(0, 0, 1).slice(2)
    expect(late[0]?.from_us).toEqual(at('2 h'))
    expect(found(late, hourly(1))).toEqual([[ZERO, at('2 h'), ZERO]])
    expect(found(hourly(1), late)).toEqual([[ZERO, at('2 h'), null]])
    expect(found(late, late)).toEqual([])
  })
})

describe('the column of a scenario', () => {
  it('takes refills in order of time, wherever the file has them', () => {
    const [first, second] = [refill('1 d', 'a', '1 mg/mL'), refill('2 d', 'b', '2 mg/mL')]
    const [inOrder, reversed] = [
      [first, second],
      [second, first],
    ].map((events) => columnOf(intent([], events)))
    expect(inOrder?.inflows.map(({ content }) => content?.drug)).toEqual(['baclofen', 'a', 'b'])
    expect(reversed).toEqual(inOrder)
    const asked = [event('3 h', 'request-bolus'), event('4 h', 'interrogate')]
    expect(columnOf(intent([], [first, ...asked, second]))).toEqual(inOrder)
  })
})

describe('plug flow', () => {
  it('gives out of the tip what went into the line a line ago', () => {
    const contents = fc.constantFrom<Content>(
      null,
      { drug: 'a', concentration: whole(2) },
      { drug: 'a', concentration: ratio(1n, 3n) },
      { drug: 'b', concentration: whole(5) },
    )
    const inflows = fc.array(fc.tuple(fractions(60_000), contents), { maxLength: 5 }).map((some) => {
      const sorted = some.toSorted(([a], [b]) => compare(a, b))
      return sorted.map(([from_us, content]): Inflow => ({ from_us, content }))
    })
    fc.assert(
      fc.property(
        lines(60_000, 1000),
        inflows,
        contents,
        fractions(20),
        fractions(70_000),
        (volume, into, held, v, t) => {
          const tip = tipOf(volume, { volume_uL: v, held, inflows: into })
          for (const drug of ['a', 'b']) {
            const found = tip.get(drug)
            const meant = passed(volume, into, held, v, valueAt(volume, t), drug)
            expect(found === undefined ? ZERO : valueAt(found, t)).toEqual(meant)
          }
          const known = [held, ...into.map(({ content }) => content)].flatMap((content) => content?.drug ?? [])
          expect([...tip.keys()]).toEqual([...new Set(known)])
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** Mass of a drug in the first `out_uL` of what the line held and what then entered it. */
function passed(
  volume: Line,
  inflows: readonly Inflow[],
  held: Content,
  line_uL: Rational,
  out_uL: Rational,
  drug: string,
): Rational {
  const slugs = [{ length: line_uL, content: held }]
  for (const [index, { from_us, content }] of inflows.entries()) {
    const from_uL = valueAt(volume, from_us)
    if (index === 0) slugs.push({ length: from_uL, content: held })
    const next = inflows[index + 1]
    const length = next === undefined ? whole(1_000_000) : subtract(valueAt(volume, next.from_us), from_uL)
    slugs.push({ length, content })
  }
  if (inflows.length === 0) slugs.push({ length: whole(1_000_000), content: held })
  let [left, mass] = [out_uL, ZERO]
  for (const { length, content } of slugs) {
    const taken = smaller(left, length)
    left = subtract(left, taken)
    if (content?.drug === drug) mass = add(mass, multiply(content.concentration, taken))
  }
  return mass
}
