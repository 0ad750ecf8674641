import { describe, expect, it } from 'vitest'
import { parseScenario } from '#hil/scenario/parse'
import type { Problem } from '#hil/scenario/problem'
import { changed, MINIMAL } from './minimal.ts'

function problemsOf(text: string): readonly Problem[] {
  const parsed = parseScenario(text, 'bad.yaml')
  return parsed.ok ? [] : parsed.problems
}

/** The text, where the problem is, and a part of what it says. */
type Row = readonly [label: string, text: string, place: `${number}:${number}`, message: string]

const more = (text: string) => MINIMAL + text
const check = (text: string) => more(`checks:\n  - ${text}\n`)
const event = (text: string) => more(`events:\n  - ${text}\n`)
const overrides = (text: string) => changed('im-20 }', `im-20, overrides: { ${text} } }`)

const YAML: readonly Row[] = [
  ['an empty file', '', '1:1', 'the file is empty'],
  ['only comments', '# nothing\n\n# here\n', '1:1', 'the file is empty'],
  [
    'a scalar',
    'hello',
    '1:1',
    'a scenario is a map of keys that begins with "schema: pumpbench/scenario@1", found "hello"',
  ],
  ['a list', '- 1', '1:1', 'found a list'],
  ['null', '~', '1:1', 'found nothing'],
  ['two documents', `${MINIMAL}---\n${MINIMAL}`, '10:1', 'a second YAML document begins here'],
  ['a tab', 'fill:\n\tdrug: x', '2:1', 'a tab indents this line'],
  ['an open list', 'a: [1\nb: 2', '2:1', 'not valid YAML'],
  ['a closing bracket', 'a: ]', '1:4', '"]" closes a list or map that was never opened'],
  ['two quoted texts', 'name: "a" "b"', '1:11', 'a quoted text directly follows another one'],
  ['a directive', `%YAML 1.1\n---\n${MINIMAL}`, '1:1', 'YAML directives are not read'],
  ['a known tag', more('source: !!binary aGk='), '10:9', 'tags such as "!!binary" are not read'],
  ['a tag of a language', more('source: !!js/function foo'), '10:9', 'tags such as "!!js/function" are not read'],
  ['a custom tag', more('line: !x filled'), '10:7', 'tags such as "!x" are not read'],
  ['an unknown alias', more('sample: *nope'), '10:9', 'nope'],
  ['a duplicate key', more('seed: 1\nseed: 2'), '11:1', 'the key "seed" occurs twice'],
  ['a list as a key', more('? [a]\n: 4'), '10:3', 'a key is text'],
  ['the key null', more('null: 4'), '10:1', 'unknown key "null"'],
  ['a number as a key', more('5: 4'), '10:1', 'unknown key "5"'],
  ['a merge key', more('<<: { seed: 3 }'), '10:1', 'unknown key "<<"'],
  ['__proto__', more('__proto__: { seed: 3 }'), '10:1', 'unknown key "__proto__"'],
  ['constructor', more('constructor: 1'), '10:1', 'unknown key "constructor"'],
  ['toString', changed('{ model: im-20 }', '{ model: im-20, toString: 1 }'), '3:23', 'unknown key "toString"'],
]

const SHAPES: readonly Row[] = [
  ['an unknown key', more('durations: 7 d'), '10:1', 'unknown key "durations"; did you mean "duration"?'],
  ['an unknown key inside', changed('drug:', 'volum: 3, drug:'), '4:9', 'unknown key "volum"; did you mean "volume"?'],
  ['a key with an underscore', overrides('tubevolume: 1'), '3:36', 'did you mean "tube_volume"?'],
  ['a missing key', changed('duration: 7 d\n', ''), '1:1', 'missing key "duration"; for example 7 d'],
  ['a missing key inside', changed('drug: baclofen, ', ''), '4:7', 'missing key "drug"; for example baclofen'],
  ['a key without a value', changed('7 d', ''), '6:1', '"duration" has no value'],
  ['another schema', changed('@1', '@2'), '1:9', 'write schema: pumpbench/scenario@1'],
  ['a name that is a path', changed('a-name', '../x'), '2:7', '"../x": a scenario is named with at most 64 lower-case'],
  ['a name in capitals', changed('a-name', 'A-Name'), '2:7', 'lower-case letters'],
  ['a name too long', changed('a-name', 'x'.repeat(65)), '2:7', 'at most 64'],
  ['a name that is a number', changed('a-name', '12'), '2:7', 'expected text, found "12"'],
  ['a drug in capitals', changed('baclofen', 'Baclofen'), '4:15', 'a drug is named with'],
  ['a seed below zero', more('seed: -1'), '10:7', '-1 is negative'],
  ['a seed of 33 bits', more('seed: 4294967296'), '10:7', '4294967296 is too large'],
  ['a broken seed', more('seed: 1.5'), '10:7', 'expected a whole number, found "1.5"'],
  ['a seed as text', more('seed: "1"'), '10:7', 'expected a whole number, found "1"'],
  ['a day that does not exist', changed('2026-01-05', '2026-02-30'), '5:8', 'a clock is a real date'],
  ['a clock without a time', changed('T08:00', ''), '5:8', 'a clock is a real date'],
  ['a map for a list', more('checks: { check: tracking }'), '10:9', '"checks" takes a list, found a map of keys'],
  ['no checks', more('checks: []'), '10:9', 'a scenario that checks nothing proves nothing'],
  ['no prescription', changed(MINIMAL.slice(MINIMAL.indexOf('\n  - ')), ' []'), '7:15', 'the prescription is empty'],
  ['a requirement', more('requirements: [R1, 4x]'), '10:20', '"4x": a requirement is named with'],
  ['a misspelled mode', changed('simple-continuous', 'simple-continous'), '9:22', 'did you mean "simple-continuous"?'],
  ['a missing mode', changed('mode: simple-continuous, ', ''), '9:14', 'missing key "mode"; it is one of stopped,'],
  ['a key of another mode', changed('simple-continuous', 'stopped'), '9:31', 'unknown key "dose"'],
  ['an entry of nothing', more('  - at: 1 d'), '10:5', 'an entry has exactly one of "therapy", "bolus", "prime"'],
  ['an entry without a time', more('  - therapy: { mode: stopped }'), '10:5', 'missing key "at"'],
  ['an entry that is text', more('  - stop'), '10:5', 'expected a map of keys, found "stop"'],
  ['confirm that is text', more('  - { at: 1 d, therapy: { mode: stopped }, confirm: no }'), '10:53', 'true or false'],
  ['an event of nothing', event('at: 1 d'), '11:5', 'an event has either "do" or "refill"'],
  ['a misspelled event', event('{ at: 1 d, do: interogate }'), '11:20', 'did you mean "interrogate"?'],
  ['a path as pump', changed('im-20', 'im-30'), '3:16', 'is not a pump model; it is one of im-20, im-40'],
]

