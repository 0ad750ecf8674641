/** One line of the benchmark table, and how times are taken. */

export interface Row {
  readonly work: string
  readonly measured: string
  /** The floor or peer measured in the same run, on the same machine, in the same minute. */
  readonly beside: string
  readonly floor: string
  /** How many times the floor the work takes. */
  readonly ratio: number
  /** What it may cost; none where no budget was set. */
  readonly budget?: { readonly text: string; readonly kept: boolean }
}

/** The middle one of several values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** Runs the work once; milliseconds. */
function timed_ms(work: () => void): number {
  const start_ms = performance.now()
  work()
  return performance.now() - start_ms
}

/** The least of several times of the same work, in milliseconds: what is above it is the machine doing something else. */
export function least_ms(times: number, work: () => void): number {
  return Math.min(...Array.from({ length: times }, () => timed_ms(work)))
}

export function milliseconds(value_ms: number): string {
  return value_ms >= 10 ? `${Math.round(value_ms)} ms` : `${value_ms.toPrecision(2)} ms`
}

export function nanoseconds(total_ms: number, count: number): string {
  return `${((total_ms * 1e6) / count).toPrecision(3)} ns`
}

/** How often something is done in a second. */
export function rate(count: number, total_ms: number, unit: string): string {
  return `${Math.round(count / total_ms).toLocaleString('en-US')}k ${unit}/s`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

function ratioText(ratio: number): string {
  return ratio < 1000 ? ratio.toPrecision(ratio < 100 ? 2 : 3) : Math.round(ratio).toLocaleString('en-US')
}

/** The rows as a table for a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ work, measured, beside, floor, ratio, budget }) => [
    work,
    measured,
    beside,
    floor,
    `${ratioText(ratio)}x`,
    budget?.text ?? '',
    budget === undefined ? '' : budget.kept ? 'yes' : 'NO',
  ])
  const all = [['work', 'measured', 'beside', 'floor', 'ratio', 'budget', 'kept'], ...cells]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 1 || column > 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
