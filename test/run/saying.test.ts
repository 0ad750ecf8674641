/** What an event says, and when: the words that its detail has to have. */
import { expect, it } from 'vitest'
import { finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

/** The level of 2 mL is reached after a day, and silence asked for five minutes later ends after ten. */
const heard = (...checks: readonly string[]) =>
  finish(
    draft({
      duration: '26 h',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 2500 uL }',
      prescription: [therapy('0 d', '250 ug/d')],
      events: ['{ at: 1 d 5 min, do: silence }'],
      checks,
    }),
  )

it('is looked for in its detail, and in its time', async () => {
  const { result } = await heard(
    '{ check: event, event: tone, saying: "low-reservoir: single tone, 1 s, every 1 h", between: [1 d 15 min, 1 d 15 min] }',
    '{ check: event, event: tone, saying: silent, by: 1 d 5 min }',
    '{ check: event, event: tone, saying: two tones, by: 26 h }',
    '{ check: event, event: tone, saying: silent, between: [1 d 6 min, 26 h] }',
  )
  expect(result.checks.slice(0, 4).map(({ outcome, detail }) => [outcome, detail])).toEqual([
    [
      'pass',
      'tone "low-reservoir: single tone, 1 s, every 1 h" came at 1 d 15 min; wanted between 1 d 15 min and 1 d 15 min',
    ],
    ['pass', 'tone "silent" came at 1 d 5 min; wanted between 0 s and 1 d 5 min'],
    ['fail', 'tone "two tones" never came; wanted between 0 s and 1 d 2 h'],
    ['fail', 'tone "silent" came at 1 d 5 min; wanted between 1 d 6 min and 1 d 2 h'],
  ])
})
