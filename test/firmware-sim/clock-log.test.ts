/** What a pump says and logs of what setting its clock does to the day's boluses. */
import { describe, expect, it } from 'vitest'
import { Bedside, continuous, flex, periodic, setClock } from './bedside.ts'

/** Three boluses in the morning; the clock shows midnight of a Monday at the start. */
const MORNING = flex('0 mL/d', [
  ['6 h', '10 uL', '10 min'],
  ['6 h 30 min', '10 uL', '10 min'],
  ['7 h', '10 uL', '10 min'],
])
const WITHOUT_BOLUS = flex('1 mL/d', [], [])

describe('setting the clock', () => {
  it.each([
    ['forward to the time of a bolus', MORNING, '5 h', '07:00', '2 boluses are skipped'],
    ['forward beyond it', MORNING, '5 h 30 min', '07:00:01', '3 boluses are skipped'],
    ['forward where no bolus is', MORNING, '1 h', '02:00', '0 boluses are skipped'],
    ['to what it shows', MORNING, '5 h', '05:00', '0 boluses are skipped'],
    ['back over what was given', MORNING, '6 h 45 min', '05:30', '2 boluses whose time comes again are not given then'],
    ['back to the time of one', MORNING, '6 h 45 min', '06:30', '1 boluses whose time comes again are not given then'],
    ['back where none was given', MORNING, '5 h', '04:00', '0 boluses whose time comes again are not given then'],
    ['forward by two hours', MORNING, '5 h', '07:00', '2 boluses are skipped'],
    ['forward by more than two hours', MORNING, '5 h', '07:00:01', 'the therapy begins anew'],
    ['back by more than two hours', MORNING, '8 h', '05:59:59', 'the therapy begins anew'],
    ['of a pattern without a bolus', WITHOUT_BOLUS, '5 h', '06:30', '0 boluses are skipped'],
    ['of a continuous therapy', continuous('1 mL/d'), '5 h', '06:30', 'no bolus depends on it'],
    ['of a periodic bolus', periodic('10 uL', '10 min', '1 h'), '5 h', '06:30', 'no bolus depends on it'],
  ] as const)('%s is logged with its consequence', (_, therapy, time, to, consequence) => {
    const pump = new Bedside()
    pump.program('0 s', therapy)
    const shown = `2026-01-05T${to.length === 5 ? `${to}:00` : to}`
    pump.program(time, setClock(`2026-01-05T${to}`))
    const entry = pump.state.log.entries.find(({ event }) => event === 'clock-set')
    expect(entry?.detail).toMatch(new RegExp(`^from 2026-01-05T0\\d:\\d\\d:00 to ${shown}; ${consequence}$`))
  })

  it('counts nothing as skipped that was given before the clock was set back', () => {
    const pump = new Bedside()
    pump.program('0 s', MORNING)
    pump.program('6 h 15 min', setClock('2026-01-05T05:50'))
    pump.program('6 h 20 min', setClock('2026-01-05T06:25'))
    pump.program('6 h 21 min', setClock('2026-01-05T06:45'))
    const details = pump.state.log.entries.filter(({ event }) => event === 'clock-set').map(({ detail }) => detail)
    expect(details.map((detail) => detail.split('; ')[1])).toEqual([
      '1 boluses whose time comes again are not given then',
      '0 boluses are skipped',
      '1 boluses are skipped',
    ])
  })
})