const QUANTITIES: readonly Row[] = [
  ['a bare number', changed('7 d', '7'), '6:11', '7 has no unit'],
  ['a bare zero', changed('7 d', '0'), '6:11', '0 has no unit'],
  ['a bare decimal', changed('7 d', '1.5'), '6:11', '"1.5" has no unit'],
  ['not a number', changed('7 d', '.nan'), '6:11', '".nan" is not a duration'],
  ['infinity', changed('7 d', '.inf'), '6:11', '".inf" is not a duration'],
  ['beyond doubles', changed('7 d', '1e309'), '6:11', '"1e309"'],
  ['beyond safe integers', changed('7 d', '12345678901234567890'), '6:11', '"12345678901234567890" has no unit'],
  ['a list', changed('7 d', '[7 d]'), '6:11', 'expected a duration such as'],
  ['negative', changed('7 d', '-7 d'), '6:11', '"-7 d" is negative'],
  ['a wrong unit', changed('7 d', '7 mL'), '6:11', '"mL" is a unit of volume'],
  ['an unknown unit', changed('7 d', '7 days'), '6:11', 'the unit "days" is not known'],
  ['a wrong case', changed('7 d', '7 D'), '6:11', 'the unit "D" is written "d"'],
  ['zero duration', changed('7 d', '0 d'), '6:11', 'longer than zero'],
  ['a part of a microsecond', changed('7 d', '1/3 us'), '6:11', 'a whole number of microseconds'],
  ['more than 20 years', changed('7 d', '7301 d'), '6:11', 'at most 20 years'],
  ['a broken sample', more('sample: 0.5 us'), '10:9', 'a whole number of microseconds'],
  ['too many samples', more('sample: 1 s'), '10:9', 'more than 100000 samples'],
  ['an overfull reservoir', changed('20 mL', '20.001 mL'), '4:59', 'is more than the reservoir holds, 20 mL'],
  ['an empty fill', changed('20 mL', '0 mL'), '4:59', 'a fill has a volume'],
  ['water', changed('500 ug', '0 ug'), '4:40', 'a fill contains drug'],
  ['a zero dose', changed('50 ug/d', '0 ug/d'), '9:47', 'write mode: stopped'],
  ['a dose without time', changed('50 ug/d', '50 ug'), '9:47', '"ug" is a unit of mass'],
  ['a zero bolus', more('  - { at: 1 d, bolus: { dose: 0 ug, over: 5 min } }'), '10:31', 'a bolus has a dose'],
  ['a bolus in no time', more('  - { at: 1 d, bolus: { dose: 1 ug, over: 0 min } }'), '10:43', 'longer than zero'],
  ['a catheter without length', more('catheter: { length: 0 cm }'), '10:21', 'a catheter has a length'],
  ['an endless catheter', more('catheter: { length: 1001 cm }'), '10:21', 'at most 1000 cm'],
]

