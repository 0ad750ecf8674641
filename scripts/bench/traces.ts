/** Traces as text: records written and read, beside JSON that checks nothing. */

import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import { Recorder } from '#hil/run/recorder'
import type { Trace } from '#hil/run/trace'
import { least_ms, type Row, rate } from '#scripts/bench/row'

const TIMES = 3

export function traces({ records }: Trace): Row[] {
  const count = records.length
  let text = ''
  const bare_ms = least_ms(TIMES, () => {
    text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
  })
  const write_ms = least_ms(TIMES, () => {
    const lines: string[] = []
    const recorder = new Recorder(true, (line) => lines.push(line))
    for (const record of records) recorder.record(record)
    if (lines.join('') !== text) throw new Error('the recorder wrote another text')
  })
  const parse_ms = least_ms(TIMES, () => {
    for (const line of text.split('\n')) if (line !== '') JSON.parse(line)
  })
  const read_ms = least_ms(TIMES, () => {
    readTrace(text)
  })
  const replay_ms = least_ms(TIMES, () => {
    judge(readTrace(text), { file: 'trace', wall_s: 0 })
  })
  const row = (work: string, work_ms: number, beside: string, floor_ms: number): Row => ({
    ...{ work, measured: rate(count, work_ms, 'lines'), beside, floor: rate(count, floor_ms, 'lines') },
    ratio: work_ms / floor_ms,
  })
  return [
    row('trace: record and digest', write_ms, 'JSON.stringify', bare_ms),
    row('trace: read and check', read_ms, 'JSON.parse', parse_ms),
    row('trace: replay, verdicts included', replay_ms, 'JSON.parse', parse_ms),
  ]
}
