/**
 * A trace read back from its lines.
 *
 * A run that was killed leaves a trace without an end, perhaps with half a line, which may be cut within a character. The
 * half is dropped and counted, and the rest can be judged, as inconclusive. A line in the middle that is not a record makes
 * the file something else than a trace.
 */
import { createHash } from 'node:crypto'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { TraceError, TruncatedTraceError } from '#hil/run/trace-error'
import { recordSchema } from '#hil/run/trace-schema'

const LINE_FEED = 0x0a
/** How every trace begins. */
const OPENING = Buffer.from('{"kind":"header","schema":"pumpbench/trace@1"')

/**
 * Reads the bytes of a trace file, or its text. Throws {@link TraceError}, which names the line, for what is not a trace,
 * and {@link TruncatedTraceError} for one of which less than a line is left.
 */
export function readTrace(content: string | Uint8Array): Trace {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const end = bytes.lastIndexOf(LINE_FEED)
  if (end === -1) throw withoutLine(bytes)
  const whole = bytes.subarray(0, end + 1)
  const records = decoded(whole)
    .slice(0, -1)
    .split('\n')
    .map((line, index) => readLine(line, index + 1))
  checkOrder(records, whole)
  const sha256 = digest(whole)
  if (records.at(-1)?.kind === 'end' && whole.length === bytes.length) return { records, sha256 }
  if (records.at(-1)?.kind === 'end')
    throw new TraceError(`line ${records.length + 1} comes after the end of the trace`)
  return { records, sha256, brokenOff: { lines: records.length, lost_bytes: bytes.length - whole.length } }
}

function withoutLine(bytes: Buffer): TraceError {
  const compared = Math.min(bytes.length, OPENING.length)
  if (bytes.subarray(0, compared).equals(OPENING.subarray(0, compared))) {
    const size = `${bytes.length} byte${bytes.length === 1 ? '' : 's'}`
    return new TruncatedTraceError(`the trace breaks off within its first line, after ${size}: nothing can be judged`)
  }
  return new TraceError('not one complete line: this is not a trace')
}

/** The text of whole lines; names the first line that is no text. */
function decoded(whole: Buffer): string {
  const text = textOf(whole)
  for (let [number, from] = [1, 0]; text === null && from < whole.length; number += 1) {
    const next = whole.indexOf(LINE_FEED, from) + 1
    if (textOf(whole.subarray(from, next)) === null) throw new TraceError(`line ${number} is not text in UTF-8`)
    from = next
  }
  if (text === null) throw new TraceError('not text in UTF-8')
  return text
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** One header, at the start; nothing after the end; and before the end just what the end says there was. */
function checkOrder(records: readonly TraceRecord[], whole: Buffer): void {
  for (const [index, record] of records.entries()) {
    if ((record.kind === 'header') !== (index === 0)) {
      throw new TraceError(`line ${index + 1}: a trace has one header, and it is the first line`)
    }
    if (record.kind !== 'end') continue
    if (index !== records.length - 1) throw new TraceError(`line ${index + 2} comes after the end of the trace`)
    const before = whole.subarray(0, whole.lastIndexOf(LINE_FEED, whole.length - 2) + 1)
    if (record.lines === index && record.sha256 === digest(before)) return
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