const RULES: readonly Row[] = [
  ['an entry at the end', changed('0 d', '7 d'), '8:9', '"7 d" is not before the end of the run at 7 d'],
  ['an event after the end', event('{ at: 8 d, do: interrogate }'), '11:11', '"8 d" is not before the end'],
  ['two therapies at once', more('  - { at: 0 h, therapy: { mode: stopped } }'), '10:11', 'another therapy'],
  [
    'a refill above the reservoir',
    event('{ at: 1 d, refill: { fill: { drug: a, concentration: 1 ug/mL, volume: 21 mL } } }'),
    '11:75',
    'more than the reservoir holds',
  ],
  [
    'a told volume above it',
    changed('20 mL }', '20 mL, programmed: { volume: 40 mL } }'),
    '4:88',
    'more than the reservoir holds',
  ],
  [
    'a meant volume above it',
    changed('20 mL }', '20 mL, meant: { volume: 40 mL } }'),
    '4:83',
    'more than the reservoir holds',
  ],
  [
    'a refill meant to be more than it holds',
    event('{ at: 1 d, refill: { fill: { drug: a, concentration: 1 ug/mL, volume: 2 mL }, meant: { volume: 21 mL } } }'),
    '11:100',
    'more than the reservoir holds',
  ],
  [
    'a label of no drug',
    changed('20 mL }', '20 mL, meant: { concentration: 0 ug/mL } }'),
    '4:90',
    'a fill contains drug',
  ],
  ['a step too small', overrides('step_volume: 0.1 nL'), '3:49', 'less than the 1.024 ms'],
  [
    'more steps than can be looked at',
    overrides('reservoir_volume: 100 mL, step_volume: 0.3 nL').replace('volume: 20 mL', 'volume: 100 mL'),
    '3:7',
    'more than 200000000 motor steps',
  ],
  ['a rate too high for the step', overrides('rate_max: 30000 mL/d'), '3:46', 'less than the 1.024 ms'],
  ['rates in the wrong order', overrides('rate_max: 0.04 mL/d'), '3:46', 'rate_min is above rate_max'],
  ['a minimum above the range', overrides('minimum_rate: 0.05 mL/d'), '3:50', 'minimum_rate is above rate_min'],
  ['always low', overrides('low_reservoir: 20 mL'), '3:51', 'low_reservoir is not below reservoir_volume'],
  ['the catheter as a figure', overrides('catheter_volume_per_length: 1 uL/cm'), '3:36', 'unknown key'],
]

const CHECKS: readonly Row[] = [
  ['misspelled', check('{ check: traking }'), '11:14', 'did you mean "tracking"?'],
  ['of nothing', check('{}'), '11:5', 'missing key "check"; it is one of tracking,'],
  ['without a limit', check('{ check: tracking }'), '11:5', 'missing key "within"; for example 1 step'],
  ['within zero', check('{ check: tracking, within: 0 steps }'), '11:32', 'write 1 step'],
  ['within 0 %', check('{ check: delivered-volume, within: 0 % }'), '11:40', 'above zero'],
  ['a bare percentage', check('{ check: delivered-volume, within: 2 }'), '11:40', '2 has no unit'],
  [
    'an estimate in steps',
    check('{ check: reservoir-estimate, within: 1 step }'),
    '11:42',
    '"step" is a unit of steps',
  ],
  ['beyond the end', check('{ check: no-other-alarms, to: 8 d }'), '11:35', '"8 d" is beyond the end'],
  ['from after to', check('{ check: no-other-alarms, from: 3 d, to: 2 d }'), '11:37', '"from" is not before "to", 2 d'],
  [
    'from at the end',
    check('{ check: no-other-alarms, from: 7 d }'),
    '11:37',
    '"from" is not before the end of the run',
  ],
  ['every, too short', check('{ check: dose-at-tip, within: 2 %, every: 1 s }'), '11:47', 'more than 100000 windows'],
  ['every, too long', check('{ check: dose-at-tip, within: 2 %, every: 8 d }'), '11:47', 'longer than the part'],
  ['no windows', check('{ check: windowed-flow, windows: [], within: 2 % }'), '11:38', 'it takes at least 1'],
  [
    'a window too long',
    check('{ check: windowed-flow, windows: [1 h, 8 d], within: 2 % }'),
    '11:44',
    'longer than the part',
  ],
  ['a dose as volume', check('{ check: max-dose, window: 1 d, dose: 5 mL }'), '11:43', '"mL" is a unit of volume'],
  [
    'an unknown alarm',
    check('{ check: alarm, alarm: low-resevoir, by: 1 d }'),
    '11:28',
    'did you mean "low-reservoir"?',
  ],
  [
    'an event that nobody says',
    check('{ check: event, event: stoped-warning, by: 1 d, expect: fail }'),
    '11:28',
    'did you mean "stopped-warning"?',
  ],
  [
    'an event like none',
    check('{ check: event, event: everything-melted, by: 1 d }'),
    '11:28',
    'begins with x-; it is one of delivery-stopped,',
  ],
  ['an event in capitals', check('{ check: event, event: Programmed, by: 1 d }'), '11:28', 'lower-case letters'],
  [
    'a bare limit of a trumpet',
    check('{ check: trumpet, within: 1 }'),
    '11:31',
    '1 has no unit; write a percentage, such as 14.5 %',
  ],
  ['a map as limit', check('{ check: trumpet, within: { a: 1 % } }'), '11:31', 'a map of keys is neither a percentage'],
  ['no limit of a trumpet', check('{ check: trumpet }'), '11:5', 'missing key "within"; for example 14.5 %'],
  [
    'a mean of nothing',
    check('{ check: bolus-accuracy, within: 1 %, count: 0 }'),
    '11:50',
    '"0" does not fit here; write at least 1',
  ],
  ['an alarm at no time', check('{ check: alarm, alarm: motor-stall }'), '11:5', 'either "by" or "between"'],
  [
    'an alarm at two times',
    check('{ check: alarm, alarm: motor-stall, by: 1 d, between: [1 d, 2 d] }'),
    '11:5',
    'either "by"',
  ],
  ['an alarm too late', check('{ check: alarm, alarm: motor-stall, by: 8 d }'), '11:45', '"8 d" is outside'],
  ['an alarm backwards', check('{ check: alarm, alarm: motor-stall, between: [2 d, 1 d] }'), '11:50', 'earliest time'],
  [
    'half an interval',
    check('{ check: alarm, alarm: motor-stall, between: [2 d] }'),
    '11:50',
    'too few items; it takes at least 2',
  ],
  ['a refusal too late', check('{ check: refused, at: 8 d }'), '11:27', '"8 d" is outside'],
  ['a wrong expectation', check('{ check: no-other-alarms, expect: fial }'), '11:39', 'did you mean "fail"?'],
]

