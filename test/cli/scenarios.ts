/** One scenario for each thing a command can be told: that it passes, fails, cannot be decided, or takes long. */
import { bolus, draft, therapy } from '../support/scenario.ts'

const DAILY_50 = therapy('0 d', '50 ug/d')
const IM_20 = { pump: '{ model: im-20 }', fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }' }

/** Programmed as prescribed. */
export function passing(name = 'passing'): string {
  return draft({ name, ...IM_20, prescription: [DAILY_50] })
}

/** A dose an hour where a dose a day was prescribed. */
export function failing(name = 'failing', checks: readonly string[] = ['{ check: tracking, within: 1 step }']): string {
  return draft({ name, ...IM_20, prescription: [DAILY_50], programming: [therapy('0 d', '50 ug/h')], checks })
}

/** A window in which less than one step is due says nothing of the pump. */
export function undecidable(name = 'undecidable'): string {
  const checks = ['{ check: windowed-flow, windows: [1 min], within: 5 % }']
  return draft({ name, ...IM_20, prescription: [DAILY_50], checks })
}

/** A fault of every kind, in two days. */
export function faulty(): string {
  const faults = [
    '{ at: 3 h, fault: motor-stall, for: 5 h }',
    '{ at: 10 h, fault: power-cut, for: 10 min }',
    '{ at: 15 h, fault: bit-flip, copy: both, bit: 3 }',
    '{ at: 20 h, fault: clock-drift, by: -500 ppm, for: 3 h }',
    '{ at: 30 h, fault: telemetry-carrier, for: 1 h }',
  ]
  return draft({ name: 'faulty', ...IM_20, prescription: [DAILY_50], faults })
}

/** 0.01 mL a day, of which the pump can do nothing: its least rate is 0.048 mL a day. */
export function undeliverable(checks?: readonly string[]): string {
  const prescription = [therapy('0 d', '0.01 mL/d')]
  return draft({ name: 'undeliverable', ...IM_20, prescription, ...(checks === undefined ? {} : { checks }) })
}

/** A little of everything a short trace can hold: a bolus, a refill, an alarm, a refusal, a question. */
export function eventful(): string {
  const span = 'to: 50 h'
  return draft({
    name: 'eventful',
    ...IM_20,
    duration: '3 d',
    prescription: [
      therapy('0 d', '400 ug/d'),
      bolus('12 h', '50 ug', '10 min'),
      therapy('1 d', '410/3 ug/d'),
      therapy('50 h', '1 ug/d'),
    ],
    events: [
      '{ at: 30 h, do: interrogate }',
      '{ at: 2 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1.9 mL } } }',
    ],
    checks: [
      `{ check: tracking, within: 1 step, ${span} }`,
      `{ check: dose-at-tip, within: 10 %, every: 24 h, ${span} }`,
      '{ check: reservoir-estimate, within: 0.25 uL }',
      '{ check: alarm, alarm: low-reservoir, by: 60 h }',
      '{ check: refused, at: 50 h }',
    ],
    sample: '6 h',
  })
}

/** Twenty years with a sample every two hours, a bolus every ten days and a refill every two months: a second of work. */
export function long(): string {
  const every = (interval_d: number) =>
    Array.from({ length: Math.floor(7299 / interval_d) }, (_, n) => (n + 1) * interval_d)
  const fill = 'fill: { drug: baclofen, concentration: 500 ug/mL, volume: 40 mL }'
  return draft({
    name: 'long',
    duration: '7300 d',
    prescription: [DAILY_50, ...every(10).map((day) => bolus(`${day} d`, '20 ug', '5 min'))],
    events: every(60).map((day) => `{ at: ${day} d, refill: { ${fill} } }`),
    sample: '2 h',
  })
}
