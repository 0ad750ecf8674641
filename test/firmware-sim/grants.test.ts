/** What the pump remembers of the boluses that a patient was granted. */
import { describe, expect, it } from 'vitest'
import { at, Bedside, continuous, patientBolus } from './bedside.ts'

/** A pump whose patient may have a bolus every half hour, and asks at each of the hours. */
function asking(hours: readonly number[], lockout = '30 min'): Bedside {
  const pump = new Bedside()
  pump.program('0 s', continuous('240 uL/d'))
  pump.program('0 s', patientBolus('2 uL', '1 min', lockout, 100))
  for (const hour of hours) pump.hear(at(`${hour} h`), { kind: 'request-bolus' })
  return pump
}

const hourly = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

describe('the grants that the pump remembers', () => {
  it('are those of the past day and no older ones', () => {
    expect(asking(hourly(1, 24)).state.patient.grants_us).toHaveLength(24)
    // The one of exactly a day ago no longer counts.
    expect(asking(hourly(1, 25)).state.patient.grants_us).toHaveLength(24)
    expect(asking(hourly(1, 200)).state.patient.grants_us).toHaveLength(24)
  })

  it('go back as far as a lockout that is longer than a day', () => {
    expect(asking([1, 49, 97], '48 h').state.patient.grants_us).toHaveLength(1)
    expect(asking([1, 50], '48 h').state.patient.grants_us).toHaveLength(1)
  })

  it('are each told with when the next is possible', () => {
    const granted = asking([1]).said.find(
      (output) => output.kind === 'event' && output.event === 'patient-bolus-granted',
    )
    expect(granted).toMatchObject({ detail: 'the next one is possible after 30 min' })
  })
})