const therapyOf = (text: string) => changed('{ mode: simple-continuous, dose: 50 ug/d }', text)
const flex = (boluses: string, more = '') => therapyOf(`{ mode: flex, basal: 50 ug/d, boluses: ${boluses}${more} }`)
const entry = (text: string) => more(`  - ${text}\n`)
const prime = (text: string) => entry(`{ at: 1 d, prime: ${text} }`)
const patient = (text: string) =>
  entry(
    `{ at: 1 d, patient-bolus: { dose: 1 ug, over: 5 min, lockout: 4 h, max_per_day: 3 } }`.replace(...parted(text)),
  )
const parted = (text: string): [string, string] => {
  const [from = '', to = ''] = text.split(' -> ')
  return [from, to]
}

const THERAPIES: readonly Row[] = [
  [
    'flex without boluses',
    therapyOf('{ mode: flex, basal: 1 ug/d }'),
    '9:14',
    'missing key "boluses"; it is a list of',
  ],
  [
    'flex without a basal',
    therapyOf('{ mode: flex, boluses: [{ at: 08:00, dose: 1 ug, over: 1 min }] }'),
    '9:14',
    'missing key "basal"; for example 350 ug/d',
  ],
  ['boluses that are a number', flex('5'), '9:53', '"5" is not a list of boluses, or one map'],
  ['an empty list of boluses', flex('[]'), '9:53', 'too few items; it takes at least 1'],
  [
    'more boluses than are read',
    flex(`[${Array(101).fill('{ at: 08:00, dose: 1 ug, over: 1 min }').join(', ')}]`),
    '9:53',
    'too many items; it takes at most 100',
  ],
  [
    'a count too large',
    flex('{ dose: 1 ug, count: 101, over: 1 min, from: 00:00 }'),
    '9:74',
    'whole number from 1 to 100',
  ],
  [
    'a count of none',
    flex('{ dose: 1 ug, count: 0, over: 1 min, from: 00:00 }'),
    '9:74',
    '0: the boluses of a day are',
  ],
  ['half a bolus', flex('{ dose: 1 ug, count: 1.5, over: 1 min, from: 00:00 }'), '9:74', 'expected a whole number'],
  [
    'counts too large together',
    flex('[{ dose: 1 ug, count: 60, over: 1 min, from: 00:00 }, { dose: 1 ug, count: 41, over: 1 min, from: 00:00 }]'),
    '9:53',
    '101 boluses a day; at most 100 are read',
  ],
  ['a count from no time', flex('{ dose: 1 ug, count: 2, over: 1 min }'), '9:53', 'either "at", or "count" and "from"'],
  ['a time and a count', flex('[{ at: 08:00, count: 2, dose: 1 ug, over: 1 min }]'), '9:54', 'either "at", or "count"'],
  ['a bolus at no time', flex('[{ dose: 1 ug, over: 1 min }]'), '9:54', 'either "at", or "count"'],
  ['24:00', flex('[{ at: "24:00", dose: 1 ug, over: 1 min }]'), '9:60', '"24:00" is not a time of day; write 00:00 to'],
  ['8:00', flex('[{ at: 8:00, dose: 1 ug, over: 1 min }]'), '9:60', '"8:00" is not a time of day'],
  ['08:60', flex('[{ at: 08:60, dose: 1 ug, over: 1 min }]'), '9:60', '"08:60" is not a time of day'],
  ['an hour', flex('[{ at: 8, dose: 1 ug, over: 1 min }]'), '9:60', 'expected text, found "8"'],
  ['a daily bolus of nothing', flex('[{ at: 08:00, dose: 0 ug, over: 1 min }]'), '9:73', 'a bolus has a dose'],
  [
    'an unknown key of a bolus',
    flex('[{ at: 08:00, dose: 1 ug, over: 1 min, evry: 1 }]'),
    '9:92',
    'unknown key "evry"',
  ],
  [
    'a key of a bolus in one map',
    flex('{ dose: 1 ug, cuont: 2, count: 2, over: 1 min, from: 00:00 }'),
    '9:67',
    'did you mean "count"?',
  ],
  [
    'a day that is none',
    flex('[{ at: 08:00, dose: 1 ug, over: 1 min }]', ', days: [mon, tu]'),
    '9:107',
    'one of mon, tue',
  ],
  [
    'a day twice',
    flex('[{ at: 08:00, dose: 1 ug, over: 1 min }]', ', days: [mon, mon]'),
    '9:107',
    '"mon" is named twice',
  ],
  ['no day', flex('[{ at: 08:00, dose: 1 ug, over: 1 min }]', ', days: []'), '9:101', 'at least 1'],
  [
    'a periodic bolus never again',
    therapyOf('{ mode: periodic-bolus, dose: 1 ug, over: 1 min }'),
    '9:14',
    'missing key "every"',
  ],
  [
    'a periodic bolus all the time',
    therapyOf('{ mode: periodic-bolus, dose: 1 ug, over: 1 min, every: 0 h }'),
    '9:70',
    'longer than zero',
  ],
  [
    'a periodic bolus without end',
    therapyOf('{ mode: periodic-bolus, dose: 1 ug, over: 1 min, every: 1 s }'),
    '9:70',
    'more than 500000 boluses in the run',
  ],
  ['a prime of a bare volume', prime('0.4 mL'), '10:23', '"0.4 mL" is not auto or { volume: 0.4 mL }'],
  ['a prime of another word', prime('full'), '10:23', '"full" is not auto or'],
  ['a prime of nothing', prime('{ volume: 0 mL }'), '10:33', 'a prime displaces something'],
  ['a prime of a dose', prime('{ volume: 5 ug }'), '10:33', '"ug" is a unit of mass'],
  ['a prime of no volume', prime('{}'), '10:23', 'missing key "volume"; for example auto'],
  ['a misspelled key of a prime', prime('{ volume: auto, volum: 1 }'), '10:39', 'unknown key "volum"'],
  ['a prime without a value', prime(''), '10:16', '"prime" has no value; it is auto or { volume: 0.4 mL }'],
  ['a bridge of nothing', entry('{ at: 1 d, bridge: { volume: 0 mL } }'), '10:34', 'a bridge has a volume'],
  ['no lockout', patient(', lockout: 4 h -> '), '10:31', 'missing key "lockout"; for example 4 h'],
  ['a lockout of nothing', patient('4 h -> 0 h'), '10:67', 'longer than zero'],
  ['no daily maximum', patient(', max_per_day: 3 -> '), '10:31', 'missing key "max_per_day"'],
  [
    'a daily maximum of none',
    patient('_day: 3 -> _day: 0'),
    '10:85',
    '0: the boluses a patient may have are a whole number',
  ],
  ['a daily maximum of many', patient('_day: 3 -> _day: 1001'), '10:85', 'from 1 to 1000'],
  [
    'an entry of two kinds',
    entry('{ at: 1 d, prime: auto, bridge: auto }'),
    '10:5',
    'exactly one of "therapy", "bolus"',
  ],
]

