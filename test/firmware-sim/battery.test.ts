/** The battery: charge to the last picocoulomb, voltage under load, and every date that follows from them. */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import {
  type Battery,
  drawing,
  endOfService,
  FULL,
  hasSagged,
  type Load,
  loadedVoltage,
  openVoltage,
  read,
  replacementByAge,
  replacementDue,
  replacing,
  sagAt,
  spent,
  usedAt,
} from '#firmware-sim/battery'
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODELS, type ModelKey, modelOf } from '#firmware-sim/models'
import { as, type Charge_pC, type Resistance_ohm, type Time_us } from '#units/quantity'
import { add, compare, divide, multiply, type Rational, ratio, subtract, toNumber, whole, ZERO } from '#units/rational'
import { reference } from '../units/arbitraries.ts'

function pumpWith(figures: Partial<Record<ModelKey, string>> = {}): PumpModel {
  return modelOf('im-40', { ...figureTexts(MODELS.get('im-40')!), ...figures })
}

const DAY = 86_400_000_000
const day = (count: Rational | number): Time_us =>
  as(multiply(typeof count === 'number' ? whole(count) : count, whole(DAY)))
const us = (value: Rational | number): Time_us => as(typeof value === 'number' ? whole(value) : value)
const charge = (value: Rational | number): Charge_pC => as(typeof value === 'number' ? whole(value) : value)
const ohm = (value: number): Resistance_ohm => as(whole(value))
const coulomb = (count: number): Charge_pC => as(multiply(whole(count), whole(1e12)))

/** Milliliters a day, in steps a microsecond, of a step of 0.25 uL. */
const mLPerDay = (volume: number): Rational => ratio(BigInt(volume) * 4000n, BigInt(DAY))
const running = (rate: Rational): Load => ({ rate, carrier: false })

/** The battery of a pump that makes its steps from the start at one rate and reads its cell until an instant. */
function readUntil(model: PumpModel, load: Load, until_us: Time_us): Battery {
  const { cell } = model
  let battery = drawing(FULL(model), cell, us(0), load)
  for (let readings = 0; compare(battery.nextReading_us, until_us) <= 0; readings += 1) {
    if (readings > 10_000) throw new Error('the readings do not end')
    battery = read(battery, cell, battery.nextReading_us)
  }
  return battery
}

/** The reading at which replacement is due first. */
function replacementReading(model: PumpModel, load: Load): Time_us {
  let battery = drawing(FULL(model), model.cell, us(0), load)
  for (let readings = 0; readings < 10_000; readings += 1) {
    const at_us = battery.nextReading_us
    battery = read(battery, model.cell, at_us)
    if (replacementDue(battery, model, at_us)) return at_us
  }
  throw new Error('replacement is never due')
}

describe('the charge used', () => {
  const model = pumpWith()
  const { cell } = model

  it('is that of the steps and of the quiescent current', () => {
    // 4000 steps of 280 uC, and 5 uA for 86400 s: 1.12 C and 0.432 C.
    const battery = drawing(FULL(model), cell, us(0), running(mLPerDay(1)))
    expect(usedAt(battery, day(1))).toEqual(charge(1_552_000_000_000))
    expect(usedAt(battery, day(3650))).toEqual(charge(3650 * 1_552_000_000_000))
  })

  it('is the quiescent charge alone while the motor rests, and more while a carrier is there', () => {
    expect(usedAt(FULL(model), us(1000))).toEqual(charge(5000))
    const listening = drawing(FULL(model), cell, us(1000), { rate: ZERO, carrier: true })
    expect(usedAt(listening, us(1010))).toEqual(charge(5000 + 550))
    const alone = drawing(listening, cell, us(1010), { rate: ZERO, carrier: false })
    expect(usedAt(alone, us(1020))).toEqual(charge(5600))
  })

  it('stands still while the cell is cut off', () => {
    const off = drawing(FULL(model), cell, us(1000), null)
    expect(usedAt(off, day(30))).toEqual(charge(5000))
    const on = drawing(off, cell, day(30), running(ZERO))
    expect(usedAt(on, as(add(day(30), whole(2))))).toEqual(charge(5010))
  })

  it('counts a fraction of a step as that fraction of its charge', () => {
    const battery = drawing(FULL(model), cell, us(0), running(ratio(1n, 3_000_000n)))
    expect(usedAt(battery, us(1_000_000))).toEqual(charge(add(whole(5_000_000), ratio(280_000_000n, 3n))))
  })

  it('grows at once by an exchange with a programmer, and by nothing else of it', () => {
    const battery = spent(spent(FULL(model), cell.telemetry_pC), cell.telemetry_pC)
    expect(usedAt(battery, us(0))).toEqual(charge(20_000_000_000))
    expect(usedAt(battery, us(7))).toEqual(charge(20_000_000_035))
  })

  it('is not anchored anew by a load that is the one before', () => {
    const battery = drawing(FULL(model), cell, us(10), running(mLPerDay(1)))
    expect(drawing(battery, cell, us(20), running(mLPerDay(1)))).toBe(battery)
  })

  it('cannot be asked for an instant before the last change of load', () => {
    const battery = drawing(FULL(model), cell, us(10), running(mLPerDay(1)))
    expect(() => usedAt(battery, us(9))).toThrow(RangeError)
    expect(() => usedAt(battery, us(9))).toThrow('an instant before its last change of load')
  })
})

