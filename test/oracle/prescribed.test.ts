import { describe, expect, it } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { type PrescribedLedger, prescribe } from '#hil/oracle/prescribed'
import { add, ratio, sum, toText, whole } from '#units/rational'
import { at, bolus, event, intent, plain, refill, therapy } from './intents.ts'

function volume(ledger: PrescribedLedger, time: string): string {
  return toText(valueAt(ledger.volume, at(time)))
}

function mass(ledger: PrescribedLedger, time: string, drug = 'baclofen'): string {
  const line = ledger.mass.get(drug)
  return line === undefined ? 'unknown' : toText(valueAt(line, at(time)))
}

describe('the prescribed ledger', () => {
  it('is nothing before the first therapy', () => {
    const ledger = prescribe(intent([therapy('2 d', '1000 ug/d')]))
    expect([volume(ledger, '2 d'), volume(ledger, '3 d'), mass(ledger, '3 d')]).toEqual(['0', '500', '1000'])
  })

  it('keeps 350/3 ug/d exact for ten years', () => {
    const ledger = prescribe(intent([therapy('0 d', '350/3 ug/d')], [], { duration_us: at('3650 d') }))
    expect(volume(ledger, '1 d')).toBe('175/3')
    expect(volume(ledger, '3650 d')).toBe('638750/3')
    expect(mass(ledger, '3650 d')).toBe('1277500/3')
  })

  it('takes a dose by volume at its volume', () => {
    const ledger = prescribe(intent([therapy('0 d', '0.5 mL/d')]))
    expect([volume(ledger, '2 d'), mass(ledger, '2 d')]).toEqual(['1000', '2000'])
  })

  it('prescribes volume and mass of the minimum rate, and nothing while stopped', () => {
    const ledger = prescribe(intent([plain('0 d', 'minimum-rate'), plain('2 d', 'stopped')]))
    expect([volume(ledger, '1 d'), mass(ledger, '1 d')]).toEqual(['6', '12'])
    expect([volume(ledger, '9 d'), mass(ledger, '9 d')]).toEqual(['12', '24'])
  })

  it('adds a bolus on top of the basal rate and leaves the therapy as it was', () => {
    const ledger = prescribe(intent([therapy('0 d', '240 ug/d'), bolus('6 h', '100 ug', '10 min')]))
    expect(mass(ledger, '6 h')).toBe('60')
    expect(mass(ledger, '6 h 5 min')).toBe(toText(ratio(665n, 6n)))
    expect(mass(ledger, '6 h 10 min')).toBe(toText(ratio(485n, 3n)))
    expect(mass(ledger, '24 h')).toBe('340')
  })

  it('runs a bolus on a stopped pump, and boluses on top of each other', () => {
    const ledger = prescribe(intent([bolus('1 h', '100 ug', '1 h'), bolus('1 h', '50 uL', '2 h')]))
    expect(mass(ledger, '1 h 30 min')).toBe('75')
    expect([mass(ledger, '3 h'), volume(ledger, '3 h'), volume(ledger, '9 d')]).toEqual(['200', '100', '100'])
  })

  it('ends a bolus under way at a change of therapy, but not one that starts with the change', () => {
    const cut = prescribe(
      intent([bolus('1 h', '100 ug', '2 h'), plain('2 h', 'stopped'), bolus('2 h', '10 ug', '1 h')]),
    )
    expect([mass(cut, '2 h'), mass(cut, '2 h 30 min'), mass(cut, '5 h')]).toEqual(['50', '55', '60'])
  })

  it('does not end a bolus twice', () => {
    const ledger = prescribe(
      intent([bolus('0 h', '100 ug', '3 h'), therapy('1 h', '240 ug/d'), bolus('2 h', '60 ug', '2 h')]),
    )
    expect(mass(ledger, '3 h')).toBe(toText(add(ratio(100n, 3n), whole(20 + 30))))
    expect(mass(ledger, '5 h')).toBe(toText(add(ratio(100n, 3n), whole(40 + 60))))
  })

  it('lets a bolus that ends at a change of therapy give its whole dose', () => {
    const ledger = prescribe(intent([bolus('0 h', '100 ug', '1 h'), plain('1 h', 'stopped')]))
    expect([mass(ledger, '1 h'), mass(ledger, '2 h')]).toEqual(['100', '100'])
  })

  it('keeps the mass of a therapy and of a bolus under way when a refill changes the concentration', () => {
    const entries = [therapy('0 d', '240 ug/d'), bolus('23 h', '100 ug', '2 h'), bolus('23 h', '8 uL', '2 h')]
    const ledger = prescribe(intent(entries, [refill('1 d', 'baclofen', '500 ug/mL')]))
    expect([mass(ledger, '1 d'), volume(ledger, '1 d')]).toEqual(['298', '149'])
    expect([mass(ledger, '25 h'), volume(ledger, '25 h')]).toEqual(['360', '273'])
  })

  it('is not disturbed by a refill of the same concentration', () => {
    const entries = [therapy('0 d', '240 ug/d'), bolus('23 h', '100 ug', '2 h')]
    const [with_, without] = [[refill('1 d', 'baclofen', '2 mg/mL')], []].map((events) =>
      prescribe(intent(entries, events)),
    )
    expect(with_).toEqual(without)
  })

  it('is not disturbed by what is done to the pump or asked of it', () => {
    const entries = [therapy('0 d', '240 ug/d'), bolus('23 h', '100 ug', '2 h')]
    const done = (['interrogate', 'stop', 'restart', 'silence', 'read-log', 'clear'] as const).map((kind, hour) =>
      event(`${hour + 20} h`, kind),
    )
    expect(prescribe(intent(entries, done))).toEqual(prescribe(intent(entries)))
  })

  it('gives the drug that the latest fill was meant to hold, whatever is in it and the pump was told', () => {
    const entries = [therapy('0 d', '240 ug/d')]
    const ledger = prescribe(
      intent(entries, [refill('1 d', 'morphine', '10 mg/mL'), refill('3 d', 'baclofen', '2 mg/mL')]),
    )
    expect([...ledger.mass.keys()]).toEqual(['baclofen', 'morphine'])
    expect(['1 d', '3 d', '4 d'].map((time) => mass(ledger, time))).toEqual(['240', '240', '480'])
    expect(['1 d', '3 d', '4 d'].map((time) => mass(ledger, time, 'morphine'))).toEqual(['0', '480', '480'])
    expect(volume(ledger, '4 d')).toBe(toText(sum([whole(120), whole(48), whole(120)])))
  })

  it('takes a refill before the therapy and the bolus of the same instant', () => {
    const entries = [bolus('1 d', '100 ug', '1 h'), therapy('1 d', '240 ug/d')]
    const ledger = prescribe(intent(entries, [refill('1 d', 'morphine', '1 mg/mL')]))
    expect([volume(ledger, '25 h'), mass(ledger, '25 h'), mass(ledger, '25 h', 'morphine')]).toEqual([
      '110',
      '0',
      '110',
    ])
  })

  it('takes no volume for a mass of a fill without drug', () => {
    const ledger = prescribe(intent([therapy('0 d', '240 ug/d')], [refill('1 d', 'saline', '0 ug/mL')]))
    expect([volume(ledger, '2 d'), mass(ledger, '2 d', 'saline')]).toEqual(['120', '240'])
  })
})

describe('boluses that overlap', () => {
  // They begin each 10 min and last from half an hour to five hours, in no order.
  const boluses = Array.from({ length: 30 }, (_, k) => ({ start: 10 * k, over: 30 + ((k * 137) % 19) * 15, ug: 6 + k }))
  const entries = boluses.map(({ start, over, ug }) => bolus(`${start} min`, `${ug} ug`, `${over} min`))

  it('each flow for their own time, however many do at once', () => {
    const ledger = prescribe(intent(entries))
    for (let minute = 0; minute <= 660; minute += 5) {
      const given = boluses.map(({ start, over, ug }) =>
        ratio(BigInt(ug * Math.max(0, Math.min(over, minute - start))), BigInt(over)),
      )
      expect([minute, mass(ledger, `${minute} min`)]).toEqual([minute, toText(sum(given))])
    }
  })
})