const EVENTS: readonly Row[] = [
  ['a clock set to nothing', event('{ at: 1 d, do: set-clock }'), '11:5', 'needs "to", a local time'],
  ['a clock set to a span', event('{ at: 1 d, do: set-clock, to: 2 d }'), '11:35', '"2 d": a clock is a real date'],
  ['a clock set to no day', event('{ at: 1 d, do: set-clock, to: 2026-02-29T03:00 }'), '11:35', 'a real date'],
  [
    'a time for another deed',
    event('{ at: 1 d, do: stop, to: 2026-03-29T03:00 }'),
    '11:26',
    '"to" belongs to do: set-clock',
  ],
  [
    'a clock set twice at once',
    more(
      'events:\n  - { at: 1 d, do: set-clock, to: 2026-03-29T03:00 }\n  - { at: 24 h, do: set-clock, to: 2026-03-29T04:00 }\n',
    ),
    '12:11',
    'the clock is already set then',
  ],
  ['a misspelled deed', event('{ at: 1 d, do: request-blous }'), '11:20', 'did you mean "request-bolus"?'],
  [
    'a deed and a refill',
    event('{ at: 1 d, do: stop, refill: { fill: { drug: a, concentration: 1 ug/mL, volume: 1 mL } } }'),
    '11:5',
    'either "do" or "refill"',
  ],
]

const plant = (text: string) => more(`plant: { ${text} }\n`)
const PLANT: readonly Row[] = [
  ['that is text', more('plant: 5 %'), '10:8', 'expected a map of keys'],
  ['with an unknown key', plant('gian: 5 %'), '10:10', 'unknown key "gian"; did you mean "gain"?'],
  ['with a bare gain', plant('gain: 5'), '10:16', '5 has no unit; write a deviation with one of the units %'],
  ['that moves next to nothing', plant('gain: -91 %'), '10:16', '-90 % to 900 %'],
  ['that moves too much', plant('gain: 901 %'), '10:16', '-90 % to 900 %'],
  ['that boils', plant('temperature: 61 degC'), '10:23', 'a pump works at 0 to 60 degC'],
  ['that is frozen', plant('temperature: -1 degC'), '10:23', 'a pump works at 0 to 60 degC'],
  ['with a coefficient per nothing', plant('temperature_coefficient: 1 %'), '10:35', '"%" is a unit of percentage'],
  [
    'with too large a coefficient',
    plant('temperature_coefficient: -2.1 %/degC'),
    '10:35',
    'a degree changes at most 2 %',
  ],
  ['that wears by nothing', plant('wear: { change: 0 %, every: 1 mL }'), '10:26', 'leave wear out'],
  ['that wears too fast', plant('wear: { change: -11 %, every: 1 mL }'), '10:26', 'at most by 10 %'],
  ['that wears all the time', plant('wear: { change: 1 %, every: 1 uL }'), '10:38', 'at least 1 mL'],
  ['that wears at no time', plant('wear: { change: 1 % }'), '10:16', 'missing key "every"; for example 100 mL'],
  ['that gives less when overfull', plant('overfill_gain: -1 %'), '10:25', 'is negative; a percentage is zero or more'],
  ['of rubber', plant('compliance: 2 mL'), '10:22', 'by more than 1 mL'],
]