const rates = fc
  .tuple(fc.bigInt({ min: 0n, max: 400n }), fc.bigInt({ min: 1n, max: 2n ** 40n }))
  .map(([n, d]) => ratio(n, d))
const loads: fc.Arbitrary<Load | null> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ rate: rates, carrier: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant(null) },
)
const spans = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.bigInt({ min: 1n, max: 1000n }))
  .map(([n, d]) => ratio(n, d))
/** Stretches of one load each, cut into slices. */
const courses = fc.array(
  fc.record({ load: loads, slices: fc.array(spans, { minLength: 1, maxLength: 4 }), exchange: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
)

describe('any course of loads', () => {
  const model = pumpWith()
  const { cell } = model

  it('uses the charge of its parts, however time is sliced, and never gives any back', () => {
    fc.assert(
      fc.property(courses, (course) => {
        let [whole, sliced, now_us] = [FULL(model), FULL(model), us(0)]
        let expected = new Fraction(0)
        for (const { load, slices, exchange } of course) {
          whole = drawing(whole, cell, now_us, load)
          if (exchange) [whole, sliced] = [spent(whole, cell.telemetry_pC), spent(sliced, cell.telemetry_pC)]
          if (exchange) expected = expected.add(reference(cell.telemetry_pC))
          for (const slice of slices) {
            // Another load for no time at all anchors the charge anew.
            sliced = drawing(drawing(sliced, cell, now_us, { rate: ratio(1n, 7n), carrier: true }), cell, now_us, load)
            const before = usedAt(sliced, now_us)
            now_us = us(add(now_us, slice))
            expect(compare(before, usedAt(sliced, now_us))).toBeLessThanOrEqual(0)
            const steady = load === null ? 0 : load.carrier ? 55 : 5
            const current = new Fraction(steady).add(reference(load?.rate ?? ZERO).mul(280_000_000))
            expected = expected.add(current.mul(reference(slice)))
          }
          expect(usedAt(sliced, now_us)).toEqual(usedAt(whole, now_us))
        }
        expect(reference(usedAt(whole, now_us)).equals(expected)).toBe(true)
      }),
    )
  })
})

describe('the voltage', () => {
  const model = pumpWith()
  const { cell } = model
  const at = (percent: number) => charge(multiply(cell.capacity_pC, ratio(BigInt(percent), 100n)))

  it('at rest falls in two straight lines and then stays', () => {
    expect(openVoltage(cell, charge(0))).toEqual(whole(3200))
    expect(openVoltage(cell, at(17))).toEqual(whole(3120))
    expect(openVoltage(cell, at(85))).toEqual(whole(2800))
    expect(openVoltage(cell, at(94))).toEqual(whole(2200))
    expect(openVoltage(cell, at(100))).toEqual(whole(1800))
    expect(openVoltage(cell, at(400))).toEqual(whole(1800))
  })

  it('under load is less by what a step drops over a resistance that grows as the cell is used', () => {
    // 1 mA through 50 ohm when full and 250 ohm when used up.
    expect(loadedVoltage(cell, charge(0))).toEqual(whole(3150))
    expect(loadedVoltage(cell, at(17))).toEqual(whole(3120 - 84))
    expect(loadedVoltage(cell, at(85))).toEqual(whole(2800 - 220))
    expect(loadedVoltage(cell, at(100))).toEqual(whole(1550))
    expect(loadedVoltage(cell, at(400))).toEqual(whole(1550))
  })

  it('under load falls further with more resistance in the way, at rest it does not', () => {
    expect(loadedVoltage(cell, at(17), ohm(700))).toEqual(whole(3120 - 784))
    expect(openVoltage(cell, at(17))).toEqual(whole(3120))
  })
})

describe('the instant at which the cell resets the pump', () => {
  it('is exact for a constant rate', () => {
    const model = pumpWith()
    const { cell } = model
    const battery = drawing(FULL(model), cell, us(0), running(mLPerDay(3)))
    // From 2580 mV at 85 % the loaded voltage falls by 1030 mV to 100 %, so 2000 mV are at 85 % + 15 % x 580 / 1030 of
    // 9000 C; a day takes 12000 steps of 280 uC and 0.432 C, 3.792 C.
    const part = add(ratio(85n, 100n), multiply(ratio(15n, 100n), ratio(580n, 1030n)))
    expect(sagAt(battery, cell)).toEqual(day(divide(multiply(part, whole(9000)), ratio(3792n, 1000n))))
  })

  it('comes later at a lower rate, after a change of load and from wherever it is asked', () => {
    const model = pumpWith()
    const { cell } = model
    const fast = drawing(FULL(model), cell, us(0), running(mLPerDay(3)))
    const slow = drawing(fast, cell, day(100), running(mLPerDay(1)))
    const part = add(ratio(85n, 100n), multiply(ratio(15n, 100n), ratio(580n, 1030n)))
    const left = subtract(multiply(part, whole(9000)), ratio(379_200n, 1000n))
    const expected = day(add(whole(100), divide(left, ratio(1552n, 1000n))))
    expect(sagAt(slow, cell)).toEqual(expected)
    expect(sagAt(slow, cell, day(5000))).toEqual(expected)
  })

  it('is now where the voltage is that low already, never before', () => {
    const model = pumpWith()
    const { cell } = model
    const battery = spent(drawing(FULL(model), cell, us(0), running(mLPerDay(1))), coulomb(8900))
    expect(sagAt(battery, cell)).toEqual(us(0))
    expect(sagAt(battery, cell, day(3))).toEqual(day(3))
  })

  it('is at once when the resistance rises, though the voltage at rest is full', () => {
    const model = pumpWith()
    const { cell } = model
    const battery = drawing(FULL(model), cell, us(0), running(mLPerDay(1)))
    expect(sagAt(battery, cell, day(1), ohm(1149))).not.toEqual(day(1))
    expect(sagAt(battery, cell, day(1), ohm(1150))).toEqual(day(1))
  })

  it('does not come while nothing is drawn, for a cell that never falls so low, and twice', () => {
    const model = pumpWith()
    const { cell } = model
    const battery = drawing(FULL(model), cell, us(0), running(mLPerDay(1)))
    expect(sagAt(drawing(battery, cell, day(1), null), cell)).toBeNull()
    expect(sagAt(hasSagged(battery), cell)).toBeNull()
    const { cell: strong } = pumpWith({ reset_voltage: '1549 mV' })
    expect(sagAt(battery, strong)).toBeNull()
    const { cell: weak } = pumpWith({ reset_voltage: '1550 mV' })
    expect(sagAt(battery, weak)).toEqual(day(divide(whole(9000), ratio(1552n, 1000n))))
  })

  it('is now for a used up cell whose voltage has stopped at the reset voltage', () => {
    const weak = pumpWith({ reset_voltage: '1550 mV' })
    const battery = spent(FULL(weak), coulomb(9001))
    expect(sagAt(battery, weak.cell, day(3))).toEqual(day(3))
  })

  it('is that of the next fall for a cell whose voltage has risen since the one before', () => {
    const rising = pumpWith({
      cell_voltage: '1.9 V',
      cell_knee: '50 %',
      cell_knee_voltage: '3 V',
      cell_empty_voltage: '1 V',
      step_current: '0 uA',
    })
    const resting = FULL(rising)
    expect(sagAt(resting, rising.cell)).toEqual(us(0))
    // From 3 V at 4500 C to 1 V at 9000 C: 2 V at 6750 C, of which 5 uA take 1750 C in 350 Ts.
    expect(sagAt(spent(resting, coulomb(5000)), rising.cell)).toEqual(us(350e12))
    expect(sagAt(spent(resting, coulomb(4500)), rising.cell, us(1))).toEqual(us(450e12))
  })

  it('does not come again to a cell whose voltage has risen for good', () => {
    const risen = pumpWith({
      cell_voltage: '1.9 V',
      cell_knee: '50 %',
      cell_knee_voltage: '3 V',
      cell_empty_voltage: '3 V',
      step_current: '0 uA',
    })
    expect(sagAt(FULL(risen), risen.cell)).toEqual(us(0))
    expect(sagAt(spent(FULL(risen), coulomb(4500)), risen.cell)).toBeNull()
  })

  it('agrees with a pump that looks at its cell at every step', () => {
    const figures = fc.record({
      knee: fc.integer({ min: 1, max: 99 }),
      steps: fc.integer({ min: 3, max: 60 }),
      reset: fc.integer({ min: 0, max: 3300 }),
      full: fc.integer({ min: 1500, max: 3300 }),
      bend: fc.integer({ min: 1500, max: 3300 }),
      interval: fc.integer({ min: 1, max: 5_000_000 }),
      // Charge drawn and resistance that has risen before.
      exchange: fc.integer({ min: 0, max: 3_000_000 }),
      extra: fc.integer({ min: 0, max: 900 }),
    })
    fc.assert(
      fc.property(figures, ({ knee, steps, reset, full, bend, interval, exchange, extra }) => {
        const model = pumpWith({
          cell_capacity: `${steps * 280} uC`,
          cell_knee: `${knee} %`,
          cell_voltage: `${full} mV`,
          cell_knee_voltage: `${bend} mV`,
          reset_voltage: `${reset} mV`,
        })
        const { cell } = model
        const load = running(ratio(1n, BigInt(interval)))
        const battery = spent(drawing(FULL(model), cell, us(0), load), charge(exchange * 100))
        const voltageAt = (at_us: Time_us) => loadedVoltage(cell, usedAt(battery, at_us), ohm(extra))
        const instants = Array.from({ length: steps + 2 }, (_, k) => us(k * interval))
        const found = instants.findIndex((at_us) => compare(voltageAt(at_us), cell.reset_mV) <= 0)
        const sag_us = sagAt(battery, cell, us(0), ohm(extra))
        // A cell with a voltage that rises first may dip and recover between two looks, but not before the one it is at.
        if (found === -1) {
          if (sag_us !== null) expect(compare(voltageAt(sag_us), cell.reset_mV)).toBeLessThanOrEqual(0)
          return
        }
        if (sag_us === null) throw new Error('the stepping pump found an instant, the closed form none')
        expect(compare(sag_us, instants[found]!)).toBeLessThanOrEqual(0)
        if (full >= bend && bend >= 1800 && found > 0) expect(compare(sag_us, instants[found - 1]!)).toBeGreaterThan(0)
        if (compare(sag_us, us(0)) > 0) expect(compare(voltageAt(sag_us), cell.reset_mV)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the readings', () => {
  const model = pumpWith()
  const { cell } = model

  it('are taken every day, and the last ten are kept', () => {
    expect(FULL(model).nextReading_us).toEqual(day(1))
    const nine = readUntil(model, running(mLPerDay(1)), day(9))
    expect(nine.readings_mV).toHaveLength(9)
    expect(nine.nextReading_us).toEqual(day(10))
    const many = readUntil(model, running(mLPerDay(1)), day(25))
    expect(many.readings_mV).toHaveLength(10)
    const whenRead = (count: number) => loadedVoltage(cell, charge(count * 1_552_000_000_000))
    expect(many.readings_mV).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25].map(whenRead))
  })

  it('cost no charge', () => {
    const battery = readUntil(model, running(mLPerDay(1)), day(25))
    expect(usedAt(battery, day(25))).toEqual(charge(25 * 1_552_000_000_000))
  })

  it('go on at their usual times after the cell was cut off, without those missed', () => {
    const off = drawing(FULL(model), cell, us(5), null)
    const late = read(off, cell, as(add(day(30), whole(7))))
    expect(late.readings_mV).toHaveLength(1)
    expect(late.nextReading_us).toEqual(day(31))
    expect(read(off, cell, day(30)).nextReading_us).toEqual(day(31))
    expect(read(off, cell, us(7)).nextReading_us).toEqual(day(1))
  })

  it('include the resistance that has risen', () => {
    expect(read(FULL(model), cell, us(0), ohm(100)).readings_mV).toEqual([whole(3050)])
  })

  it('let the cell reset the pump again only when one is 100 mV above the reset voltage', () => {
    const sagged = hasSagged(FULL(model))
    // Full, the cell has 3150 mV under load.
    expect(read(sagged, cell, us(0), ohm(1051)).sagged).toBe(true)
    expect(read(sagged, cell, us(0), ohm(1050)).sagged).toBe(false)
    expect(read(FULL(model), cell, us(0), ohm(1150)).sagged).toBe(false)
  })
})

describe('replacement', () => {
  it('is due at the reading whose mean of ten is at or below the replacement voltage', () => {
    // The loaded voltage falls from 3150 mV to 2580 mV over 85 % of 9000 C, at 3.792 C a day: it is 2600 mV on day
    // 1946.6. The mean of ten is that of 4.5 days before, so the first to be as low is read on day 1952.
    expect(toNumber(replacementReading(pumpWith(), running(mLPerDay(3)))) / DAY).toBe(1952)
  })

  it('is due at the very mean, and not above it', () => {
    const model = pumpWith({ step_current: '0 uA', cell_knee_voltage: '2.35 V' })
    // At rest from 3200 mV to 2350 mV over 85 %: 10 mV for every 90 C; 18 C are 2 mV.
    const battery = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].reduce(
      (cell, number) => read(spent(cell, coulomb(18)), model.cell, us(number)),
      drawing(FULL(model), model.cell, us(0), null),
    )
    // 3198, 3196, ..., 3180: a mean of 3189 mV.
    expect(replacementDue(battery, pumpWith({ replacement_voltage: '3189 mV' }), us(10))).toBe(true)
    expect(replacementDue(battery, pumpWith({ replacement_voltage: '3188.999 mV' }), us(10))).toBe(false)
  })

  it('is not due by fewer than ten readings however low they are', () => {
    const model = pumpWith()
    let battery = spent(FULL(model), coulomb(9000))
    for (let reading = 1; reading <= 10; reading += 1) {
      expect(replacementDue(battery, model, battery.nextReading_us)).toBe(false)
      battery = read(battery, model.cell, battery.nextReading_us)
    }
    expect(replacementDue(battery, model, day(10))).toBe(true)
  })

  it('is not due by the voltage at one reading alone', () => {
    const model = pumpWith()
    const battery = readUntil(model, running(mLPerDay(1)), day(9))
    const dipped = read(battery, model.cell, day(10), ohm(900))
    expect(compare(dipped.readings_mV.at(-1)!, model.cell.replacement_mV)).toBe(-1)
    expect(replacementDue(dipped, model, day(10))).toBe(false)
  })

  it('is due by age however good the cell is, from that instant on', () => {
    const model = pumpWith({ service_life: '7 d' })
    const battery = FULL(model)
    expect(replacementByAge(battery, model)).toEqual(day(7))
    expect(replacementDue(battery, model, day(ratio(699n, 100n)))).toBe(false)
    expect(replacementDue(battery, model, day(7))).toBe(true)
  })

  it('stays due from its first instant, and service ends 90 days after it', () => {
    const model = pumpWith()
    const battery = FULL(model)
    expect(endOfService(battery, model)).toBeNull()
    const due = replacing(replacing(battery, day(1952)), day(2000))
    expect(due.replacementSince_us).toEqual(day(1952))
    expect(endOfService(due, model)).toEqual(day(2042))
    expect(replacementByAge(due, model)).toBeNull()
  })

  it('is never due later at a higher rate', () => {
    const model = pumpWith()
    const days = [2, 3, 6, 12, 24].map((volume) => toNumber(replacementReading(model, running(mLPerDay(volume)))) / DAY)
    expect(days).toEqual([...days].sort((a, b) => b - a))
    expect(days.at(-1)).toBe(275)
  })
})
