/** Traces with a record changed, left out or put in, as a bench, a rig or a pump that errs would have written them. */
import type { Trace, TraceRecord } from '#hil/run/trace'

export type Alter = (trace: Trace) => Trace

/** Some of the keys of a record: those of a kind, or an alarm, or an event. */
export type Like = Readonly<Record<string, unknown>>

/** The record of those alike that has the place among them, changed. */
export function set(like: Like, changes: Like, place = 0): Alter {
  return eachOf(like, place, (record) => [{ ...record, ...changes } as TraceRecord])
}

/** Without the record of those alike that has the place among them. */
export function drop(like: Like, place = 0): Alter {
  return eachOf(like, place, () => [])
}

/** With a record after all others of its time, and before the end. */
export function put(record: Like & { readonly t_us: number }): Alter {
  return (trace) => {
    const last = trace.records.findLastIndex(
      (one) => one.kind !== 'end' && (one.kind === 'header' || ('t_us' in one && one.t_us <= record.t_us)),
    )
    return { ...trace, records: trace.records.toSpliced(last + 1, 0, record as unknown as TraceRecord) }
  }
}

/** With a record right before the end, where those stand that have no time of their own. */
export function putLast(record: Like): Alter {
  return (trace) => ({ ...trace, records: trace.records.toSpliced(-1, 0, record as unknown as TraceRecord) })
}

function eachOf(like: Like, place: number, becomes: (record: TraceRecord) => readonly TraceRecord[]): Alter {
  return (trace) => {
    let seen = -1
    const records = trace.records.flatMap((record) => {
      const keys: Like = { ...record }
      if (!Object.entries(like).every(([key, value]) => keys[key] === value)) return [record]
      seen += 1
      return seen === place ? becomes(record) : [record]
    })
    if (seen < place) throw new Error(`there is no record ${place} like ${JSON.stringify(like)}`)
    return { ...trace, records }
  }
}
