/**
 * A trace read back from its lines.
 *
 * A run that was killed leaves a trace without an end, perhaps with half a line. The half is dropped and the rest can be
 * judged, as inconclusive. A line in the middle that is not a record makes the file something else than a trace.
 */
import { createHash } from 'node:crypto'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { TraceError } from '#hil/run/trace-error'
import { recordSchema } from '#hil/run/trace-schema'

/** Reads the text of a trace file. Throws {@link TraceError}, which names the line, for what is not a trace. */
export function readTrace(text: string): Trace {
  const end = text.lastIndexOf('\n')
  if (end === -1)
    throw new TraceError('not one complete line: this is not a trace, or it was cut off at its very start')
  const lines = text.slice(0, end).split('\n')
  const records = lines.map((line, index) => readLine(line, index + 1))
  checkOrder(records, lines)
  const sha256 = createHash('sha256')
    .update(text.slice(0, end + 1))
    .digest('hex')
  return { records, sha256 }
}

/** One header, at the start; nothing after the end; and before the end just what the end says there was. */
function checkOrder(records: readonly TraceRecord[], lines: readonly string[]): void {
  for (const [index, record] of records.entries()) {
    if ((record.kind === 'header') !== (index === 0)) {
      throw new TraceError(`line ${index + 1}: a trace has one header, and it is the first line`)
    }
    if (record.kind !== 'end') continue
    if (index !== records.length - 1) throw new TraceError(`line ${index + 2} comes after the end of the trace`)
    const before = lines.slice(0, index)
    const sha256 = createHash('sha256')
      .update(before.map((line) => `${line}\n`).join(''))
      .digest('hex')
    if (record.lines === index && record.sha256 === sha256) return
    throw new TraceError(
      `the ${index} lines before the end are not the ${record.lines} that were written: the trace was altered`,
    )
  }
}

function readLine(line: string, number: number): TraceRecord {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new TraceError(`line ${number} is not JSON: ${JSON.stringify(line.slice(0, 60))}`, { cause })
  }
  const parsed = recordSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  throw new TraceError(`line ${number} is not a record of a trace${where}: ${issue?.message ?? 'unknown'}`)
}