const fault = (text: string) => more(`faults:\n  - ${text}\n`)
const FAULTS: readonly Row[] = [
  ['a misspelled fault', fault('{ at: 1 d, fault: motor-stal }'), '11:23', 'did you mean "motor-stall"?'],
  ['no fault', fault('{ at: 1 d }'), '11:5', 'missing key "fault"; it is one of motor-stall, motor-slip'],
  ['no time', fault('{ fault: motor-stall }'), '11:5', 'missing key "at"'],
  ['too late', fault('{ at: 7 d, fault: motor-stall }'), '11:11', '"7 d" is not before the end of the run'],
  ['no length', fault('{ at: 1 d, fault: motor-stall, for: 0 h }'), '11:41', 'longer than zero'],
  ['a bit for a while', fault('{ at: 1 d, fault: bit-flip, for: 1 h }'), '11:33', 'unknown key "for"'],
  [
    'a write before the first',
    fault('{ at: 1 d, fault: power-cut, write: 0 }'),
    '11:41',
    'a whole number from 1 to 10000',
  ],
  ['a copy that is none', fault('{ at: 1 d, fault: bit-flip, copy: secnd }'), '11:39', 'did you mean "second"?'],
  [
    'a bit below zero',
    fault('{ at: 1 d, fault: bit-flip, bit: -1 }'),
    '11:38',
    '-1: a bit is a whole number from 0 to 65535',
  ],
  ['a drift of no amount', fault('{ at: 1 d, fault: clock-drift }'), '11:5', 'missing key "by"; for example 50 ppm'],
  ['a drift of nothing', fault('{ at: 1 d, fault: clock-drift, by: -0 ppm }'), '11:40', 'no fault; leave it out'],
  [
    'a drift of a percentage',
    fault('{ at: 1 d, fault: clock-drift, by: 1 % }'),
    '11:40',
    '"%" is a unit of percentage',
  ],
  ['a drift too large', fault('{ at: 1 d, fault: clock-drift, by: -100001 ppm }'), '11:40', 'no drift of a crystal'],
  ['a list that is none', more('faults: { at: 1 d }'), '10:9', '"faults" takes a list'],
  ['a side that is none', fault('{ at: 1 d, fault: occlusion, side: upsteam }'), '11:40', 'did you mean "upstream"?'],
  [
    'a swelling before the pump',
    fault('{ at: 1 d, fault: occlusion, side: upstream, compliance: 1 uL }'),
    '11:62',
    'nothing swells before the pump; say "side: downstream", or leave compliance out',
  ],
  ['a swollen tube', fault('{ at: 1 d, fault: occlusion, compliance: 1.1 mL }'), '11:46', 'by more than 1 mL'],
  [
    'a leak of no amount',
    fault('{ at: 1 d, fault: catheter-leak }'),
    '11:5',
    'missing key "fraction"; for example 40 %',
  ],
  ['a leak of nothing', fault('{ at: 1 d, fault: catheter-leak, fraction: 0 % }'), '11:48', 'no fault; leave it out'],
  ['a leak of more', fault('{ at: 1 d, fault: catheter-leak, fraction: 101 % }'), '11:48', 'no more than 100 %'],
  [
    'a leak beyond the tip',
    fault('{ at: 1 d, fault: catheter-leak, fraction: 1 %, position: 101 % }'),
    '11:63',
    'no place is beyond the tip',
  ],
  [
    'less as more',
    fault('{ at: 1 d, fault: over-infusion, by: -5 % }'),
    '11:42',
    'is negative; a percentage is zero or more',
  ],
  ['more than tenfold', fault('{ at: 1 d, fault: over-infusion, by: 901 % }'), '11:42', 'at most 900 % more'],
  [
    'a drift of a slope',
    fault('{ at: 1 d, fault: over-infusion, by: 5 %, drift: { by: 1 %, every: 1 min } }'),
    '11:72',
    '"1 min" changes too often: the faults of a scenario may change 5000 times in all',
  ],
  [
    'one over-infusion too many',
    fault(Array.from({ length: 21 }, () => '{ at: 1 d, fault: over-infusion, by: 1/7 % }').join('\n  - ')),
    '31:5',
    'one over- or under-infusion more than the 20',
  ],
  [
    'drifts that change often together',
    fault(
      '{ at: 1 d, fault: over-infusion, by: 5 %, drift: { by: 1 %, every: 2 min } }\n  - { at: 1 d, fault: over-infusion, by: 5 %, drift: { by: 1 %, every: 10 min } }',
    ),
    '12:72',
    '"10 min" changes too often',
  ],
  [
    'two leaks',
    fault(
      '{ at: 1 d, fault: catheter-leak, fraction: 5 % }\n  - { at: 2 d, fault: catheter-leak, fraction: 6 %, for: 1 h }',
    ),
    '12:11',
    'begins while "catheter-leak of 5 %" lasts',
  ],
  [
    'two occlusions',
    fault('{ at: 1 d, fault: occlusion, for: 2 d }\n  - { at: 2 d, fault: occlusion, side: upstream }'),
    '12:11',
    '"occlusion upstream" begins while "occlusion downstream for 2 d" lasts',
  ],
  [
    'a recovery from what never ends',
    fault('{ at: 1 d, fault: motor-stall, recovery: 2 h }'),
    '11:46',
    'what never lets go is never recovered from',
  ],
  [
    'what comes again and never ends',
    fault('{ at: 1 d, fault: motor-stall, every: 3 h }'),
    '11:43',
    'lasts shorter than that',
  ],
  [
    'what comes again before it has gone',
    fault('{ at: 1 d, fault: catheter-leak, fraction: 5 %, for: 2 h, every: 90 min }'),
    '11:70',
    'lasts shorter than that',
  ],
  [
    'what comes again before it has recovered',
    fault('{ at: 1 d, fault: motor-stall, for: 1 h, recovery: 2 h, every: 3 h }'),
    '11:68',
    'lasts shorter than that',
  ],
  [
    'a number of times without their distance',
    fault('{ at: 1 d, fault: motor-stall, for: 1 h, times: 3 }'),
    '11:53',
    'write "every" too',
  ],
  [
    'what comes again too often',
    fault('{ at: 1 d, fault: motor-stall, for: 1 s, every: 2 s }'),
    '11:53',
    'changes too often: the faults of a scenario',
  ],
  ['a clock that jumps nowhere', fault('{ at: 1 d, fault: clock-step }'), '11:5', 'either forward or back'],
  [
    'a clock that jumps both ways',
    fault('{ at: 1 d, fault: clock-step, forward: 1 h, back: 1 h }'),
    '11:5',
    'either forward or back',
  ],
  [
    'nothing left to deliver',
    fault('{ at: 1 d, fault: under-infusion, by: 100 % }'),
    '11:43',
    'delivers nothing at all has stalled',
  ],
  [
    'a drift down to nothing',
    fault('{ at: 1 d, fault: under-infusion, by: 40 %, drift: { by: 10 %, every: 1 d } }'),
    '11:56',
    'let it drift less',
  ],
  [
    'each step slipping',
    fault('{ at: 1 d, fault: motor-slip, every: 1 step }'),
    '11:42',
    'a whole number from 2 to 1000000',
  ],
  [
    'half a step',
    fault('{ at: 1 d, fault: encoder-loss, every: 1.5 step }'),
    '11:44',
    'a whole number from 1 to 1000000',
  ],
  ['a pump that boils', fault('{ at: 1 d, fault: temperature, to: 61 degC }'), '11:40', '0 to 60 degC'],
  ['a cell that is none', fault('{ at: 1 d, fault: cell-resistance, by: 101 kohm }'), '11:44', 'more than 100 kohm'],
  [
    'more beside than there is',
    fault('{ at: 1 d, fault: pocket-fill, fraction: 101 % }'),
    '11:46',
    'no more than 100 %',
  ],
  ['a part that no record has', fault('{ at: 1 d, fault: bit-flip, part: log }'), '11:39', 'is not one of therapy'],
  [
    'a leak while another one comes and goes',
    fault(
      '{ at: 1 d, fault: catheter-leak, fraction: 5 %, for: 1 h, every: 1 d }\n  - { at: 2 d 2 h, fault: catheter-leak, fraction: 6 %, for: 1 h }',
    ),
    '12:11',
    'lasts; write them as one',
  ],
]

