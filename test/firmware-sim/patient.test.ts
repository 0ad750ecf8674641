/** The patient's boluses: granted within what the clinic permitted, denied with the reason, and logged either way. */
import { describe, expect, it } from 'vitest'
import { at, Bedside, bolus, continuous, flex, patientBolus, reasonIn, refill } from './bedside.ts'

const UNIT = { step_volume: '1 uL' } as const

function request(pump: Bedside, time: string): string {
  const said = pump.hear(at(time), { kind: 'request-bolus' })
  const [answer] = said.flatMap((output) =>
    output.kind === 'event' && output.event.startsWith('patient-bolus') ? [`${output.event}: ${output.detail}`] : [],
  )
  const [event] = pump.state.log.entries.slice(-1)
  expect(answer).toBe(`${event?.event}: ${event?.detail}`)
  return String(answer)
}
const GRANTED = /^patient-bolus-granted/

function permitted(permission = patientBolus('20 uL', '10 min', '1 h', 3), setup = {}): Bedside {
  const pump = new Bedside({ figures: UNIT, ...setup })
  pump.program('0 s', continuous('240 uL/d'))
  pump.program('0 s', permission)
  return pump
}

describe('a request', () => {
  it('is granted at the instant the lockout ends, and denied a microsecond before', () => {
    const pump = permitted()
    expect(request(pump, '1 h')).toMatch(GRANTED)
    expect(request(pump, '1 h 59 min 59.999999 s')).toMatch('patient-bolus-denied: locked for another')
    expect(request(pump, '2 h')).toMatch(GRANTED)
    pump.pass('10 h')
    expect(pump.peek().steps).toBe(100 + 40)
  })

  it('is denied beyond the number of a day, which slides', () => {
    const pump = permitted()
    for (const time of ['1 h', '2 h', '3 h']) expect(request(pump, time)).toMatch(GRANTED)
    expect(request(pump, '1 d 59 min 59.999999 s')).toBe(
      'patient-bolus-denied: 3 of 3 boluses were granted in the past 24 h',
    )
    expect(request(pump, '1 d 1 h')).toMatch(GRANTED)
    expect(request(pump, '1 d 1 h 30 min')).toMatch('locked')
  })

  it.each([
    ['without permission', (pump: Bedside) => pump.stop('30 min'), 'no patient bolus is permitted'],
    ['on an empty pump', (pump: Bedside) => pump.program('30 min', refill({ volume: '0 mL' })), 'gives no therapy'],
    ['beyond the rate', (pump: Bedside) => pump.program('59 min', bolus('980 uL', '1 h')), 'above the highest rate'],
  ] as const)('is denied %s, with the reason', (_, change, reason) => {
    const pump = permitted()
    change(pump)
    expect(request(pump, '1 h')).toMatch(`patient-bolus-denied: `)
    expect(pump.state.log.entries.at(-1)?.detail).toMatch(reason)
  })

  it('is denied where a bolus of the pattern would join it above the highest rate', () => {
    const pump = new Bedside({ figures: UNIT })
    pump.program('0 s', flex('0 mL/d', [['6 h', '600 uL', '1 h']]))
    pump.program('0 s', patientBolus('500 uL', '1 h', '10 min', 9))
    expect(request(pump, '5 h 0.000001 s')).toMatch('above the highest rate')
    expect(request(pump, '5 h 0.000002 s')).toMatch('above the highest rate')
    expect(request(permitted(patientBolus('500 uL', '1 h', '10 min', 9)), '5 h')).toMatch(GRANTED)
  })

  it('is denied where the dose of any 24 h would be beyond the hard limit, the basal still to come with it', () => {
    const limits = { dose: { hard: '260 ug' } }
    expect(request(permitted(patientBolus('20 ug', '10 min', '1 h', 9), { limits }), '1 h')).toMatch(GRANTED)
    const pump = permitted(patientBolus('20.001 ug', '10 min', '1 h', 9), { limits })
    expect(request(pump, '1 h')).toMatch('260.001 ug in 24 h are more than 260 ug')
  })

  it('can be permitted no bolus that lasts no time', () => {
    const answers = new Bedside().program('0 s', patientBolus('20 uL', '0 s', '1 h', 3))
    expect(reasonIn(answers)).toBe('a bolus must last longer than nothing')
  })

  it('remembers its grants over a loss of power, though the permission has to be given anew', () => {
    const pump = permitted()
    expect(request(pump, '1 h')).toMatch(GRANTED)
    pump.hear(at('1 h 30 min'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('1 h 30 min'), { kind: 'power-returns' })
    pump.program('1 h 30 min', { kind: 'restart' })
    expect(request(pump, '1 h 40 min')).toMatch('no patient bolus is permitted')
    pump.program('1 h 40 min', patientBolus('20 uL', '10 min', '1 h', 3))
    expect(request(pump, '1 h 40 min')).toMatch('locked')
    expect(request(pump, '2 h')).toMatch(GRANTED)
  })
})