const LIMITS: readonly Row[] = [
  ['a misspelled limit', more('limits: { daily-dose: {} }'), '10:11', 'did you mean "daily_dose"?'],
  ['a limit of nothing', more('limits: { daily_dose: { hard: 0 mg } }'), '10:31', 'allows nothing; leave it out'],
  ['a change as a dose', more('limits: { change: { soft: 30 ug } }'), '10:27', '"ug" is a unit of mass'],
  ['a bare limit', more('limits: { daily_dose: { soft: 500 } }'), '10:31', '500 has no unit'],
  [
    'a soft one above',
    more('limits: { daily_dose: { soft: 3 mg, hard: 2 mg } }'),
    '10:31',
    'is above the hard limit, "2 mg"',
  ],
  ['a soft change above', more('limits: { change: { soft: 30 %, hard: 20 % } }'), '10:27', 'is above the hard limit'],
  ['limits without a value', more('limits:'), '10:1', '"limits" has no value; it is a map with the keys daily_dose'],
  ['a pump clock', more('pump_clock: 2026-02-30T09:00'), '10:13', 'a clock is a real date'],
]

const PUMPS: readonly Row[] = [
  ['a flow', more('catheter: { flow: laminar }'), '10:19', 'plug'],
  ['cells in plug flow', more('catheter: { cells: 20 }'), '10:20', '20: cells belong to dispersive flow; say'],
  [
    'no cells',
    more('catheter: { flow: dispersive, cells: 0 }'),
    '10:38',
    '0 is too few; a line is a whole number of cells',
  ],
  [
    'many cells',
    more('catheter: { flow: dispersive, cells: 201 }'),
    '10:38',
    '201 is too many; a line is a whole number',
  ],
  [
    'half a cell',
    more('catheter: { flow: dispersive, cells: 1.5 }'),
    '10:38',
    '"1.5" is not a number of cells; a line is',
  ],
  ['a model nobody reads', changed('im-20', './mine.yaml'), '3:16', 'nothing here reads files'],
  [
    'a model on the net',
    changed('im-20', 'https://example.com/mine.yaml'),
    '3:16',
    'a file on this machine and not an',
  ],
  ['a path too long', changed('im-20', `./${'x'.repeat(1000)}`), '3:16', 'at most 1000 characters'],
  ['parts of a step', overrides('stall_detection: 1.5 step'), '3:53', 'a whole number of steps, at most 1000'],
  ['checks all the time', overrides('memory_check: 1 us'), '3:50', 'at most once a minute'],
  ['a knee beyond the end', overrides('cell_knee: 100 %'), '3:47', 'a part is less than 100 %'],
  ['a warning after the alarm', overrides('stopped_warning: 49 h'), '3:53', 'a warning comes first'],
  ['a cell that charges', overrides('cell_empty_voltage: 3 V'), '3:56', 'the voltage of a cell falls'],
  ['a knee above', overrides('cell_knee_voltage: 3.3 V'), '3:55', 'cell_knee_voltage is above cell_voltage'],
  ['a cell that improves', overrides('cell_resistance: 1 kohm'), '3:53', 'the resistance of a cell rises'],
  [
    'a reset before the warning',
    overrides('reset_voltage: 2.7 V'),
    '3:51',
    'reset_voltage is above replacement_voltage',
  ],
]

describe.each([
  ['YAML', YAML],
  ['the shape of the file', SHAPES],
  ['a quantity', QUANTITIES],
  ['a rule between keys', RULES],
  ['a check', CHECKS],
  ['a therapy or what is given once', THERAPIES],
  ['an event', EVENTS],
  ['a fault', FAULTS],
  ['a plant', PLANT],
  ['a limit or a clock', LIMITS],
  ['the pump', PUMPS],
])('a mistake in %s is one problem with its place and its rule', (_, rows) => {
  it.each(rows)('%s', (_label, text, place, message) => {
    const problems = problemsOf(text)
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual([place])
    expect(problems[0]?.message).toContain(message)
  })
})

describe('all mistakes of a file at once', () => {
  it('are reported in the order of the text', () => {
    const text = changed('7 d', '7').replace('a-name', 'A').replace('500 ug/mL', '500').replace('50 ug/d', '50')
    const problems = problemsOf(`${text}seed: x\nchecks: [{ check: alarm, alarm: x, by: 3 }]\n`)
    const places = problems.map(({ line, column }) => `${line}:${column}`)
    expect(places).toEqual(['2:7', '4:40', '6:11', '9:47', '10:7', '11:33', '11:40'])
  })

  it('an unknown key does not hide a rule about the known ones', () => {
    const problems = problemsOf(changed('20 mL }', '21 mL, extra: 1 }'))
    expect(problems.map(({ message }) => message.slice(0, 19))).toEqual(
      ['"21 mL" is more than', 'unknown key "extra"'].map((text) => text.slice(0, 19)),
    )
  })

  it('an entry with a wrong dose is also told that it lies beyond the end', () => {
    expect(problemsOf(changed('0 d', '9 d').replace('50 ug/d', '50'))).toHaveLength(2)
  })

  it('are bounded in number, and the rest is counted', () => {
    const problems = problemsOf(more(Array.from({ length: 5000 }, (_, n) => `key${n}: 1\n`).join('')))
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)?.message).toBe('... and 4900 more problems from here on')
  })
})

describe('a message', () => {
  it('is one line of visible characters whatever the file holds', () => {
    for (const nasty of ['"a\\u001b[31m\\n\\u202e"', '"\\ud83d"', `"${'x'.repeat(70_000)}"`, '"\\u2028"']) {
      for (const text of [
        changed('a-name', nasty),
        changed('7 d', nasty),
        more(`${nasty}: 1`),
        changed('im-20', nasty),
      ]) {
        const [problem] = problemsOf(text)
        expect(problem?.message).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u)
        expect(problem?.message.length).toBeLessThan(700)
      }
    }
  })
})

describe('a hostile file', () => {
  const DEEP = 20_000
  it.each([
    ['lists in lists', '['.repeat(DEEP), 'nested too deeply'],
    ['maps in maps', '{a: '.repeat(DEEP), 'nested too deeply'],
    ['compact lists', '- '.repeat(DEEP), 'nested too deeply'],
    ['compact keys', '? '.repeat(DEEP), 'nested too deeply'],
    ['indented maps', Array.from({ length: 1400 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), 'nested too deeply'],
    ['40 levels', `a: ${'['.repeat(40)}${']'.repeat(40)}`, 'nested too deeply'],
    ['a circle of aliases', more('x: &a [*a, *a]'), 'nested too deeply'],
    ['anchors', '&a '.repeat(DEEP), 'more than 1000 anchors'],
    ['2 million characters', 'x'.repeat(2_000_000), 'more than 1048576 characters'],
    ['quotes', '"'.repeat(1_000_000), 'not valid YAML'],
    ['a NUL', 'a: \0', 'unknown key "a"'],
  ])('of %s is refused in a moment', (_, text, message) => {
    expect(problemsOf(text)[0]?.message).toContain(message)
  })

  it('of aliases that multiply is refused before it fills the memory', () => {
    const levels = 'abcdefghi'.split('').map(
      (letter, n) =>
        `x${n}: &${letter} [${Array(9)
          .fill(n === 0 ? '1' : `*${'abcdefghi'[n - 1]}`)
          .join(', ')}]`,
    )
    const problems = problemsOf(more(levels.join('\n')))
    expect(problems.map(({ message }) => message)).toEqual(['more than 300000 values, aliases expanded'])
  })

  it('of 10,001 entries is refused, of 10,000 it is read', () => {
    const entries = (count: number) =>
      Array.from({ length: count - 1 }, (_, n) => `  - { at: ${n + 1} s, therapy: { mode: stopped } }\n`).join('')
    expect(problemsOf(more(entries(10_001)))[0]?.message).toContain('it takes at most 10000')
    expect(problemsOf(more(entries(10_000)))).toEqual([])
  })
})
